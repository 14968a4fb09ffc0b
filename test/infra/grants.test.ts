import { describe, expect, it } from 'vitest';
import { WORKER_NAMES } from '../../infra/grants.ts';
import { asText, BUCKETS, FULL, MINIMAL, type Statement, Synthesized } from './stack.ts';

const minimal = new Synthesized();
const buckets = new Synthesized({ ...MINIMAL, ...BUCKETS });

function actions({ Action }: Statement): string[] {
  return [Action].flat();
}

function resources({ Resource }: Statement): string[] {
  return [Resource].flat().map(asText);
}

/** The resources on which a function may do something. */
function where(worker: string, action: string, of = minimal): string[] {
  return of
    .grants(worker)
    .filter((statement) => actions(statement).includes(action))
    .flatMap(resources);
}

const table = (name: string) => `arn:aws:dynamodb:AWS::Region:AWS::AccountId:table/${name}`;
const SOURCES = [table('customers'), table('orders')];
const TARGET = table('orders-v2');

describe('the grants', () => {
  it.each(WORKER_NAMES)('of %s name every action', (worker) => {
    const granted = minimal.grants(worker).flatMap(actions);
    expect(granted).not.toEqual([]);
    for (const action of granted) expect(action).not.toContain('*');
  });

  it.each(WORKER_NAMES)('of %s name every resource, but for what AWS gives no resource', (worker) => {
    const free = minimal.grants(worker).filter((statement) => resources(statement).includes('*'));
    for (const action of free.flatMap(actions))
      expect([
        'cloudwatch:DescribeAlarms',
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'cloudwatch:GetMetricData',
        'dynamodb:ListStreams',
        'lambda:CreateEventSourceMapping',
        'lambda:GetAccountSettings',
        'lambda:ListEventSourceMappings',
      ]).toContain(action);
  });

  it('let nobody write an item of a source but who carries changes back or sweeps', () => {
    const writers = (write: string) =>
      WORKER_NAMES.filter((worker) =>
        SOURCES.some((source) => where(worker, `dynamodb:${write}`).includes(source)),
      );
    expect(writers('PutItem')).toEqual(['apply', 'stand-by', 'cutover']);
    expect(writers('DeleteItem')).toEqual(['stand-by', 'cutover', 'sweep']);
    expect(writers('UpdateItem')).toEqual(['sweep']);
    for (const write of ['BatchWriteItem', 'PartiQLInsert']) expect(writers(write)).toEqual([]);
  });

  it('let only those read streams that apply or audit, and of sources and targets alone', () => {
    const readers = WORKER_NAMES.filter((worker) => where(worker, 'dynamodb:GetRecords').length > 0);
    expect(readers).toEqual(['apply', 'stand-by', 'cutover']);
    for (const reader of readers)
      expect(where(reader, 'dynamodb:GetRecords').sort()).toEqual(
        [...SOURCES, TARGET].map((arn) => `${arn}/stream/*`).sort(),
      );
  });

  it('let the copier read the sources and write the targets', () => {
    expect(where('copy', 'dynamodb:Scan').sort()).toEqual(SOURCES);
    expect(where('copy', 'dynamodb:PartiQLInsert')).toEqual([TARGET]);
  });

  it('let event source mappings be made and removed for the applier alone', () => {
    for (const [worker, action] of [
      ['prepare', 'lambda:CreateEventSourceMapping'],
      ['complete', 'lambda:DeleteEventSourceMapping'],
    ] as const) {
      const statement = minimal.grants(worker).find((granted) => actions(granted).includes(action));
      const condition = statement?.Condition as Record<string, Record<string, unknown>> | undefined;
      expect(asText(condition?.ArnEqualsIfExists?.['lambda:FunctionArn'])).toMatch(/:Segue-apply$/);
    }
  });

  it('let the cutover alone call the smoke tests of the config, and nobody anything without them', () => {
    const full = new Synthesized(FULL);
    const [lambda, stateMachine] = FULL.smokeTests;
    for (const worker of WORKER_NAMES) {
      const calls = (of: Synthesized) =>
        of
          .grants(worker)
          .filter((statement) =>
            actions(statement).some((action) => /:(InvokeFunction|StartSyncExecution)$/.test(action)),
          )
          .map((statement) => [...actions(statement), ...resources(statement)]);
      expect(calls(minimal), worker).toEqual([]);
      expect(calls(full), worker).toEqual(
        worker === 'cutover'
          ? [
              ['lambda:InvokeFunction', lambda],
              ['states:StartSyncExecution', stateMachine],
            ]
          : [],
      );
    }
  });

  it('name no kind of smoke test that the config has none of', () => {
    const [, stateMachine] = FULL.smokeTests;
    const granted = new Synthesized({ ...MINIMAL, smokeTests: [stateMachine] })
      .grants('cutover')
      .flatMap(actions);
    expect(granted).toContain('states:StartSyncExecution');
    expect(granted).not.toContain('lambda:InvokeFunction');
  });

  it('let every function use the customer keys, and none without them', () => {
    const keyStatements = (of: Synthesized, worker: string) =>
      of.grants(worker).filter((statement) => actions(statement).includes('kms:Decrypt'));
    const full = new Synthesized(FULL);
    for (const worker of WORKER_NAMES) {
      expect(keyStatements(minimal, worker)).toEqual([]);
      expect(keyStatements(full, worker).flatMap(resources)).toContain(FULL.kmsKeyArn);
    }
    expect(keyStatements(full, 'copy').flatMap(resources)).toContain(FULL.tableKmsKeyArns[0]);
  });
});

describe('the grants for buckets', () => {
  const WORKERS = [...WORKER_NAMES, 'hint'];
  const bucket = (name: string) => `arn:aws:s3:::${name}`;
  const objects = (names: readonly string[]) => names.map((name) => `${bucket(name)}/*`).sort();
  const SOURCE_OBJECTS = objects(BUCKETS.sourceBuckets);
  const TARGET_OBJECTS = objects(BUCKETS.targetBuckets);
  const ALL_OBJECTS = [...SOURCE_OBJECTS, ...TARGET_OBJECTS].sort();
  const ofObjects = (worker: string, action: string) =>
    where(worker, action, buckets)
      .filter((arn) => ALL_OBJECTS.includes(arn))
      .sort();

  it.each(WORKERS)(
    'of %s name every action, and no bucket but those of the config and the reports',
    (worker) => {
      for (const statement of buckets.grants(worker)) {
        const s3 = actions(statement).filter((action) => action.startsWith('s3:'));
        for (const action of s3) expect(action).not.toContain('*');
        if (s3.length > 0 && worker !== 'report')
          for (const resource of resources(statement))
            expect([...ALL_OBJECTS, ...ALL_OBJECTS.map((arn) => arn.slice(0, -2))]).toContain(resource);
      }
    },
  );

  it('let nobody write an object of a source but who carries changes back', () => {
    const writers = (action: string) =>
      WORKERS.filter((worker) => SOURCE_OBJECTS.some((arn) => ofObjects(worker, action).includes(arn)));
    expect(writers('s3:PutObject')).toEqual(['stand-by', 'cutover', 'hint']);
    expect(writers('s3:DeleteObject')).toEqual(['stand-by', 'cutover', 'hint']);
    expect(writers('s3:PutObjectTagging')).toEqual(['stand-by', 'cutover', 'hint']);
  });

  it('let the copier read the sources and write the targets, and delete nothing', () => {
    expect(ofObjects('copy', 's3:GetObject')).toEqual(SOURCE_OBJECTS);
    expect(ofObjects('copy', 's3:GetObjectTagging')).toEqual(SOURCE_OBJECTS);
    expect(ofObjects('copy', 's3:PutObject')).toEqual(TARGET_OBJECTS);
    expect(ofObjects('copy', 's3:PutObjectTagging')).toEqual(TARGET_OBJECTS);
    expect(ofObjects('copy', 's3:DeleteObject')).toEqual([]);
  });

  it('let verify read both sides, and mend the target', () => {
    expect(ofObjects('verify', 's3:GetObject')).toEqual(ALL_OBJECTS);
    for (const write of ['PutObject', 'DeleteObject'])
      expect(ofObjects('verify', `s3:${write}`)).toEqual(TARGET_OBJECTS);
  });

  const LISTS = ['s3:GetObjectAcl', 's3:PutObjectAcl'];
  const LOCKS = ['LegalHold', 'Retention'].flatMap((what) => [`s3:GetObject${what}`, `s3:PutObject${what}`]);

  it.each([
    ['access control lists', { objectAcls: true }, LISTS],
    ['locks', { objectLock: true }, LOCKS],
    ['neither', {}, []],
  ])('let %s of objects be read and set, where the config says so: %o', (_, option, allowed) => {
    const stack = new Synthesized({ ...MINIMAL, ...BUCKETS, ...option });
    const granted = WORKERS.flatMap((worker) => stack.grants(worker).flatMap(actions));
    const isOf = (action: string) => [...LISTS, ...LOCKS].includes(action);
    expect([...new Set(granted.filter(isOf))].sort()).toEqual([...allowed].sort());
    expect(granted).not.toContain('s3:BypassGovernanceRetention');
    for (const action of allowed.filter((one) => one.startsWith('s3:Put')))
      expect(where('copy', action, stack).sort()).toEqual(TARGET_OBJECTS);
  });

  it('let those change what a bucket notifies of who begin and end a capture', () => {
    const changers = WORKERS.filter(
      (worker) => where(worker, 's3:PutBucketNotification', buckets).length > 0,
    );
    expect(changers).toEqual(['prepare', 'complete']);
  });

  it('let nobody write an object that plans, validates, sweeps, steers or applies changes of tables', () => {
    for (const worker of ['validate', 'plan', 'sweep', 'steer', 'apply', 'prepare'])
      for (const write of ['s3:PutObject', 's3:DeleteObject'])
        expect(ofObjects(worker, write), worker).toEqual([]);
  });

  it('let nobody read an object beside who copies, compares or settles, and who looks for what cannot travel', () => {
    const readers = WORKERS.filter((worker) => ofObjects(worker, 's3:GetObject').length > 0);
    expect(readers).toEqual(['validate', 'copy', 'verify', 'stand-by', 'cutover', 'hint']);
    expect(ofObjects('validate', 's3:GetObject')).toEqual(SOURCE_OBJECTS);
  });

  it('let those query the journal who copy in parts, or end that, beside those who do so for tables', () => {
    const readers = (of: Synthesized) =>
      WORKER_NAMES.filter((worker) =>
        where(worker, 'dynamodb:Query', of).some((arn) => arn.includes('JournalTable')),
      );
    const ofTables = readers(minimal);
    expect(readers(buckets).filter((worker) => !ofTables.includes(worker))).toEqual([
      'copy',
      'verify',
      'complete',
    ]);
  });

  it('let the mapping of the events be looked at by who stands by, and by its function alone', () => {
    const [statement] = buckets
      .grants('stand-by')
      .filter((granted) => JSON.stringify(granted.Condition)?.includes('-hint'));
    expect(statement && actions(statement)).toEqual(['lambda:GetEventSourceMapping']);
  });

  it('let the queue of the events be read by who settles them, and no table of the user', () => {
    const readers = WORKERS.filter((worker) => where(worker, 'sqs:ReceiveMessage', buckets).length > 0);
    expect(readers).toEqual(['hint']);
    const ofTables = buckets
      .grants('hint')
      .flatMap(resources)
      .filter((arn) => arn.includes(':table/'));
    expect(ofTables).toEqual([]);
  });

  it('let whoever copies objects use the customer keys that they are encrypted with', () => {
    const full = new Synthesized(FULL);
    for (const worker of ['copy', 'verify', 'stand-by', 'cutover', 'hint'])
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey'])
        expect(where(worker, action, full), worker).toContain(FULL.tableKmsKeyArns[0]);
  });
});

describe('the grants for versions of objects', () => {
  const versions = new Synthesized({ ...MINIMAL, ...BUCKETS, objectVersions: true });
  const WORKERS = [...WORKER_NAMES, 'hint'];
  const objectsOf = (names: readonly string[]) => names.map((name) => `arn:aws:s3:::${name}/*`);
  const TARGET_OBJECTS = objectsOf(BUCKETS.targetBuckets);
  const writers = (action: string, of: readonly string[]) =>
    WORKERS.filter((worker) => where(worker, action, versions).some((arn) => of.includes(arn)));

  it('are those of a config that asks for them', () => {
    for (const worker of WORKERS)
      expect(
        buckets
          .grants(worker)
          .flatMap(actions)
          .filter((action) => /^s3:.*Version/.test(action) && action !== 's3:GetBucketVersioning'),
      ).toEqual([]);
  });

  it('let nobody delete a version', () => {
    for (const worker of WORKERS)
      expect(versions.grants(worker).flatMap(actions)).not.toContain('s3:DeleteObjectVersion');
  });

  it('let a copier write delete markers and tags of the target, and nobody else than without', () => {
    const settlers = ['verify', 'stand-by', 'cutover', 'hint'];
    expect(writers('s3:DeleteObject', TARGET_OBJECTS)).toEqual(['copy', ...settlers]);
    expect(writers('s3:PutObjectVersionTagging', TARGET_OBJECTS)).toEqual(['copy', ...settlers]);
    expect(writers('s3:PutObjectVersionTagging', objectsOf(BUCKETS.sourceBuckets))).toEqual(
      settlers.slice(1),
    );
  });
});

describe('the grants for lists of S3 Inventory', () => {
  const listed = new Synthesized({ ...MINIMAL, ...BUCKETS, inventoryBuckets: ['inventories'] });
  const ofLists = (worker: string) =>
    listed.grants(worker).flatMap((statement) => {
      const lists = resources(statement).filter((arn) => /:::inventories/.test(arn));
      return lists.length > 0 ? [[...actions(statement), ...lists]] : [];
    });

  it('let the planner read those of the config, and nobody do anything else with them', () => {
    for (const worker of [...WORKER_NAMES, 'hint'])
      expect(ofLists(worker), worker).toEqual(
        worker === 'plan'
          ? [
              ['s3:ListBucket', 'arn:aws:s3:::inventories'],
              ['s3:GetObject', 'arn:aws:s3:::inventories/*'],
            ]
          : [],
      );
  });

  it('let it decrypt what a customer key has encrypted', () => {
    const [key] = FULL.tableKmsKeyArns;
    expect(where('plan', 'kms:Decrypt', new Synthesized(FULL))).toContain(key);
    const { inventoryBuckets: _, ...without } = FULL;
    expect(where('plan', 'kms:Decrypt', new Synthesized(without))).not.toContain(key);
  });
});
