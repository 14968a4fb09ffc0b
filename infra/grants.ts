import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { allow } from './allow.ts';

/** The Lambda functions by the name of their file in functions/. */
export const WORKER_NAMES = [
  'validate',
  'plan',
  'prepare',
  'copy',
  'apply',
  'verify',
  'stand-by',
  'cutover',
  'sweep',
  'complete',
  'report',
  'steer',
] as const;
export type WorkerName = (typeof WORKER_NAMES)[number];

/** The function that may change resource policies, where the stack is deployed with it. */
export const POLICY_WORKER = 'policy';

/** The function that settles what the events of buckets name, where the stack is deployed with buckets. */
export const HINT_WORKER = 'hint';

/** Every resource that a grant may name, as lists of ARNs. */
export interface GrantedResources {
  readonly journal: readonly string[];
  readonly route: readonly string[];
  /** The reports in their bucket. */
  readonly reports: readonly string[];
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  /** Streams of sources and, for the way back, of targets. */
  readonly streams: readonly string[];
  /** On-demand backups of sources and targets. */
  readonly backups: readonly string[];
  readonly applyFunction: string;
  readonly mappings: readonly string[];
  /** CloudWatch alarms of the account, to be looked at. */
  readonly alarms: readonly string[];
  /** Smoke tests of users, by their kind. */
  readonly smokeTests: { readonly functions: readonly string[]; readonly stateMachines: readonly string[] };
  /** Executions of the state machine. */
  readonly executions: readonly string[];
  /** Customer key of what the stack stores; none with AWS-owned keys. */
  readonly keys: readonly string[];
  /** Customer keys of the data that is migrated. */
  readonly tableKeys: readonly string[];
}

const STREAM = ['DescribeStream', 'GetShardIterator', 'GetRecords'];
export const USE_KEY = [
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'ReEncryptFrom',
  'ReEncryptTo',
];

/**
 * What each function may do: exactly the calls that it makes, on exactly the resources that it makes them on. `*`
 * stands where AWS knows no resource of an action (Service Authorization Reference).
 */
export function workerGrants(on: GrantedResources): Readonly<Record<WorkerName, readonly PolicyStatement[]>> {
  const dynamodb = (resources: readonly string[], ...actions: string[]) =>
    allow('dynamodb', resources, actions);
  const lambda = (resources: readonly string[], ...actions: string[]) => allow('lambda', resources, actions);
  // A mapping is named when it is made, so it is given by its function. "IfExists": one that is gone has no function,
  // and the answer has to be that it was not found.
  const mappings = (resources: readonly string[], ...actions: string[]) =>
    allow('lambda', resources, actions, {
      ArnEqualsIfExists: { 'lambda:FunctionArn': on.applyFunction },
    });
  // A narrower grant hides alarms that are composed of others (CloudWatch API Reference, DescribeAlarms).
  const alarms = allow('cloudwatch', ['*'], ['DescribeAlarms']);
  const ownKey = allow('kms', on.keys, USE_KEY);
  const tableKeys = allow('kms', on.tableKeys, USE_KEY);
  const tables = [...on.sources, ...on.targets];

  const grants: Record<WorkerName, (PolicyStatement | undefined)[]> = {
    validate: [
      dynamodb(on.journal, 'GetItem', 'PutItem', 'UpdateItem'),
      dynamodb(on.route, 'GetItem', 'UpdateItem'),
      dynamodb(tables, 'DescribeTable', 'Scan'),
      dynamodb(on.targets, 'DescribeKinesisStreamingDestination', 'DescribeTimeToLive'),
      allow('states', on.executions, ['DescribeExecution']),
      lambda(['*'], 'GetAccountSettings', 'ListEventSourceMappings'),
      alarms,
      ownKey,
      tableKeys,
    ],
    plan: [
      dynamodb(on.journal, 'GetItem', 'PutItem', 'UpdateItem'),
      dynamodb(
        tables,
        'DescribeContinuousBackups',
        'DescribeKinesisStreamingDestination',
        'DescribeTable',
        'DescribeTimeToLive',
        'ListTagsOfResource',
      ),
      // Enough for alarms on metrics: composite ones are shown to a grant on every resource alone (CloudWatch API
      // Reference, "DescribeAlarms").
      allow('cloudwatch', on.alarms, ['DescribeAlarms']),
      ownKey,
    ],
    prepare: [
      dynamodb(on.journal, 'GetItem', 'PutItem', 'UpdateItem'),
      dynamodb(on.sources, 'CreateBackup', 'DescribeTable', 'ListTagsOfResource', 'UpdateTable'),
      dynamodb(on.targets, 'CreateBackup', 'CreateTable', 'DescribeTable', 'TagResource', 'UpdateTable'),
      dynamodb(on.backups, 'DescribeBackup'),
      mappings(['*'], 'CreateEventSourceMapping'),
      lambda(['*'], 'ListEventSourceMappings'),
      ownKey,
      allow('kms', on.tableKeys, [...USE_KEY, 'CreateGrant']),
    ],
    copy: [
      dynamodb(on.journal, 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'),
      dynamodb(on.sources, 'Scan'),
      dynamodb(on.targets, 'PartiQLInsert', 'PutItem'),
      alarms,
      ownKey,
      tableKeys,
    ],
    apply: [
      dynamodb(on.journal, 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'),
      // After the switch changes are carried back.
      dynamodb(tables, 'PutItem'),
      // For the event source mapping, which reads with this function's role (Lambda Developer Guide, "Using AWS
      // Lambda with Amazon DynamoDB").
      dynamodb(on.streams, ...STREAM),
      dynamodb(['*'], 'ListStreams'),
      ownKey,
      tableKeys,
    ],
    verify: [
      dynamodb(on.journal, 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'),
      dynamodb(on.sources, 'BatchGetItem', 'Scan'),
      dynamodb(on.targets, 'BatchGetItem', 'PutItem', 'Scan'),
      alarms,
      ownKey,
      tableKeys,
    ],
    'stand-by': [
      dynamodb(on.journal, 'BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      dynamodb(on.route, 'GetItem', 'Query', 'UpdateItem'),
      dynamodb(on.streams, ...STREAM),
      dynamodb(
        tables,
        'BatchGetItem',
        'DeleteItem',
        'DescribeTable',
        'DescribeTimeToLive',
        'GetResourcePolicy',
        'PutItem',
      ),
      mappings(on.mappings, 'GetEventSourceMapping'),
      allow('cloudwatch', ['*'], ['GetMetricData']),
      alarms,
      ownKey,
      tableKeys,
    ],
    cutover: [
      dynamodb(on.journal, 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      dynamodb(on.route, 'GetItem', 'UpdateItem'),
      dynamodb(on.streams, ...STREAM),
      dynamodb(tables, 'BatchGetItem', 'DeleteItem', 'PutItem'),
      lambda(on.smokeTests.functions, 'InvokeFunction'),
      allow('states', on.smokeTests.stateMachines, ['StartSyncExecution']),
      ownKey,
      tableKeys,
    ],
    sweep: [
      dynamodb(on.journal, 'GetItem', 'UpdateItem'),
      dynamodb(tables, 'DeleteItem', 'Scan', 'UpdateItem'),
      alarms,
      ownKey,
      tableKeys,
    ],
    complete: [
      dynamodb(on.journal, 'GetItem', 'UpdateItem'),
      dynamodb(on.route, 'GetItem', 'UpdateItem'),
      dynamodb(tables, 'DescribeTable', 'UpdateTable'),
      mappings(on.mappings, 'DeleteEventSourceMapping', 'GetEventSourceMapping'),
      lambda(['*'], 'ListEventSourceMappings'),
      ownKey,
    ],
    report: [
      dynamodb(on.journal, 'BatchGetItem', 'GetItem', 'PutItem', 'Query'),
      dynamodb(on.route, 'GetItem'),
      allow('s3', on.reports, ['PutObject']),
      ownKey,
    ],
    steer: [dynamodb(on.journal, 'GetItem', 'PutItem', 'UpdateItem'), ownKey],
  };
  return Object.fromEntries(
    WORKER_NAMES.map((name) => [name, grants[name].filter((statement) => statement !== undefined)]),
  ) as Record<WorkerName, PolicyStatement[]>;
}

/** What the function may do that changes resource policies. It reads and writes no item of a table that is migrated. */
export function policyWorkerGrants(on: GrantedResources): readonly PolicyStatement[] {
  return [
    allow('dynamodb', on.journal, ['GetItem', 'UpdateItem']),
    allow('dynamodb', on.route, ['GetItem']),
    allow(
      'dynamodb',
      [...on.sources, ...on.targets],
      ['DeleteResourcePolicy', 'GetResourcePolicy', 'PutResourcePolicy'],
    ),
    allow('kms', on.keys, USE_KEY),
  ].filter((statement) => statement !== undefined);
}
