import { expect } from 'vitest';
import { HINT_SHARDS, type Hint } from '../../shared/hint-log.ts';
import { current, cutoverStage } from './cutover-stage.ts';
import { type Contract, later } from './judge.ts';

/** What routers note of their writes beside the route. */
export function hintContract({ it }: Contract): void {
  it('are read shard by shard in the order of their times, from any of them on', async (bench) => {
    const stage = await cutoverStage(bench);
    for (let number = 0; number < 30; number++) {
      const router = stage.route(later(bench, 1_000 * number));
      await router.hints.note({ resource: 1, side: 'source', keys: [`key ${number}`] });
    }
    const shards = await readAll(stage.route().hints);
    expect(shards.filter((hints) => hints.length > 0).length).toBeGreaterThan(1);
    for (const [shard, hints] of shards.entries()) {
      expect(hints.map(({ at }) => at)).toEqual(hints.map(({ at }) => at).toSorted((a, b) => a - b));
      const [first, ...others] = hints;
      expect(await Array.fromAsync(stage.route().hints.read(shard, first?.position))).toEqual(others);
    }
    const keys = shards.flat().flatMap((hint) => hint.keys);
    expect(keys.toSorted()).toEqual(Array.from({ length: 30 }, (_, number) => `key ${number}`).toSorted());
  });

  it('say when, on which side and in which resource a router was about to write', async (bench) => {
    const stage = await cutoverStage(bench);
    const before = bench.runtime.now();
    await stage.route().hints.note({ resource: 2, side: 'target', keys: ['a/ü 1.png'] });
    const [hint] = (await readAll(stage.route().hints)).flat();
    expect(hint).toMatchObject({ resource: 2, side: 'target', keys: ['a/ü 1.png'] });
    expect(hint?.at).toBeGreaterThanOrEqual(before);
    expect(hint?.at).toBeLessThanOrEqual(bench.runtime.now());
  });

  it('of many keys are several of a hundred', async (bench) => {
    const stage = await cutoverStage(bench);
    const keys = Array.from({ length: 250 }, (_, number) => `${number}`.padEnd(1_024, '.'));
    await stage.route().hints.note({ resource: 0, side: 'source', keys });
    const hints = (await readAll(stage.route().hints)).flat();
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

function readAll(hints: { read(shard: number): AsyncGenerator<Hint> }): Promise<Hint[][]> {
  return Promise.all(Array.from({ length: HINT_SHARDS }, (_, shard) => Array.fromAsync(hints.read(shard))));
}
