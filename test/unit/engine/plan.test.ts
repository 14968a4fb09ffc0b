import { expect, it } from 'vitest';
import { planMigration } from '../../../shared/engine/plan.ts';
import { PermanentError } from '../../../shared/errors.ts';
import { BucketPlans } from '../../../shared/resources/buckets/bucket-plans.ts';
import { TablePlans } from '../../../shared/resources/tables/table-plans.ts';
import { forTables } from '../../for-tables.ts';
import { FakeBuckets } from '../resources/buckets/fake-buckets.ts';
import { description, FakeAccount, streamOf } from '../resources/tables/fake-account.ts';
import { FakeMonitoring } from '../resources/tables/fake-monitoring.ts';
import { type Bench, onBench } from './bench.ts';

function plan(
  bench: Bench,
  look: FakeAccount,
  { notes = [], monitoring = new FakeMonitoring() }: Known = {},
) {
  const migration = bench.migration();
  return planMigration({
    spec: bench.spec,
    plans: forTables(new TablePlans(look.asTables)),
    monitoring: monitoring.asMonitoring,
    journal: migration.journal,
    migration,
    notes,
  });
}

interface Known {
  readonly notes?: readonly string[];
  readonly monitoring?: FakeMonitoring;
}

const NOT_COMPARED = expect.stringMatching(/^not compared: auto scaling/);

const sized = (megabytes: number, ItemCount = 1_000) =>
  new FakeAccount(description('source', { TableSizeBytes: megabytes * 1_000_000, ItemCount }));

it.each([
  { megabytes: 0, units: 1 },
  { megabytes: 10, units: 1 },
  { megabytes: 11, units: 2 },
  { megabytes: 1_000_000, units: 4_000 },
])('cuts $megabytes MB into $units units of 10 MB', ({ megabytes, units }) =>
  onBench(
    async (bench) => {
      const made = await plan(bench, sized(megabytes));
      expect(made.units).toBe(units);
      expect(made.resources[0]).toMatchObject({
        kind: 'table',
        source: 'source',
        target: 'target',
        keys: [{ name: 'id', type: 'S' }],
        segments: units,
      });
    },
    { spec: { copy: { unitMegabytes: 10 } } },
  ),
);

it('leaves a plan that was made as it is: its units are what workers hold', () =>
  onBench(async (bench) => {
    const made = await plan(bench, sized(1_000));
    expect(await plan(bench, sized(90_000))).toEqual(made);
  }));

it('estimates ranges that grow with the table', () =>
  onBench(async (bench) => {
    const small = (await plan(bench, sized(1, 1_000))).estimate;
    for (const [least, most] of Object.values(small)) expect(least).toBeLessThan(most);
    expect(small.writeUnits).toEqual([1_000, 2_000]);
  }));

it('counts a write unit for each kilobyte of an item', () =>
  onBench(async (bench) => {
    expect((await plan(bench, sized(3, 1_000))).estimate.writeUnits).toEqual([3_000, 6_000]);
  }));

it('a dry run plans and notes nothing', () =>
  onBench(
    async (bench) => {
      expect((await plan(bench, sized(1))).units).toBe(1);
      expect(await bench.journal().fact('plan')).toBeUndefined();
      expect((await bench.journal().coordinator.read())?.phase).toBe('validate');
    },
    { spec: { dryRun: true } },
  ));

it('says what was found before, what is not compared, and when something else of AWS fits better', () =>
  onBench(async (bench) => {
    const { notes } = await plan(bench, sized(0, 0), { notes: ['not checked: the quotas'] });
    expect(notes).toEqual([
      'not checked: the quotas',
      expect.stringMatching(/^source holds no items/),
      NOT_COMPARED,
    ]);
  }));

it.each([
  {
    roles: ['arn:aws:iam::123456789012:role/shop'],
    says: /^from Ready on .* everybody but arn:aws:iam::123456789012:role\/shop and the migrator/,
  },
  { roles: undefined, says: /^after the switch the resource policies of the side that was left/ },
])('says whom a second fence keeps out: $roles', ({ roles, says }) => {
  const fence = { policy: 'deny', settleSeconds: 60, ...(roles ? { routerRoles: roles } : {}) } as const;
  return onBench(
    async (bench) => {
      const { notes } = await plan(bench, sized(1));
      expect(notes).toContainEqual(expect.stringMatching(says));
    },
    { cutover: { fence } },
  );
});

it('says where the target differs, and what is left to do', () =>
  onBench(async (bench) => {
    const look = new FakeAccount(
      description('source'),
      description('target', { BillingModeSummary: { BillingMode: 'PROVISIONED' } }),
    );
    look.expiring.set('source', 'expiresAt');
    const monitoring = new FakeMonitoring();
    const Dimensions = [{ Name: 'TableName', Value: 'source' }];
    monitoring.found.push({
      AlarmName: 'slow',
      Namespace: 'AWS/DynamoDB',
      MetricName: 'Latency',
      Dimensions,
    });
    const { notes, toDo } = await plan(bench, look, { monitoring });
    expect(notes).toEqual([
      'billing mode: PAY_PER_REQUEST at source, PROVISIONED at target',
      expect.stringMatching(/^source: if the application can stop writing/),
      NOT_COMPARED,
    ]);
    expect(toDo).toEqual([
      expect.stringMatching(/^source lets items expire .*aws dynamodb update-time-to-live/),
      expect.stringMatching(/^source is watched by alarms.* slow /),
    ]);
  }));

it('compares a target that is to be created with what it will be', () =>
  onBench(async (bench) => {
    const look = new FakeAccount(
      description('source', { ...streamOf('arn'), TableClassSummary: { TableClass: 'STANDARD' } }),
    );
    look.labels.set('source', [{ Key: 'team', Value: 'x' }]);
    look.recovery.set('source', 7);
    const { notes, toDo } = await plan(bench, look);
    expect(notes).toHaveLength(2);
    expect(toDo).toEqual([
      expect.stringMatching(/^source has a stream, target not yet/),
      expect.stringMatching(/^source has point-in-time recovery for 7 days, target not yet/),
    ]);
  }));

it('goes on where look-ups are refused, and says so', () =>
  onBench(async (bench) => {
    const look = sized(1);
    look.refused.add('tags').add('recoveryDays').add('destinations').add('timeToLive');
    const monitoring = new FakeMonitoring();
    monitoring.refused = true;
    const { notes, toDo } = await plan(bench, look, { monitoring });
    expect(notes.slice(0, -2)).toEqual(
      ['alarms', 'tags of', 'time to live of', 'point-in-time recovery of', 'Kinesis data streams of'].map(
        (what) => expect.stringMatching(new RegExp(`^not checked: ${what}`)),
      ),
    );
    expect(toDo).toEqual([]);
  }));

it('cuts what would not leave room for the units in a payload', () =>
  onBench(async (bench) => {
    const look = new FakeAccount(description('source'), description('target'));
    const Value = 'x'.repeat(256);
    look.labels.set(
      'source',
      Array.from({ length: 50 }, (_, index) => ({ Key: `key ${index}`, Value })),
    );
    const { notes, toDo } = await plan(bench, look, { notes: ['y'.repeat(5_000)] });
    expect(notes[0]).toMatch(/^y{599}…$/);
    expect(toDo).toEqual([expect.stringMatching(/^source has the tags key 0=x.{570,}…$/)]);
  }));

it('stops for good when the source is gone', () =>
  onBench(async (bench) => {
    await expect(plan(bench, new FakeAccount())).rejects.toThrow(PermanentError);
  }));

it('keeps where the units of a bucket end beside the plan, and before it is relied on', () =>
  onBench(
    async (bench) => {
      const objects = Array.from({ length: 5_000 }, (_, index) => ({ Key: String(index).padStart(6, '0') }));
      const { client, account, look } = new FakeBuckets({
        photos: { objects },
        'photos-v2': { objects: [] },
      });
      const { journal, ...migration } = bench.migration();
      const made = await planMigration({
        spec: bench.spec,
        plans: { table: undefined as never, bucket: new BucketPlans({ client, account, look }) },
        monitoring: new FakeMonitoring().asMonitoring,
        journal,
        migration: { ...migration, journal },
        notes: [],
      });
      const [resource] = made.resources;
      if (resource?.kind !== 'bucket') throw new Error('a bucket was planned');
      expect(made.units).toBe(4);
      expect(await journal.bounds.read(resource.boundsId, 3)).toHaveLength(3);
      expect(resource).not.toHaveProperty('bounds');
      expect(made.notes).toContainEqual(expect.stringMatching(/^not compared: access control lists/));
    },
    {
      spec: {
        copy: { workers: 1 },
        resources: [{ source: { bucket: 'photos' }, target: { bucket: 'photos-v2' } }],
      },
    },
  ));
