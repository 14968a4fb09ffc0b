import { expect, it } from 'vitest';
import { checkGates } from '../../../shared/engine/gates.ts';
import type { Round } from '../../../shared/engine/round.ts';
import type { PassiveReading } from '../../../shared/engine/strays.ts';
import type { TargetState } from '../../../shared/engine/target-watch.ts';
import type { KeyListKind } from '../../../shared/journal/key-lists.ts';
import { type Bench, NAME, onBench, type Setting, WAY_BACK } from './bench.ts';
import { keyOf, version } from './cells.ts';

const ROUND: Round = { complete: true, records: 3, keys: 2, repaired: 0, lagSeconds: 0, milliseconds: 40 };

const FINE: TargetState = {
  capacity: { holds: true, detail: 'target: enough' },
  timeToLive: { holds: true, detail: 'off at target' },
};

interface Look {
  readonly round?: Partial<Round>;
  readonly mappings?: readonly string[];
  readonly targets?: readonly TargetState[];
  readonly passive?: PassiveReading;
}

async function gates(bench: Bench, look: Look = {}, changes: Parameters<Bench['migration']>[0] = {}) {
  const { round = {}, mappings = ['Enabled'], targets = [FINE], passive = { atTip: true } } = look;
  return checkGates({
    migration: bench.migration(changes),
    round: { ...ROUND, ...round },
    mappings,
    targets,
    uploads: [],
    passive,
  });
}

async function gate(bench: Bench, name: string, look?: Look) {
  return (await gates(bench, look)).find((state) => state.name === name);
}

/** A unit as its worker leaves it. */
async function compared(bench: Bench, unit = 0) {
  const { units } = bench.journal();
  const lease = { holder: 'worker', coordinator: 1, now: bench.now, expiresAt: bench.now };
  await units.take('verify', unit, lease);
  await units.checkpoint(
    'verify',
    unit,
    { term: 1, checkpoint: 1 },
    { counts: { items: 7, repaired: 1 }, done: true },
  );
}

const list = (bench: Bench, kind: KeyListKind, id = 'a', reason?: string) =>
  bench
    .journal()
    .lists.add(kind, [{ resource: 0, key: keyOf(id), version: version(1), ...(reason ? { reason } : {}) }]);

const report = (bench: Bench, id: string, ready: boolean, service?: 'S3') =>
  bench.migration().route.report({
    id,
    ready,
    ...(service ? { service } : {}),
    ...(ready ? {} : { reason: 'AccessDenied' }),
    at: bench.now,
    expiresAt: bench.second + 60,
  });

it('holds every gate of a migration that is ready', () =>
  onBench(async (bench) => {
    await compared(bench);
    expect((await gates(bench)).filter(({ holds }) => !holds)).toEqual([]);
  }));

interface Case {
  readonly name: string;
  readonly when: string;
  readonly says: RegExp;
  readonly prepare?: (bench: Bench) => Promise<unknown>;
  readonly look?: Look;
  readonly setting?: Setting;
}

const SHUT: readonly Case[] = [
  {
    name: 'full compare',
    when: 'a unit is not compared',
    prepare: (bench) => compared(bench),
    setting: { segments: 2 },
    says: /^1 of 2 units compared/,
  },
  {
    name: 'full compare',
    when: 'it is too old',
    prepare: async (bench) => {
      await compared(bench);
      await bench.journal().coordinator.leave(1, 'verify', bench.now);
      await bench.task.runtime.sleep(2 * 3_600_000);
    },
    setting: { cutover: { maxVerifyAgeHours: 1 } },
    says: /^7 items compared 2\.0 h ago, 1 repaired; at most 1 h old/,
  },
  { name: 'backup', when: 'there is none', setting: { spec: { backup: true } }, says: /^0 of 0 backups/ },
  {
    name: 'backup',
    when: 'one is not available',
    prepare: async (bench) => {
      for (const [table, status] of Object.entries({ source: 'AVAILABLE', target: 'CREATING' }))
        await bench.journal().noteFact(`backup#${table}`, { table, arn: table, status });
    },
    setting: { spec: { backup: true } },
    says: /^1 of 2 backups available; each must be$/,
  },
  { name: 'mapping', when: 'there is none', look: { mappings: [] }, says: /none; each must be Enabled/ },
  {
    name: 'mapping',
    when: 'one is not enabled',
    look: { mappings: ['Enabled', 'Creating'] },
    says: /Enabled, Creating; each must be Enabled/,
  },
  {
    name: 'way back',
    when: 'the passive side is not read to its tip',
    setting: { cutover: WAY_BACK },
    look: { passive: { atTip: false } },
    says: /is not read to its tip yet/,
  },
  {
    name: 'lag',
    when: 'a record has not arrived',
    look: { round: { complete: false, lagSeconds: 12.3 } },
    says: /not arrived is 12 s old; it must be at most 5 s/,
  },
  {
    name: 'quarantine',
    when: 'it holds a key',
    prepare: (bench) => list(bench, 'quarantine', 'a', 'too large'),
    says: /^1 keys can't be written \(the first: too large\)/,
  },
  {
    name: 'recheck list',
    when: 'a key waits',
    prepare: (bench) => list(bench, 'recheck'),
    says: /^1 keys wait for the next round/,
  },
  {
    name: 'short round',
    when: 'the last one was long',
    look: { round: { milliseconds: 1_001, keys: 9 } },
    says: /compared 9 keys in 1001 ms; at most 1000 ms/,
  },
  {
    name: 'final recheck',
    when: 'too many keys were repaired',
    prepare: async (bench) => {
      const repaired = Array.from({ length: 20_001 }, (_, index) => {
        const pk = `list#${NAME}#repaired#${index % 4}`;
        return { pk: { S: pk }, sk: { S: `${index}` }, key: { S: '{"id":{"S":"a"}}' }, version: { S: 'v' } };
      });
      bench.world.table('journal').load(repaired);
    },
    setting: { limits: { pageItems: 20_000 } },
    says: /^20001 repaired keys .* at most 20000; /,
  },
  {
    name: 'final recheck',
    when: 'routers have noted too many keys',
    look: { round: { noted: 1_001 } },
    says: /1001 keys that routers have noted, at most 1000$/,
  },
  {
    name: 'tombstones',
    when: 'too many are left',
    prepare: async (bench) => {
      for (let count = 0; count < 501; count++) await list(bench, 'tombstone', `k${count}`);
    },
    says: /^501 left, at most 500/,
  },
  {
    name: 'permits',
    when: 'a copier runs',
    prepare: (bench) => bench.journal().gate.take('copy', bench.now + 60_000),
    says: /^1 still out \(copy\)/,
  },
  {
    name: 'routers',
    when: 'there are too few',
    setting: { cutover: { routers: 2 } },
    prepare: (bench) => report(bench, 'one', true),
    says: /^1 live, 1 ready; 2 must be \(cutover.routers\) for DynamoDB, 1 are/,
  },
  {
    name: 'routers',
    when: 'enough report, but for another service',
    setting: { cutover: { routers: 1 } },
    prepare: (bench) => report(bench, 'one', true, 'S3'),
    says: /^1 live, 1 ready; 1 must be \(cutover.routers\) for DynamoDB, 0 are/,
  },
  {
    name: 'routers',
    when: 'one is not ready',
    prepare: async (bench) => {
      await report(bench, 'one', true);
      await report(bench, 'two', false);
    },
    says: /^2 live, 1 ready; router two: AccessDenied/,
  },
  {
    name: 'routers',
    when: 'they may hold on to longer cache times',
    prepare: async (bench) => bench.migration().route.tighten(await bench.route(), 200),
    says: /longer cache times end in 1\d s/,
  },
  {
    name: 'capacity',
    when: 'one of the targets takes too little',
    look: { targets: [FINE, { ...FINE, capacity: { holds: false, detail: 'other: too little' } }] },
    says: /^other: too little$/,
  },
  {
    name: 'time to live',
    when: 'it was on at one of the targets',
    look: { targets: [{ ...FINE, timeToLive: { holds: false, detail: 'it was on at target' } }, FINE] },
    says: /^it was on at target$/,
  },
  {
    name: 'window',
    when: 'it has not begun',
    setting: { cutover: { notBefore: '2099-01-01T02:00:00Z' } },
    says: /^begins at 2099-01-01T02:00:00Z/,
  },
  {
    name: 'window',
    when: 'it is over',
    setting: { cutover: { notAfter: '2020-01-01T02:00:00+01:00' } },
    says: /^ended at 2020-01-01T02:00:00\+01:00/,
  },
  {
    name: 'postponement',
    when: 'somebody has postponed the cutover',
    prepare: (bench) =>
      bench.journal().controls.postpone({ by: 'Ada', at: bench.now, until: bench.now + 60_000, epoch: 1 }),
    says: /^postponed by Ada until 20\d\d-.*Z; segue postpone --off/,
  },
  {
    name: 'pause',
    when: 'somebody has paused the migration',
    prepare: (bench) => bench.journal().controls.pause({ by: 'Ada', at: bench.now }),
    says: /^paused by Ada since 20\d\d-.*Z; segue resume ends it/,
  },
  {
    name: 'approval',
    when: 'nobody has given it',
    setting: { cutover: { approval: 'required' } },
    says: /waits for a person/,
  },
  {
    name: 'approval',
    when: 'the rehearsal is over, and nobody has given it',
    setting: { cutover: { approval: 'required', rehearse: true } },
    prepare: (bench) =>
      bench.journal().noteFact('rehearsal', { at: bench.now, attempt: 1, pauseMilliseconds: 2_000 }),
    says: /waits for a person: segue approve$/,
  },
  {
    name: 'approval',
    when: 'it is a rollback that nobody has asked for, though the cutover was approved by itself',
    prepare: async (bench) => bench.begin(2),
    says: /waits for a person: segue rollback$/,
  },
  {
    name: 'approval',
    when: 'it is a rollback, whatever is to be rehearsed',
    setting: { cutover: { rehearse: true } },
    prepare: async (bench) => bench.begin(2),
    says: /waits for a person: segue rollback$/,
  },
  {
    name: 'approval',
    when: 'it is the cutover after a rollback, whatever the first one needed',
    prepare: async (bench) => bench.begin(3),
    says: /waits for a person: segue approve$/,
  },
  {
    name: 'approval',
    when: 'it was given in another direction',
    prepare: async (bench) => {
      await bench.journal().coordinator.approve({ by: 'Ada', at: 1 });
      bench.begin(2);
    },
    setting: { cutover: { approval: 'required' } },
    says: /waits for a person/,
  },
];

it.each(SHUT)('$name is shut when $when', ({ name, prepare, look, says, setting }) =>
  onBench(async (bench) => {
    await prepare?.(bench);
    const found = await gate(bench, name, look);
    expect(found?.holds).toBe(false);
    expect(found?.detail).toMatch(says);
  }, setting),
);

const OPEN: readonly Case[] = [
  {
    name: 'full compare',
    when: 'every unit is compared and it is not old',
    prepare: (bench) => compared(bench),
    says: /^7 items compared 0\.0 h ago, 1 repaired$/,
  },
  {
    name: 'backup',
    when: 'all are available',
    prepare: (bench) => bench.journal().noteFact('backup#a', { table: 'a', arn: 'a', status: 'AVAILABLE' }),
    setting: { spec: { backup: true } },
    says: /^1 of 1 backups available/,
  },
  { name: 'backup', when: 'none is asked for', says: /not asked for/ },
  {
    name: 'backup',
    when: 'it is a rollback',
    setting: { spec: { backup: true } },
    prepare: async (bench) => bench.begin(2),
    says: /not needed for the way back/,
  },
  {
    name: 'full compare',
    when: 'it is a rollback: nothing was compared in full since the switch',
    prepare: async (bench) => bench.begin(2),
    says: /both sides were equal at the switch/,
  },
  {
    name: 'window',
    when: 'it is a rollback, long after the window of the cutover',
    setting: { cutover: { notAfter: '2020-01-01T02:00:00Z' } },
    prepare: async (bench) => bench.begin(2),
    says: /the window is that of the cutover/,
  },
  {
    name: 'way back',
    when: 'the passive side is read to its tip',
    setting: { cutover: WAY_BACK },
    says: /captured, and read to its tip/,
  },
  {
    name: 'way back',
    when: 'it is a rollback, and only the way forward after it is lost',
    setting: { cutover: WAY_BACK },
    prepare: async (bench) => bench.begin(2),
    look: { passive: { atTip: false, gone: 'the stream was replaced' } },
    says: /no way forward again after it: the stream was replaced/,
  },
  {
    name: 'way back',
    when: 'none is asked for',
    look: { passive: { atTip: false } },
    says: /not asked for/,
  },
  {
    name: 'capacity',
    when: 'every target takes enough',
    look: { targets: [FINE, { ...FINE, capacity: { holds: true, detail: 'other: enough' } }] },
    says: /^target: enough\. other: enough$/,
  },
  { name: 'time to live', when: 'it is off everywhere', says: /^off at target$/ },
  {
    name: 'permits',
    when: 'only the applier runs',
    prepare: (bench) => bench.journal().gate.take('apply', bench.now + 60_000),
    says: /no copier and no repair/,
  },
  {
    name: 'routers',
    when: 'enough are ready',
    setting: { cutover: { routers: 1 } },
    prepare: (bench) => report(bench, 'one', true),
    says: /^1 live, 1 ready$/,
  },
  {
    name: 'approval',
    when: 'a person has given it',
    setting: { cutover: { approval: 'required' } },
    prepare: (bench) => bench.journal().coordinator.approve({ by: 'Ada', at: 1 }),
    says: /^approved by Ada$/,
  },
  {
    name: 'approval',
    when: 'a person has approved a rehearsal',
    setting: { cutover: { approval: 'required' } },
    prepare: (bench) => bench.journal().coordinator.approve({ by: 'Ada', at: 1, rehearsal: true }),
    says: /^a rehearsal, approved by Ada$/,
  },
  {
    name: 'approval',
    when: 'the spec asks for a rehearsal first',
    setting: { cutover: { approval: 'required', rehearse: true } },
    says: /a rehearsal comes first/,
  },
  {
    name: 'window',
    when: 'the time is in it',
    setting: { cutover: { notBefore: '2020-01-01T02:00:00Z', notAfter: '2099-01-01T02:00:00Z' } },
    says: /^open until 2099-01-01/,
  },
  {
    name: 'postponement',
    when: 'its time is over',
    prepare: (bench) => bench.journal().controls.postpone({ by: 'Ada', at: 0, until: bench.now, epoch: 1 }),
    says: /^not postponed$/,
  },
  {
    name: 'pause',
    when: 'the migration was resumed',
    prepare: async (bench) => {
      await bench.journal().controls.pause({ by: 'Ada', at: bench.now });
      await bench.journal().controls.resume();
    },
    says: /^not paused$/,
  },
];

it.each(OPEN)('$name is open when $when', ({ name, prepare, look, says, setting }) =>
  onBench(async (bench) => {
    await prepare?.(bench);
    const found = await gate(bench, name, look);
    expect(found?.holds).toBe(true);
    expect(found?.detail).toMatch(says);
  }, setting),
);

it('wants as many routers for each service that the resources need', () =>
  onBench(
    async (bench) => {
      const resources = [bench.resource(), { ...bench.resource(), index: 1, service: 'S3' as const }];
      const routers = async () =>
        (await gates(bench, {}, { resources })).find(({ name }) => name === 'routers');
      await report(bench, 'one', true);
      await report(bench, 'two', true);
      expect(await routers()).toMatchObject({
        holds: false,
        detail: '2 live, 2 ready; 1 must be (cutover.routers) for S3, 0 are',
      });
      await report(bench, 'three', true, 'S3');
      expect(await routers()).toMatchObject({ holds: true, detail: '3 live, 3 ready' });
    },
    { cutover: { routers: 1 } },
  ));

it('forgets a router that is silent for longer than its report holds', () =>
  onBench(async (bench) => {
    await report(bench, 'gone', false);
    await bench.task.runtime.sleep(61_000);
    expect(await gate(bench, 'routers')).toMatchObject({ holds: true, detail: '0 live, 0 ready' });
  }));
