import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { WORKER_NAMES } from '../../infra/grants.ts';
import { BUCKETS, FULL, MANY_BUCKETS, MINIMAL, type Resource, Synthesized } from './stack.ts';

const tables = new Synthesized(MINIMAL);
const buckets = new Synthesized(BUCKETS);
const full = new Synthesized(FULL);

const HINT_SECONDS = 60;

function functionOf(of: Synthesized, worker: string): Resource['Properties'] | undefined {
  return of
    .resources('AWS::Lambda::Function')
    .map(({ Properties }) => Properties)
    .find(({ FunctionName }) => String(FunctionName).endsWith(`-${worker}`));
}

function variables(of: Synthesized, worker: string): Record<string, unknown> {
  const environment = functionOf(of, worker)?.Environment as
    | { readonly Variables: Record<string, unknown> }
    | undefined;
  return environment?.Variables ?? {};
}

/** The logical id and the properties of one of the two queues. */
function queue(of: Synthesized, which: 'Queue' | 'DeadLetters') {
  const [id = '', { Properties = {} } = {}] =
    Object.entries(of.template.findResources('AWS::SQS::Queue')).find(([name]) =>
      name.startsWith(`BucketEvents${which}`),
    ) ?? [];
  return { id, properties: Properties as Record<string, unknown> };
}

interface Pattern {
  readonly source: string[];
  readonly 'detail-type': string[];
  readonly detail: { readonly bucket: { readonly name: string[] } };
}

function patterns(of: Synthesized): Pattern[] {
  return of.resources('AWS::Events::Rule').flatMap(({ Properties }) => {
    const pattern = Properties.EventPattern as Partial<Pattern>;
    return pattern.source?.includes('aws.s3') ? [pattern as Pattern] : [];
  });
}

describe('a stack without buckets', () => {
  it('has nothing that is there for their sake', () => {
    for (const type of ['AWS::SQS::Queue', 'AWS::Lambda::EventSourceMapping'])
      expect(tables.resources(type)).toEqual([]);
    expect(patterns(tables)).toEqual([]);
    expect(functionOf(tables, 'hint')).toBeUndefined();
    expect(JSON.stringify(tables.template.toJSON())).not.toMatch(/SEGUE_BUCKETS|HINT_MAPPING/);
    for (const worker of WORKER_NAMES) {
      const granted = tables.grants(worker).flatMap(({ Action }) => [Action].flat());
      expect(granted.filter((action) => /^(s3|sqs):/.test(action))).toEqual(
        worker === 'report' ? ['s3:PutObject'] : [],
      );
    }
  });
});

describe('the rule of the events', () => {
  it('takes those of the buckets of both sides that say that an object may be another one', () => {
    expect(patterns(buckets)).toEqual([
      {
        source: ['aws.s3'],
        'detail-type': expect.arrayContaining([
          'Object Created',
          'Object Deleted',
          'Object Tags Added',
          'Object Tags Deleted',
        ]),
        detail: { bucket: { name: ['photos', 'videos', 'photos-v2'] } },
      },
    ]);
  });

  it('names a bucket of both sides once', () => {
    const same = new Synthesized({ sourceBuckets: ['photos'], targetBuckets: ['photos'] });
    expect(patterns(same).map(({ detail }) => detail.bucket.name)).toEqual([['photos']]);
  });

  it('is several where the names are more than a pattern holds', () => {
    const all = patterns(new Synthesized(MANY_BUCKETS));
    for (const pattern of all) expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2_048);
    expect(all.flatMap(({ detail }) => detail.bucket.name)).toEqual([
      ...MANY_BUCKETS.sourceBuckets,
      ...MANY_BUCKETS.targetBuckets,
    ]);
  });

  it('leads to the queue, which lets EventBridge send for these rules alone', () => {
    const { id } = queue(buckets, 'Queue');
    const arn = { 'Fn::GetAtt': [id, 'Arn'] };
    const [ruleId] = Object.entries(buckets.template.findResources('AWS::Events::Rule'))
      .filter(([, { Properties }]) => Properties.EventPattern.source?.includes('aws.s3'))
      .map(([name]) => name);
    buckets.template.hasResourceProperties('AWS::Events::Rule', { Targets: [{ Arn: arn }] });
    buckets.template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny' },
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Resource: arn,
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [ruleId, 'Arn'] } } },
          },
        ],
      },
    });
  });
});

describe('the queue of the events', () => {
  it('keeps them as long as SQS can, and gives up those that failed often', () => {
    const deadLetters = queue(buckets, 'DeadLetters');
    expect(queue(buckets, 'Queue').properties).toMatchObject({
      MessageRetentionPeriod: 14 * 24 * 3_600,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] },
        maxReceiveCount: 20,
      },
    });
    expect(deadLetters.properties).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 3_600 });
  });

  it('shows an event again after six times what an invocation may take', () => {
    expect(functionOf(buckets, 'hint')).toMatchObject({ Timeout: HINT_SECONDS });
    expect(queue(buckets, 'Queue').properties).toMatchObject({ VisibilityTimeout: 6 * HINT_SECONDS });
  });

  it.each(['Queue', 'DeadLetters'] as const)('is encrypted in transit and at rest (%s)', (which) => {
    const { id, properties } = queue(buckets, which);
    expect(properties).toMatchObject({ SqsManagedSseEnabled: true });
    expect(queue(full, which).properties).toMatchObject({ KmsMasterKeyId: FULL.kmsKeyArn });
    const policies = buckets
      .resources('AWS::SQS::QueuePolicy')
      .filter(({ Properties }) => JSON.stringify(Properties.Queues) === JSON.stringify([{ Ref: id }]));
    expect(JSON.stringify(policies)).toContain('"Condition":{"Bool":{"aws:SecureTransport":"false"}}');
  });
});

describe('the function that settles the events', () => {
  const mappings = (of: Synthesized) =>
    Object.entries(of.template.findResources('AWS::Lambda::EventSourceMapping'));

  it('is called with batches, by no more invocations at a time than are kept for it', () => {
    const properties = (of: Synthesized) => mappings(of).map(([, mapping]) => mapping.Properties);
    expect(properties(buckets)).toMatchObject([
      {
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 1,
        EventSourceArn: { 'Fn::GetAtt': [queue(buckets, 'Queue').id, 'Arn'] },
        ScalingConfig: { MaximumConcurrency: 20 },
      },
    ]);
    expect(functionOf(buckets, 'hint')).toMatchObject({ ReservedConcurrentExecutions: 20 });
    expect(properties(full)).toMatchObject([{ ScalingConfig: { MaximumConcurrency: 3 } }]);
    expect(functionOf(full, 'hint')).toMatchObject({ ReservedConcurrentExecutions: 4 });
  });

  it('has a mapping whose id those know that look after it', () => {
    const [[id]] = mappings(buckets) as [[string, unknown]];
    const knowing = WORKER_NAMES.filter(
      (worker) => JSON.stringify(variables(buckets, worker).HINT_MAPPING) === JSON.stringify({ Ref: id }),
    );
    expect(knowing).toEqual(['prepare', 'stand-by', 'complete']);
  });
});

describe('a stack with buckets', () => {
  it('tells its functions which', () => {
    const { sourceBuckets: sources, targetBuckets: targets } = BUCKETS;
    const carried = { acls: false, objectLock: false, versions: false, inventories: [] };
    expect(JSON.parse(String(variables(buckets, 'validate').SEGUE_BUCKETS))).toEqual({
      sources,
      targets,
      ...carried,
    });
  });

  it('keeps no concurrency for changes of tables where it has none', () => {
    expect(functionOf(buckets, 'apply')).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('raises an alarm when events wait, are given up, or never come to the queue', () => {
    const alarms = (properties: object) =>
      full.template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', properties, 1);
    const of = (which: 'Queue' | 'DeadLetters') => [
      { Name: 'QueueName', Value: { 'Fn::GetAtt': [queue(full, which).id, 'QueueName'] } },
    ];
    alarms({ MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 120, Dimensions: of('Queue') });
    alarms({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 1,
      Dimensions: of('DeadLetters'),
    });
    alarms({ Namespace: 'AWS/Events', MetricName: 'FailedInvocations', Threshold: 1 });
  });

  it('changes nothing of the state machines', () => {
    const both = Template.fromStack(new Synthesized({ ...MINIMAL, ...BUCKETS }).stack);
    const machines = (template: Template) => template.findResources('AWS::StepFunctions::StateMachine');
    expect(machines(both)).toEqual(machines(tables.template));
  });
});
