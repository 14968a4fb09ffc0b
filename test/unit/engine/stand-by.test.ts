import { expect, it } from 'vitest';
import type { AuditedMigration } from '../../../shared/engine/migration.ts';
import { catchUp, type StandByFact, standBy } from '../../../shared/engine/stand-by.ts';
import type { TargetState } from '../../../shared/engine/target-watch.ts';
import { ChangesGoneError } from '../../../shared/errors.ts';
import type { StandByPhase } from '../../../shared/phases.ts';
import { type Bench, onBench, WAY_BACK } from './bench.ts';
import { item, keyOf, SECOND, tombstone, version } from './cells.ts';
import { GONE, scriptedFeed } from './feeds.ts';

const FINE: TargetState = {
  capacity: { holds: true, detail: 'enough' },
  timeToLive: { holds: true, detail: 'off' },
};
const turn = (bench: Bench, phase: StandByPhase, changes: Partial<AuditedMigration> = {}, target = FINE) =>
  standBy(bench.migration(changes), phase, {
    mappings: async () => ['Enabled'],
    targets: async () => [target],
    uploads: async () => [],
  });
const ready = (bench: Bench, target = FINE) => turn(bench, 'ready', {}, target);
const gate = (bench: Bench) => bench.journal().gate.read();
const phase = async (bench: Bench) => (await bench.journal().coordinator.read())?.phase;

/** Nothing but the approval is missing. */
async function almostReady(bench: Bench) {
  await bench.verified();
  await ready(bench);
  // By then every router has let go of its longer times.
  await bench.task.runtime.sleep(20_000);
}

it('has caught up when everything has arrived', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one')]);
    await bench.deliver();
    expect(await catchUp(bench.migration())).toMatchObject({ done: true });
    expect(await phase(bench)).toBe('verify');
  }));

it('has not caught up while a record has not arrived', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one')]);
    expect(await catchUp(bench.migration())).toEqual({ done: false, waitSeconds: 1 });
    expect(await phase(bench)).toBe('catch-up');
  }));

it('shortens the times of the routers well before the cutover, once', () =>
  onBench(async (bench) => {
    await ready(bench);
    const route = await bench.route();
    expect(route).toMatchObject({ cacheMilliseconds: 1_000, attemptMilliseconds: 1_000 });
    expect(route.settledAt).toBeGreaterThan(bench.now + 8_000);
    await ready(bench);
    expect((await bench.route()).revision).toBe(route.revision);
  }));

it('is ready when every gate holds', () =>
  onBench(async (bench) => {
    await almostReady(bench);
    expect(await ready(bench)).toMatchObject({ done: true, epoch: 1, next: 'cutover' });
  }));

it('looks again soon while a gate other than the approval is shut', () =>
  onBench(
    async (bench) => {
      expect(await ready(bench)).toEqual({ done: false, waitSeconds: 1, epoch: 1, next: 'ready' });
    },
    { cutover: { approval: 'required' } },
  ));

it('waits for a person every few seconds, later less often', () =>
  onBench(
    async (bench) => {
      await almostReady(bench);
      expect(await ready(bench)).toMatchObject({ done: false, waitSeconds: 5 });
      await bench.task.runtime.sleep(11 * 60_000);
      expect(await ready(bench)).toMatchObject({ done: false, waitSeconds: 30 });
    },
    { cutover: { approval: 'required' } },
  ));

it('waits as patiently for a person to raise the capacity', () =>
  onBench(async (bench) => {
    await almostReady(bench);
    const short = { ...FINE, capacity: { holds: false, detail: 'too little' } };
    expect(await ready(bench, short)).toMatchObject({ done: false, waitSeconds: 5 });
    expect(await ready(bench)).toMatchObject({ done: true });
  }));

it('notes its round and its gates for the status', () =>
  onBench(async (bench) => {
    await ready(bench);
    const fact = await bench.journal().direction.fact<StandByFact>('stand-by');
    expect(fact?.round.complete).toBe(true);
    expect(fact?.gates.find(({ name }) => name === 'full compare')?.holds).toBe(false);
  }));

it('sweeps the tombstones up to the floor of the complete round before', () =>
  onBench(
    async (bench) => {
      const entry = { resource: 0, key: keyOf('a'), version: version(1, 'tombstone') };
      await bench.journal().lists.add('tombstone', [entry]);
      await ready(bench);
      expect(bench.target.items()).toHaveLength(1);
      await ready(bench);
      expect(bench.target.items()).toEqual([]);
      expect((await bench.journal().gate.read()).floor).toBeGreaterThan(SECOND);
    },
    { target: [tombstone('a', 1)] },
  ));

it('sweeps nothing after a round that is not complete', () =>
  onBench(
    async (bench) => {
      const entry = { resource: 0, key: keyOf('a'), version: version(1, 'tombstone') };
      await bench.journal().lists.add('tombstone', [entry]);
      bench.source.load([item('b', 'not arrived')]);
      await ready(bench);
      await ready(bench);
      expect(bench.target.items()).toHaveLength(1);
      expect((await bench.journal().gate.read()).floor).toBe(0);
    },
    { target: [tombstone('a', 1)] },
  ));

it.each([
  { name: 'catch-up', once: (bench: Bench) => catchUp(bench.migration()) },
  { name: 'ready', once: ready },
])('$name gives its permit back', ({ once }) =>
  onBench(async (bench) => {
    await once(bench);
    expect(await bench.journal().gate.permitsOut()).toEqual(new Map());
  }),
);

it('has caught up at once after the switch', () =>
  onBench(async (bench) => {
    bench.begin(2);
    bench.source.load([item('a', 'not arrived')]);
    expect(await catchUp(bench.migration())).toEqual({ done: true, waitSeconds: 0 });
  }));

it.each([
  { epoch: 2, asked: 'ready', next: 'reverse' },
  { epoch: 1, asked: 'reverse', next: 'ready' },
] as const)('is done with $asked at once in direction $epoch, where $next comes next', (of) =>
  onBench(async (bench) => {
    bench.begin(of.epoch);
    const before = await gate(bench);
    const { epoch, next } = of;
    expect(await turn(bench, of.asked)).toEqual({ done: true, waitSeconds: 0, epoch, next });
    expect(await gate(bench)).toEqual(before);
    expect(await bench.journal().direction.fact('stand-by')).toBeUndefined();
  }),
);

it('is not ready while the passive side is not read to its tip', () =>
  onBench(
    async (bench) => {
      await almostReady(bench);
      const parent = bench.target.stream?.shards[0]?.id ?? '';
      const { feed } = scriptedFeed({ id: parent, answers: [] }, { id: 'child', parent, answers: [] });
      const passiveFeeds = [{ stream: bench.streamOf('target'), feed }];
      expect(await turn(bench, 'ready', { passiveFeeds })).toMatchObject({ done: false, waitSeconds: 1 });
    },
    { cutover: WAY_BACK },
  ));

it('is not ready when changes of the passive side are gone, and says so', () =>
  onBench(
    async (bench) => {
      await almostReady(bench);
      const passiveFeeds = [{ stream: bench.streamOf('target'), feed: GONE }];
      expect(await turn(bench, 'ready', { passiveFeeds })).toMatchObject({ done: false });
      const { gates = [] } = (await bench.journal().direction.fact<StandByFact>('stand-by')) ?? {};
      expect(gates.find(({ name }) => name === 'way back')).toMatchObject({
        holds: false,
        detail: expect.stringContaining('gone'),
      });
      expect(await ready(bench)).toMatchObject({ done: true });
    },
    { cutover: WAY_BACK },
  ));

it('never ends by itself before the switch, and is aborted by a person', () =>
  onBench(
    async (bench) => {
      await bench.task.runtime.sleep(10 * 3_600_000);
      expect(await ready(bench)).toMatchObject({ done: false, next: 'ready' });
      await bench.journal().coordinator.end({ by: 'Ada', at: bench.now });
      expect(await ready(bench)).toMatchObject({ done: true, epoch: 1, next: 'end' });
      expect(await phase(bench)).toBe('sweep');
      expect(await gate(bench)).toMatchObject({ epoch: 1, open: false, sealed: true });
      expect((await bench.route()).state).toBe('source');
    },
    { cutover: { approval: 'required' } },
  ));

it('stops for good when changes of the source are gone before the switch', () =>
  onBench(async (bench) => {
    const feeds = [{ stream: bench.stream, feed: GONE }];
    await expect(turn(bench, 'ready', { feeds })).rejects.toThrow(ChangesGoneError);
    expect(await gate(bench)).toMatchObject({ open: true, sealed: false });
  }));
