import { expect } from 'vitest';
import type { Hint } from '../../shared/hint-log.ts';
import { current, cutoverStage } from './cutover-stage.ts';
import { type Contract, later } from './judge.ts';

/** What routers note of their writes beside the route. */
export function hintContract({ it }: Contract): void {
  it('are all there, spread over several partitions, in whatever order they came', async (bench) => {
    const stage = await cutoverStage(bench);
    for (let number = 0; number < 30; number++) {
      const router = stage.route(later(bench, -1_000 * number));
      await router.hints.note({ resource: 1, side: 'source', keys: [`key ${number}`] });
    }
    const hints = await stage.route().hints.all();
    expect(new Set(hints.map(({ shard }) => shard)).size).toBeGreaterThan(1);
    const keys = hints.flatMap((hint) => hint.keys);
    expect(keys.toSorted()).toEqual(Array.from({ length: 30 }, (_, number) => `key ${number}`).toSorted());
  });

  it('keep the time at which they were seen first, until they are removed', async (bench) => {
    const stage = await cutoverStage(bench);
    const { hints } = stage.route();
    await hints.note({ resource: 0, side: 'source', keys: ['a'] });
    const [hint] = (await hints.all()) as [Hint];
    expect(hint).not.toHaveProperty('seenAt');
    await hints.markSeen(hint, 5_000);
    await hints.markSeen(hint, 9_000);
    expect(await hints.all()).toEqual([{ ...hint, seenAt: 5_000 }]);
    await hints.remove(hint);
    await hints.markSeen(hint, 10_000);
    expect(await hints.all()).toEqual([]);
  });

  it('say when, on which side and in which resource a router was about to write', async (bench) => {
    const stage = await cutoverStage(bench);
    const before = bench.runtime.now();
    await stage.route().hints.note({ resource: 2, side: 'target', keys: ['a/ü 1.png'] });
    const [hint] = await stage.route().hints.all();
    expect(hint).toMatchObject({ resource: 2, side: 'target', keys: ['a/ü 1.png'] });
    expect(hint?.at).toBeGreaterThanOrEqual(before);
    expect(hint?.at).toBeLessThanOrEqual(bench.runtime.now());
  });

  it('of many keys are several of a hundred', async (bench) => {
    const stage = await cutoverStage(bench);
    const keys = Array.from({ length: 250 }, (_, number) => `${number}`.padEnd(1_024, '.'));
    await stage.route().hints.note({ resource: 0, side: 'source', keys });
    const hints = await stage.route().hints.all();
    expect(hints.map((hint) => hint.keys.length).toSorted()).toEqual([100, 100, 50]);
    expect(hints.flatMap((hint) => hint.keys).toSorted()).toEqual(keys.toSorted());
  });

  it('change neither the route nor what is known of its routers', async (bench) => {
    const stage = await cutoverStage(bench);
    const route = await current(stage);
    await stage.route().hints.note({ resource: 0, side: 'source', keys: ['a'] });
    expect(await current(stage)).toEqual(route);
    expect(await stage.route().routers()).toEqual([]);
  });
}
