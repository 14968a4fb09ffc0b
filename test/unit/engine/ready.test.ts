import { expect, it } from 'vitest';
import { catchUp, type StandByFact, standReady } from '../../../shared/engine/ready.ts';
import type { TargetState } from '../../../shared/engine/target-watch.ts';
import { type Bench, onBench } from './bench.ts';
import { item, keyOf, SECOND, tombstone, version } from './cells.ts';

const FINE: TargetState = {
  capacity: { holds: true, detail: 'enough' },
  timeToLive: { holds: true, detail: 'off' },
};
const ready = (bench: Bench, target = FINE) =>
  standReady(
    bench.migration(),
    async () => ['Enabled'],
    async () => [target],
  );
const phase = async (bench: Bench) => (await bench.journal().coordinator.read())?.phase;

/** Nothing but the approval is missing. */
async function almostReady(bench: Bench) {
  const { units } = bench.journal();
  await units.take('verify', 0, { holder: 'w', coordinator: 1, now: bench.now, expiresAt: bench.now });
  await units.checkpoint('verify', 0, { term: 1, checkpoint: 1 }, { counts: {}, done: true });
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
    expect(await ready(bench)).toMatchObject({ done: true });
  }));

it('looks again soon while a gate other than the approval is shut', () =>
  onBench(
    async (bench) => {
      expect(await ready(bench)).toEqual({ done: false, waitSeconds: 1 });
    },
    { cutover: { approval: 'required' } },
  ));

it('waits for a person every few seconds, later less often', () =>
  onBench(
    async (bench) => {
      await almostReady(bench);
      expect(await ready(bench)).toEqual({ done: false, waitSeconds: 5 });
      await bench.task.runtime.sleep(11 * 60_000);
      expect(await ready(bench)).toEqual({ done: false, waitSeconds: 30 });
    },
    { cutover: { approval: 'required' } },
  ));

it('waits as patiently for a person to raise the capacity', () =>
  onBench(async (bench) => {
    await almostReady(bench);
    const short = { ...FINE, capacity: { holds: false, detail: 'too little' } };
    expect(await ready(bench, short)).toEqual({ done: false, waitSeconds: 5 });
    expect(await ready(bench)).toMatchObject({ done: true });
  }));

it('notes its round and its gates for the status', () =>
  onBench(async (bench) => {
    await ready(bench);
    const fact = await bench.journal().fact<StandByFact>('stand-by');
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
  { name: 'catch-up', turn: (bench: Bench) => catchUp(bench.migration()) },
  { name: 'ready', turn: (bench: Bench) => ready(bench) },
])('$name gives its permit back, and is done at once after the switch', ({ turn }) =>
  onBench(async (bench) => {
    await turn(bench);
    expect(await bench.journal().gate.permitsOut()).toEqual(new Map());
    bench.seal();
    bench.source.load([item('a', 'not arrived')]);
    expect(await turn(bench)).toEqual({ done: true, waitSeconds: 0 });
  }),
);
