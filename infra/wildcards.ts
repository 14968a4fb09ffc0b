import { AspectPriority, Aspects, Stack, Validations } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Why a resource that a grant names may end in a wildcard. What matches none of these is reported by cdk-nag. */
const REASONS: readonly (readonly [resource: RegExp, reason: string])[] = [
  [/:table\/[^*]+\/stream\/\*$/, 'A stream is named when it is enabled; its table is given.'],
  [/:table\/[^*]+\/backup\/\*$/, 'A backup is named when it is taken; its table is given.'],
  [/:event-source-mapping:\*$/, 'A mapping is named when it is made; a condition gives its function.'],
  [/:alarm:\*$/, 'Alarms are looked at by what they watch, not by their names.'],
  [/:s3:::[^*]+\/\*$/, 'An object is named by the application; its bucket is given.'],
  [/^<\w+\.Arn>\/\*$/, 'A report is named when it is written; its bucket is given.'],
  [/^<\w+Function\w+\.Arn>:\*$/, 'CDK grants a state machine every version of the function that it invokes.'],
  [/:execution:[^*]+\*$/, 'An execution is named when it is started; its state machine is given.'],
  [
    /:execution:[^*]+\/\*:\*$/,
    'A map run and its executions are named when started; the state machine is given.',
  ],
];

const WITHOUT_RESOURCE = 'The action has no resource-level permissions (Service Authorization Reference).';

/** Why an action may be granted on all resources. */
const REASONS_FOR_ALL: readonly (readonly [action: RegExp, reason: string])[] = [
  [/^lambda:(CreateEventSourceMapping|GetAccountSettings|ListEventSourceMappings)$/, WITHOUT_RESOURCE],
  [/^dynamodb:ListStreams$/, WITHOUT_RESOURCE],
  [/^cloudwatch:GetMetricData$/, WITHOUT_RESOURCE],
  [/^xray:(PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets)$/, WITHOUT_RESOURCE],
  [/^logs:\w*(LogDelivery|LogDeliveries|ResourcePolicy|ResourcePolicies|LogGroups)$/, WITHOUT_RESOURCE],
  [
    /^cloudwatch:DescribeAlarms$/,
    'A narrower grant hides alarms that are composed of others (CloudWatch API Reference).',
  ],
];

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/**
 * Acknowledges to cdk-nag the wildcards in the policies below a construct that have a reason. It looks at them late:
 * what is too large for a role's own policy (a few tables are enough) is moved to managed ones during synthesis.
 */
export function acknowledgeWildcards(scope: IConstruct): void {
  Aspects.of(scope).add(
    {
      visit: (node) => {
        if (node instanceof CfnPolicy || node instanceof CfnManagedPolicy) acknowledge(node);
      },
    },
    { priority: AspectPriority.READONLY },
  );
}

function acknowledge(policy: CfnPolicy | CfnManagedPolicy): void {
  const document: { Statement: Statement[] } = Stack.of(policy).resolve(policy.policyDocument);
  for (const { Action, Resource } of document.Statement) {
    for (const resource of [Resource].flat().map(flat)) {
      const reason = reasonOf(resource, [Action].flat());
      if (reason)
        Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
    }
  }
}

function reasonOf(resource: string, actions: readonly string[]): string | undefined {
  if (resource === '*') {
    const reasons = actions.map((action) => REASONS_FOR_ALL.find(([pattern]) => pattern.test(action))?.[1]);
    return reasons.includes(undefined) ? undefined : [...new Set(reasons)].join(' ');
  }
  return REASONS.find(([pattern]) => pattern.test(resource))?.[1];
}

/** A CloudFormation expression as the one line of text by which cdk-nag names it. */
function flat(node: unknown): string {
  if (typeof node === 'string') return node;
  const {
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    Ref: reference,
  } = node as {
    readonly 'Fn::Join'?: [string, unknown[]];
    readonly 'Fn::GetAtt'?: [string, string];
    readonly Ref?: string;
  };
  if (join) return join[1].map(flat).join(join[0]);
  if (attribute) return `<${attribute.join('.')}>`;
  return reference ? `<${reference}>` : JSON.stringify(node);
}
