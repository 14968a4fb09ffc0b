/** Calls that AWS itself makes with a role of the stack, so that no function's code shows them. */
export interface MadeByAws {
  /** Part of the role's name. */
  readonly role: RegExp;
  readonly action: RegExp;
  readonly resource?: RegExp;
  readonly what: string;
  readonly page: string;
}

const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg';
const STEP_FUNCTIONS = 'https://docs.aws.amazon.com/step-functions/latest/dg';

/** What the embedded AWS does without asking its IAM, each with AWS's page that demands the grant. */
export const MADE_BY_AWS: readonly MadeByAws[] = [
  {
    role: /Workers/,
    action: /^logs:(CreateLogStream|PutLogEvents)$/,
    what: "Lambda writes a function's log",
    page: `${LAMBDA}/monitoring-cloudwatchlogs.html`,
  },
  {
    role: /Workers/,
    action: /^xray:(PutTraceSegments|PutTelemetryRecords)$/,
    what: "Lambda sends a function's traces",
    page: `${LAMBDA}/services-xray.html`,
  },
  {
    role: /Workersapply/,
    action: /^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/,
    what: 'an event source mapping reads its stream with the role of its function',
    page: `${LAMBDA}/services-dynamodb-eventsourcemapping.html`,
  },
  {
    role: /Workershint/,
    action: /^sqs:(DeleteMessage|GetQueueAttributes|ReceiveMessage)$/,
    what: 'an event source mapping reads its queue with the role of its function',
    page: `${LAMBDA}/services-sqs-configure.html`,
  },
  {
    role: /StateMachine/,
    action: /^lambda:InvokeFunction$/,
    what: 'a state machine invokes a function; CDK grants it all versions of the function, too',
    page: `${STEP_FUNCTIONS}/connect-lambda.html`,
  },
  {
    role: /WorkflowStateMachine/,
    action:
      /^states:(StartExecution|DescribeExecution|StopExecution)$|^events:(DescribeRule|PutRule|PutTargets)$/,
    resource: /-Wait|StepFunctionsGetEventsForStepFunctionsExecutionRule/,
    what: 'a state machine runs another one and waits for its end',
    page: `${STEP_FUNCTIONS}/stepfunctions-iam.html`,
  },
  {
    role: /WorkflowStateMachine/,
    action: /^states:(StartExecution|DescribeExecution|StopExecution|RedriveExecution)$/,
    resource: /:(stateMachine:Segue|execution:Segue[:/].*)$/,
    what: 'a Distributed Map runs its children as executions of the same state machine',
    page: `${STEP_FUNCTIONS}/iam-policies-eg-dist-map.html`,
  },
  {
    role: /StateMachine/,
    action:
      /^logs:(CreateLogDelivery|DeleteLogDelivery|DescribeLogGroups|DescribeResourcePolicies|GetLogDelivery|ListLogDeliveries|PutResourcePolicy|UpdateLogDelivery)$/,
    what: 'a state machine has its log delivered',
    page: `${STEP_FUNCTIONS}/cw-logs.html`,
  },
  {
    role: /StateMachine/,
    action: /^xray:(GetSamplingRules|GetSamplingTargets|PutTelemetryRecords|PutTraceSegments)$/,
    what: 'a state machine sends its traces',
    page: `${STEP_FUNCTIONS}/concepts-xray-tracing.html`,
  },
];
