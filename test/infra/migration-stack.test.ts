import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { WORKER_NAMES } from '../../infra/grants.ts';
import { Migrator } from '../../infra/migrator.ts';
import { FULL, Synthesized, testApp } from './stack.ts';

const minimal = new Synthesized();
const full = new Synthesized(FULL);
const KEY = FULL.kmsKeyArn;

describe('what the stack stores', () => {
  it('outlives it, and its tables can be restored to any point in time', () => {
    for (const { Properties, DeletionPolicy } of minimal.resources('AWS::DynamoDB::Table')) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
    expect(minimal.resources('AWS::S3::Bucket')).toMatchObject([{ DeletionPolicy: 'Retain' }]);
  });

  it('has the keys that the journal and the routers use', () => {
    const keys = (pk: string, sk: string) => [
      { AttributeName: pk, KeyType: 'HASH' },
      { AttributeName: sk, KeyType: 'RANGE' },
    ];
    minimal.template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: keys('pk', 'sk'),
      TimeToLiveSpecification: { AttributeName: 'forgottenAt', Enabled: true },
    });
    minimal.template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: keys('name', 'sk'),
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  it('keeps the reports private, versioned and encrypted in transit and at rest', () => {
    minimal.template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    minimal.template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('is encrypted with the customer key where one is given', () => {
    for (const { Properties } of full.resources('AWS::DynamoDB::Table'))
      expect(Properties.SSESpecification).toMatchObject({ SSEType: 'KMS', KMSMasterKeyId: KEY });
    for (const { Properties } of full.resources('AWS::Logs::LogGroup')) expect(Properties.KmsKeyId).toBe(KEY);
    for (const { Properties } of full.resources('AWS::Lambda::Function'))
      expect(Properties.KmsKeyArn).toBe(KEY);
    for (const { Properties } of full.resources('AWS::StepFunctions::StateMachine'))
      expect(Properties.EncryptionConfiguration).toMatchObject({ KmsKeyId: KEY });
    full.template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          Match.objectLike({
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
          }),
        ],
      },
    });
  });
});

describe('the functions', () => {
  it('run on Node 24 and arm64, traced, and tell errors by the lines of the source', () => {
    const functions = minimal.resources('AWS::Lambda::Function');
    expect(functions).toHaveLength(12);
    for (const { Properties } of functions)
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON' },
        Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } },
      });
  });

  it('keep concurrency for the changes, and for the units where it is asked for', () => {
    const reserved = ({ template }: Synthesized) =>
      Object.fromEntries(
        Object.values(template.findResources('AWS::Lambda::Function'))
          .map(({ Properties }) => [Properties.FunctionName, Properties.ReservedConcurrentExecutions])
          .filter(([, concurrency]) => concurrency !== undefined),
      );
    expect(reserved(minimal)).toEqual({ 'Segue-apply': 100 });
    expect(reserved(full)).toEqual({
      'Moves-apply': 7,
      'Moves-hint': 4,
      'Moves-copy': 5,
      'Moves-verify': 5,
      'Moves-sweep': 5,
    });
    const none = { workers: {}, applyReservedConcurrency: 0, hintReservedConcurrency: 0 };
    expect(reserved(new Synthesized({ ...FULL, ...none }))).toEqual({});
  });

  it('have the memory and the time of the config', () => {
    full.template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'Moves-copy',
      MemorySize: 1024,
      Timeout: 60,
    });
  });

  it('are told the tables that the stack may touch', () => {
    minimal.template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'Segue-validate',
      Environment: {
        Variables: {
          SEGUE_TABLES: JSON.stringify({ sources: ['orders', 'customers'], targets: ['orders-v2'] }),
        },
      },
    });
  });
});

describe('the smoke tests that specs may name', () => {
  it('are those of the config, and none without it', () => {
    for (const [stack, smokeTests] of [
      [minimal, []],
      [full, FULL.smokeTests],
    ] as const)
      stack.template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: Match.stringLikeRegexp('-validate$'),
        Environment: { Variables: { SEGUE_SMOKE_TESTS: JSON.stringify(smokeTests) } },
      });
  });
});

describe('the function that changes resource policies', () => {
  const ACTIONS = ['DeleteResourcePolicy', 'GetResourcePolicy', 'PutResourcePolicy'];
  const policyGrants = (of: Synthesized, worker: string) =>
    of
      .grants(worker)
      .flatMap(({ Action }) => [Action].flat())
      .filter((action) => action.includes('ResourcePolicy') && action.startsWith('dynamodb:'));

  it('does not exist unless the config asks for it, and neither does any grant of its kind', () => {
    const names = minimal.resources('AWS::Lambda::Function').map(({ Properties }) => Properties.FunctionName);
    expect(names).not.toContain('Segue-policy');
    expect(JSON.stringify(minimal.template.toJSON())).not.toMatch(/dynamodb:(Put|Delete)ResourcePolicy/);
  });

  it('alone may change them, of the tables that are migrated', () => {
    expect(policyGrants(full, 'policy').sort()).toEqual(ACTIONS.map((action) => `dynamodb:${action}`));
    for (const worker of WORKER_NAMES)
      expect(policyGrants(full, worker)).toEqual(worker === 'stand-by' ? ['dynamodb:GetResourcePolicy'] : []);
  });

  it('alone may change those of the buckets, and touch no object', () => {
    const ofS3 = (worker: string) =>
      full
        .grants(worker)
        .flatMap(({ Action }) => Action)
        .filter((action) => action.startsWith('s3:'));
    const changes = ['s3:DeleteBucketPolicy', 's3:PutBucketPolicy'];
    expect(ofS3('policy').sort()).toEqual(['s3:GetBucketPolicy', ...changes].sort());
    for (const worker of [...WORKER_NAMES, 'hint'])
      expect(ofS3(worker).filter((action) => changes.includes(action))).toEqual([]);
  });

  it('may neither read nor write an item of them', () => {
    const ofTables = full
      .grants('policy')
      .filter(({ Resource }) => JSON.stringify(Resource).includes('orders'));
    expect(ofTables.flatMap(({ Action }) => Action).sort()).toEqual(
      ACTIONS.map((action) => `dynamodb:${action}`),
    );
  });

  it('knows the role of every other function, which it never denies', () => {
    const own = full
      .resources('AWS::Lambda::Function')
      .find(({ Properties }) => Properties.FunctionName === 'Moves-policy');
    const environment = own?.Properties.Environment as { Variables: Record<string, unknown> } | undefined;
    const roles = JSON.stringify(environment?.Variables.MIGRATOR_ROLES);
    for (const worker of [...WORKER_NAMES, 'hint'])
      expect(roles).toContain(`Workers${worker.replace('-', '')}Role`);
  });
});

describe('what is watched', () => {
  it('every log ends some day', () => {
    const days = ({ Properties }: { Properties: Record<string, unknown> }) => Properties.RetentionInDays;
    expect(new Set(minimal.resources('AWS::Logs::LogGroup').map(days))).toEqual(new Set([90]));
    expect(new Set(full.resources('AWS::Logs::LogGroup').map(days))).toEqual(new Set([14]));
  });

  it('the workflow is traced and logs every event, without data', () => {
    for (const { Properties } of minimal.resources('AWS::StepFunctions::StateMachine'))
      expect(Properties).toMatchObject({
        TracingConfiguration: { Enabled: true },
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      });
  });

  it('failures, errors, throttles and lag raise alarms, and the topic hears of each', () => {
    full.template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ExecutionsFailed' });
    full.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'IteratorAge',
      Threshold: 120_000,
    });
    full.template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'Errors' }, 14);
    full.template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'Throttles' }, 14);
    for (const { Properties } of full.resources('AWS::CloudWatch::Alarm'))
      expect(Properties.AlarmActions).toEqual([FULL.alarmTopicArn]);
  });
});

describe('the stack', () => {
  it('says where things are', () => {
    const outputs = Object.keys(minimal.template.toJSON().Outputs);
    expect(outputs.sort()).toEqual([
      'JournalTable',
      'ReportBucket',
      'RouteTable',
      'StateMachineArn',
      'SteeringArn',
    ]);
  });

  it('is tagged', () => {
    expect(full.stack.tags.tagValues()).toEqual({ team: 'data' });
  });

  it('is called what the config says, and so are its state machine and its functions', () => {
    expect(full.stack.stackName).toBe('Moves');
    full.template.hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineName: 'Moves' });
  });

  it('is a construct that another app can use, more than once', () => {
    const stack = new Stack(testApp(), 'Shop');
    new Migrator(stack, 'Orders', { sources: ['orders'], targets: ['orders-v2'] });
    new Migrator(stack, 'Customers', { sources: ['customers'], targets: ['customers-v2'] });
    const names = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.FunctionName as string,
    );
    expect(new Set(names).size).toBe(24);
    expect(names.every((name) => name.startsWith('Shop-') && name.length <= 64)).toBe(true);
  });
});
