import { expect } from 'vitest';
import { CutoverGivenUpError } from '../../shared/errors.ts';
import type { Route, RouteTable } from '../../shared/route.ts';
import { current, cutoverStage, fenced, PAUSE_MILLISECONDS, readyToSwitch } from './cutover-stage.ts';
import { type Actor, type Contract, later } from './judge.ts';
import { losingAnswer } from './lossy-client.ts';

/** Every transition but the switch, from a route that was seen. */
const TRANSITIONS: Readonly<Record<string, (table: RouteTable, seen: Route) => Promise<Route>>> = {
  raise: (table, seen) => table.raise(seen),
  tighten: (table, seen) => table.tighten(seen, 2_000),
  hint: (table, seen) => table.hint(seen),
  announce: (table, seen) => table.announce(seen, 1_000),
  fence: (table, seen) => table.fence(seen, 2_000),
  lift: (table, seen) => table.lift(seen),
  finish: (table, seen) => table.finish(seen),
};

/** The route and its transitions, each conditional on what was seen. */
export function routeContract({ it, always }: Contract): void {
  it('is created once, pointing at the source', async (bench) => {
    const stage = await cutoverStage(bench);
    const route = await current(stage);
    expect(route).toMatchObject({ state: 'source', revision: 1, protocol: 1, settledAt: 0 });
    expect(route.tables).toEqual([{ source: 'old', target: 'new', keys: [{ name: 'id', type: 'S' }] }]);
    expect(await stage.route().create([], 'other')).toBe(false);
    expect(await current(stage)).toEqual(route);
  });

  it('goes from source to announced to fenced, and back to source without a trace of both', async (bench) => {
    const stage = await cutoverStage(bench);
    const route = await fenced(bench, stage);
    expect(route).toMatchObject({ state: 'fenced', revision: 3, fenceAt: expect.any(Number) });
    expect(route.deadline).toBeLessThanOrEqual(bench.runtime.now() + PAUSE_MILLISECONDS);
    expect(await current(stage)).toEqual(route);
    const lifted = await stage.route().lift(route);
    expect(lifted).toMatchObject({ state: 'source', revision: 4 });
    expect(lifted).not.toHaveProperty('fenceAt');
    expect(lifted).not.toHaveProperty('deadline');
  });

  it('tells routers to hold on for shorter, and when the longer times are over', async (bench) => {
    const stage = await cutoverStage(bench);
    const before = await current(stage);
    const tight = await stage.route().tighten(before, 1_500);
    expect(tight).toMatchObject({ state: 'source', revision: 2, attemptMilliseconds: 1_500 });
    expect(tight.cacheMilliseconds).toBeLessThan(before.cacheMilliseconds);
    expect(tight.settledAt).toBeGreaterThanOrEqual(
      bench.runtime.now() + before.cacheMilliseconds + before.attemptMilliseconds - 5_000,
    );
  });

  it('names its buckets in an agreement that routers of tables alone refuse', async (bench) => {
    const stage = await cutoverStage(bench);
    await stage.route().retire(await current(stage));
    const buckets = [
      { source: { bucket: 'photos', prefix: 'a/' }, target: { bucket: 'photos-v2', prefix: '' } },
    ];
    expect(await stage.route().create([], '_segue:m', buckets)).toBe(true);
    expect(await current(stage)).toMatchObject({ state: 'source', protocol: 2, tables: [], buckets });
  });

  it('has routers note their writes, from when the longest time is over that one may act without', async (bench) => {
    const stage = await cutoverStage(bench);
    const before = await current(stage);
    const hinted = await stage.route().hint(before);
    const { cacheMilliseconds, attemptMilliseconds } = before;
    expect(hinted).toMatchObject({
      state: 'source',
      hinted: hinted.revision,
      cacheMilliseconds,
      attemptMilliseconds,
    });
    expect(hinted.settledAt).toBeGreaterThanOrEqual(
      bench.runtime.now() + cacheMilliseconds + attemptMilliseconds - 5_000,
    );
    expect(await fenced(bench, stage)).toMatchObject({ state: 'fenced', hinted: hinted.revision });
  });

  it('has routers note nothing any more once it is lifted, switched or final', async (bench) => {
    const stage = await cutoverStage(bench);
    await stage.route().hint(await current(stage));
    expect(await stage.route().lift(await fenced(bench, stage))).not.toHaveProperty('hinted');
    await stage.route().hint(await current(stage));
    const { route, next } = await readyToSwitch(bench, stage);
    await stage.route().switch(route, next);
    expect(await current(stage)).not.toHaveProperty('hinted');
    const again = await stage.route().hint(await current(stage));
    expect(await stage.route().finish(again)).not.toHaveProperty('hinted');
  });

  for (const [name, move] of Object.entries(TRANSITIONS)) {
    it(`refuses to ${name} from a revision, a state or a deadline that is not there any more`, async (bench) => {
      const stage = await cutoverStage(bench);
      const source = await current(stage);
      await stage.route().raise(source);
      await expect(move(stage.route(), source)).rejects.toThrow(CutoverGivenUpError);
      const now = await fenced(bench, stage);
      const stale: Route[] = [
        { ...now, revision: now.revision - 1 },
        { ...now, revision: now.revision + 1 },
        { ...now, state: 'announced' },
        { ...now, deadline: (now.deadline ?? 0) - 1 },
      ];
      for (const seen of stale) await expect(move(stage.route(), seen)).rejects.toThrow(CutoverGivenUpError);
      expect(await current(stage)).toEqual(now);
    });

    it(`does ${name} also when the answer was lost`, async (bench) => {
      const stage = await cutoverStage(bench);
      const seen = await fenced(bench, stage);
      const moved = await move(stage.route(losingAnswer(bench, 'UpdateItem')), seen);
      expect(moved.revision).toBe(seen.revision + 1);
      expect(await current(stage)).toEqual(moved);
    });
  }

  it('refuses what a coordinator wanted that was replaced', async (bench) => {
    const stage = await cutoverStage(bench);
    const seen = await fenced(bench, stage);
    const raised = await stage.route().raise(seen);
    expect(raised).toMatchObject({ state: 'fenced', revision: 4, deadline: seen.deadline });
    for (const move of Object.values(TRANSITIONS))
      await expect(move(stage.route(), seen)).rejects.toThrow(CutoverGivenUpError);
    expect(await current(stage)).toEqual(raised);
  });

  it('is lifted by any router after the deadline, once, and by none that saw an earlier fence', async (bench) => {
    const stage = await cutoverStage(bench);
    const router = stage.route(later(bench, PAUSE_MILLISECONDS + 1));
    const earlier = await fenced(bench, stage);
    await stage.route().lift(earlier);
    const again = await fenced(bench, stage);
    await expect(router.lift(earlier)).rejects.toThrow(CutoverGivenUpError);
    expect(await router.lift(again)).toMatchObject({ state: 'source', revision: again.revision + 1 });
    await expect(router.lift(again)).rejects.toThrow(CutoverGivenUpError);
    expect(await current(stage)).toMatchObject({ state: 'source', revision: again.revision + 1 });
  });

  it('is never made by a transition: a missing route stays missing', async (bench) => {
    const stage = await cutoverStage(bench);
    const seen = await current(stage);
    expect(await stage.route().retire(seen)).toBe(true);
    for (const move of Object.values(TRANSITIONS))
      await expect(move(stage.route(), seen)).rejects.toThrow(CutoverGivenUpError);
    expect(await stage.route().read()).toBeUndefined();
  });

  it('is retired as it was seen, and never when it was changed since', async (bench) => {
    const stage = await cutoverStage(bench);
    const created = await current(stage);
    const { route, next } = await readyToSwitch(bench, stage);
    await stage.route().switch(route, next);
    const switched = await current(stage);
    const stale: Route[] = [created, route, { ...switched, state: 'source' }];
    for (const seen of stale) expect(await stage.route().retire(seen)).toBe(false);
    expect(await current(stage)).toEqual(switched);
    expect(await stage.route().retire(switched)).toBe(true);
    expect(await stage.route().retire(switched)).toBe(false);
    expect(await stage.route().read()).toBeUndefined();
  });

  it('names the side that is to be left while it announces and fences', async (bench) => {
    const stage = await cutoverStage(bench);
    expect(await fenced(bench, stage)).toMatchObject({ state: 'fenced', active: 'source' });
    const { route, next } = await readyToSwitch(bench, stage);
    await stage.route().switch(route, next);
    expect(await fenced(bench, stage)).toMatchObject({ state: 'fenced', active: 'target' });
  });

  it('gives the target back when a rollback is lifted', async (bench) => {
    const stage = await cutoverStage(bench);
    const forward = await readyToSwitch(bench, stage);
    await stage.route().switch(forward.route, forward.next);
    const lifted = await stage.route().lift(await fenced(bench, stage));
    expect(lifted).toMatchObject({ state: 'target', active: 'target' });
    expect(lifted).not.toHaveProperty('fenceAt');
    expect(lifted).not.toHaveProperty('deadline');
  });

  it('says in the end that the migration is over, with the side that is active and long times', async (bench) => {
    const stage = await cutoverStage(bench);
    const { cacheMilliseconds, attemptMilliseconds } = await current(stage);
    const { route, next } = await readyToSwitch(bench, stage);
    await stage.route().switch(route, next);
    const tight = await stage.route().tighten(await current(stage), 500);
    expect(tight).not.toHaveProperty('final');
    expect(await stage.route().finish(tight)).toMatchObject({
      state: 'target',
      active: 'target',
      final: true,
      cacheMilliseconds,
      attemptMilliseconds,
    });
  });

  it('knows the routers that were heard of lately, by their last reports', async (bench) => {
    const stage = await cutoverStage(bench);
    const at = bench.runtime.now();
    const expiresAt = Math.ceil(at / 1000) + 60;
    await stage.route().report({ id: 'a', ready: false, reason: 'no right', at, expiresAt });
    await stage.route().report({ id: 'a', ready: true, at, expiresAt });
    await stage.route().report({ id: 'b', ready: true, at, expiresAt: expiresAt + 60 });
    expect(await stage.route().routers()).toMatchObject([
      { id: 'a', ready: true },
      { id: 'b', ready: true },
    ]);
    const minutesLater = stage.route(later(bench, 90_000));
    expect((await minutesLater.routers()).map(({ id }) => id)).toEqual(['b']);
    expect(await current(stage)).toMatchObject({ state: 'source', revision: 1 });
  });

  always('lets one of several that move it at once have its way', async (bench) => {
    const stage = await cutoverStage(bench);
    const seen = await fenced(bench, stage);
    const moves = Object.values(TRANSITIONS);
    const results = await bench.together(
      ...moves.map((move) => (actor: Actor) => move(stage.route(actor), seen)),
    );
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(won).toHaveLength(1);
    expect(refused.every((error) => error instanceof CutoverGivenUpError)).toBe(true);
    expect(await current(stage)).toEqual(won[0]);
  });
}
