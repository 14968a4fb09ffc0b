import { expect, it } from 'vitest';
import type { Side } from '../../../shared/direction.ts';
import { cutoverStep, giveUp, restoreActive, type SwitchFact } from '../../../shared/engine/cutover.ts';
import { watchPassiveSide } from '../../../shared/engine/strays.ts';
import { withoutAttribute } from '../../../shared/items.ts';
import { CUTOVER_STEPS, cutoverSteps } from '../../../shared/phases.ts';
import { type Bench, onBench, RESERVED, type Setting, SMOKE_TESTED, WAY_BACK } from './bench.ts';
import { item, keyOf } from './cells.ts';
import { cutOver } from './cutovers.ts';

const BEFORE_THE_SWITCH = CUTOVER_STEPS.slice(0, -1);
const ITEMS = [item('a', 'one'), item('b', 'two')];
const gate = (bench: Bench) => bench.journal().gate.read();
const coordinator = (bench: Bench) => bench.journal().coordinator.read();
/** What an application reads of a side, in the order of the keys. */
const contents = (bench: Bench, side: Side) =>
  bench[side]
    .items()
    .map((stored) => withoutAttribute(stored, RESERVED))
    .sort((a, b) => ((a.id?.S ?? '') < (b.id?.S ?? '') ? -1 : 1));

/** A migration that has been switched, with a way back. */
const switched = (body: (bench: Bench) => Promise<void>, cutover: Setting['cutover'] = {}) =>
  onBench(
    async (bench) => {
      await cutOver(bench);
      await body(bench);
    },
    { cutover: { ...WAY_BACK, ...cutover }, source: ITEMS, target: ITEMS },
  );

/** Beyond the seconds around the switch, whose records are compared instead of applied. */
const later = (bench: Bench) => bench.task.runtime.sleep(10_000);

async function writeToTarget(bench: Bench) {
  bench.target.load([item('a', 'changed'), item('c', 'new'), item('d', 'new')]);
  bench.target.remove(keyOf('b'));
  bench.target.remove(keyOf('d'));
  await bench.deliver();
}

it('the switch leaves the way back open, from the announcement on', () =>
  onBench(
    async (bench) => {
      await cutOver(bench, 'announce');
      const announcedAt = (await coordinator(bench))?.cutover?.announcedAt ?? 0;
      for (const name of cutoverSteps(bench.spec).slice(1)) await cutoverStep(bench.migration(), name, 1);
      const found = await gate(bench);
      expect(found).toMatchObject({ epoch: 2, open: true, sealed: false });
      expect(found.since).toBe(Math.floor(announcedAt / 1000));
      // Clocks may differ by two seconds.
      expect(found.floor).toBeGreaterThanOrEqual(((await bench.route()).switchedAt ?? 0) / 1000 + 1.5);
    },
    { cutover: WAY_BACK },
  ));

it('routes to the source again, and goes forward from there', () =>
  switched(async (bench) => {
    await cutOver(bench);
    expect(await bench.route()).toMatchObject({ state: 'source', active: 'source' });
    expect(await gate(bench)).toMatchObject({ epoch: 3, open: true, sealed: false });
    expect((await coordinator(bench))?.phase).toBe('ready');
    const fact = await bench.journal({ epoch: 2 }).direction.fact<SwitchFact>('switch');
    expect(fact?.switchedAt).toBe((await bench.route()).switchedAt);
  }));

it('loses nothing that was written to the target, deletions included', () =>
  switched(async (bench) => {
    await later(bench);
    await writeToTarget(bench);
    await cutOver(bench);
    expect(contents(bench, 'source')).toEqual([item('a', 'changed'), item('c', 'new')]);
    expect(contents(bench, 'target')).toEqual(contents(bench, 'source'));
  }));

it('loses nothing that was written in the seconds after the switch', () =>
  switched(async (bench) => {
    await writeToTarget(bench);
    expect(await bench.listed('recheck')).toEqual(['a', 'b', 'c', 'd']);
    await cutOver(bench);
    expect(contents(bench, 'source')).toEqual([item('a', 'changed'), item('c', 'new')]);
  }));

it('takes over what came between the announcement and the fence', () =>
  switched(async (bench) => {
    await later(bench);
    await cutOver(bench, 'announce');
    await writeToTarget(bench);
    for (const name of cutoverSteps(bench.spec).slice(1)) await cutoverStep(bench.migration(), name, 2);
    expect(contents(bench, 'source')).toEqual([item('a', 'changed'), item('c', 'new')]);
  }));

it('does not keep what somebody has written to the source meanwhile', () =>
  switched(async (bench) => {
    await later(bench);
    bench.source.load([item('a', 'stray'), item('stray', 'new')]);
    bench.source.remove(keyOf('b'));
    await watchPassiveSide(bench.migration());
    await cutOver(bench);
    expect(contents(bench, 'source')).toEqual(ITEMS);
  }));

it('goes forward once more after a rollback, and loses nothing', () =>
  switched(async (bench) => {
    await later(bench);
    await writeToTarget(bench);
    await cutOver(bench);
    await later(bench);
    bench.source.load([item('a', 'once more')]);
    bench.source.remove(keyOf('c'));
    await bench.deliver();
    await cutOver(bench);
    expect(await bench.route()).toMatchObject({ state: 'target', active: 'target' });
    expect(await gate(bench)).toMatchObject({ epoch: 4, open: true });
    expect(contents(bench, 'target')).toEqual([item('a', 'once more')]);
  }));

it('carries no write of its own round in a circle', () =>
  switched(async (bench) => {
    await later(bench);
    await writeToTarget(bench);
    await later(bench);
    await cutOver(bench);
    const before = bench.target.items();
    // Its own writes of the reverse direction, and those of the target that they came from.
    await bench.deliver('source');
    await bench.deliver('target');
    expect(bench.target.items()).toEqual(before);
    expect(await bench.listed('recheck')).toEqual([]);
  }));

it('counts attempts on, and those given up in each direction by themselves', () =>
  onBench(
    async (bench) => {
      await cutOver(bench, 'fence');
      await giveUp(bench.migration(), 'a reason', 1);
      await cutOver(bench);
      await cutOver(bench, 'announce');
      expect((await coordinator(bench))?.cutover).toMatchObject({ epoch: 2, attempt: 3, givenUp: 0 });
    },
    { cutover: WAY_BACK },
  ));

it.each(BEFORE_THE_SWITCH)(
  'after %s a rollback is given up, and everything is as it was in reverse',
  (name) =>
    switched(async (bench) => {
      await cutOver(bench, name);
      expect(await giveUp(bench.migration(), 'a reason', 2)).toEqual({
        kind: 'lifted',
        standBy: 'reverse',
        retry: true,
      });
      const route = await bench.route();
      expect(route).toMatchObject({ state: 'target', active: 'target' });
      expect(route).not.toHaveProperty('deadline');
      expect(await gate(bench)).toMatchObject({ epoch: 2, open: true, sealed: false });
      expect((await coordinator(bench))?.phase).toBe('reverse');
    }, SMOKE_TESTED),
);

it('asks a person again once a rollback was given up too often, whatever the cutover needed', () =>
  switched(
    async (bench) => {
      await bench.journal().coordinator.approve({ by: 'Ada', at: bench.now });
      await cutOver(bench, 'fence');
      expect(await giveUp(bench.migration(), 'a reason', 2)).toMatchObject({ retry: true });
      expect(await bench.journal().coordinator.approval()).toBeUndefined();
    },
    { approval: 'automatic', attempts: 1 },
  ));

it.each(BEFORE_THE_SWITCH)('after %s a new coordinator undoes the rollback of its predecessor', (name) =>
  switched(async (bench) => {
    await cutOver(bench, name);
    await restoreActive(bench.migration());
    expect((await bench.route()).state).toBe('target');
    expect(await gate(bench)).toMatchObject({ epoch: 2, open: true });
  }, SMOKE_TESTED),
);

it('the next rollback can be made after one was given up', () =>
  switched(async (bench) => {
    await cutOver(bench, 'recheck');
    await giveUp(bench.migration(), 'a reason', 2);
    await cutOver(bench);
    expect((await bench.route()).state).toBe('source');
  }));
