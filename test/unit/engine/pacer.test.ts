import { describe, expect, it } from 'vitest';
import type { CapacityKind } from '../../../shared/capacity.ts';
import { Pacer, type PacerProps } from '../../../shared/engine/pacer.ts';
import { HandedOverError } from '../../../shared/errors.ts';
import { type Bench, onBench } from './bench.ts';

/** Units that one worker has used, and when. */
interface Use {
  readonly at: number;
  readonly units: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A pace is followed once it is read, and leases that were taken before it are used up. */
const FOLLOWED_MILLISECONDS = 10_000;

function pacer(bench: Bench, changes: Partial<PacerProps> = {}, task = bench.task): Pacer {
  const migration = bench.migration({ handoverAt: bench.now + HOUR, deadline: bench.now + HOUR }, { task });
  return new Pacer({ ...migration, phase: 'copy', ...changes });
}

interface CrowdProps {
  readonly workers: number;
  readonly milliseconds: number;
  /** What one of them uses at a time, at the most. */
  readonly most: number;
  /** They stop and others begin, again and again. */
  readonly stints?: number;
}

/** Many workers at once, each a process of its own, each of which uses as much as it is let. */
async function crowd(
  bench: Bench,
  kind: CapacityKind,
  { workers, milliseconds, most, stints = 1 }: CrowdProps,
): Promise<Use[]> {
  const used: Use[] = [];
  const plan = { ...bench.plan, workers };
  const end = bench.now + milliseconds;
  const tasks = Array.from({ length: workers }, () =>
    bench.meanwhile(async (task) => {
      for (let stint = 1; stint <= stints; stint++) {
        const mine = pacer(bench, { plan, workers }, task);
        const until = end - ((stints - stint) * milliseconds) / stints;
        while (task.runtime.now() < until) {
          const units = Math.ceil(task.runtime.random() * most);
          await mine.spend(kind, units);
          used.push({ at: task.runtime.now(), units });
          await task.runtime.sleep(Math.ceil(20 * task.runtime.random()));
        }
        await mine.giveBack();
      }
    }),
  );
  for (const task of tasks) await bench.task.join(task);
  return used.sort((a, b) => a.at - b.at);
}

const total = (used: readonly Use[]) => used.reduce((sum, { units }) => sum + units, 0);

/** By how many units the use was ahead of the pace at its worst moment, counted from the start. */
function ahead(used: readonly Use[], unitsPerSecond: number, start: number): number {
  let [sum, most] = [0, 0];
  for (const { at, units } of used) {
    sum += units;
    most = Math.max(most, sum - (unitsPerSecond * (at - start)) / 1_000);
  }
  return most;
}

/** What a lease of one of so many workers holds. */
function leaseUnits(unitsPerSecond: number, workers: number, most: number): number {
  return Math.max(most, (5 * unitsPerSecond) / workers, unitsPerSecond / 200);
}

describe('the pace of all workers together', () => {
  it.each([
    { workers: 1, writeUnits: 50, most: 25, stints: 1 },
    { workers: 8, writeUnits: 400, most: 25, stints: 1 },
    { workers: 40, writeUnits: 2_000, most: 100, stints: 4 },
    { workers: 120, writeUnits: 6_000, most: 250, stints: 1 },
  ])('$workers workers use $writeUnits units a second, and are ahead by one lease at the most', (setting) =>
    onBench(
      async (bench) => {
        const { workers, writeUnits, most } = setting;
        const start = bench.now;
        const used = await crowd(bench, 'write', { ...setting, milliseconds: MINUTE });
        expect(ahead(used, writeUnits, start)).toBeLessThanOrEqual(leaseUnits(writeUnits, workers, most));
        // And it is used: nobody waits for nothing.
        expect(total(used)).toBeGreaterThan(0.85 * 60 * writeUnits);
        expect(used.length).toBeGreaterThan(workers);
      },
      { spec: { copy: { writeUnits: setting.writeUnits } } },
    ),
  );

  it.each([
    ['request', { requestsPerSecond: 400 }, 1],
    ['megabyte', { megabytesPerSecond: 400 }, 5_120],
  ] as const)('is one of each kind that a resource takes: %s', (kind, limits, largest) =>
    onBench(async (bench) => {
      const journal = bench.journal();
      await journal.controls.setPace({ by: 'Ada', at: bench.now, limits });
      const start = bench.now;
      const used = await crowd(bench, kind, { workers: 8, milliseconds: 2 * MINUTE, most: largest });
      // An object is copied at once, however large: others wait for as long as it took.
      expect(ahead(used, 400, start)).toBeLessThanOrEqual(leaseUnits(400, 8, largest));
      expect(total(used)).toBeGreaterThan(0.85 * 120 * 400);
      // No other kind is limited by it.
      const mine = pacer(bench);
      const began = bench.now;
      for (const other of ['read', 'write'] as const) await mine.spend(other, 1_000_000);
      expect(bench.now - began).toBeLessThan(100);
    }),
  );

  it('takes few requests of the journal, however many workers there are', () =>
    onBench(
      async (bench) => {
        let writes = 0;
        bench.world.onWrite(({ key }) => {
          if (key.pk?.S?.startsWith('budget#')) writes++;
        });
        await crowd(bench, 'write', { workers: 100, milliseconds: MINUTE, most: 25 });
        // Each worker takes a lease every five seconds.
        expect(writes / 60).toBeLessThan(2 * (100 / 5));
      },
      { spec: { copy: { writeUnits: 5_000 } } },
    ));

  it('is followed within seconds when somebody changes it', () =>
    onBench(
      async (bench) => {
        const start = bench.now;
        const change = start + 20_000;
        const setter = bench.meanwhile(async (task) => {
          await task.runtime.sleep(20_000);
          const limits = { readUnits: 1_000 };
          await bench.journal({ task }).controls.setPace({ by: 'Ada', at: change, limits });
        });
        const used = await crowd(bench, 'read', { workers: 10, milliseconds: MINUTE, most: 50 });
        await bench.task.join(setter);
        const before = used.filter(({ at }) => at < change);
        const after = used.filter(({ at }) => at >= change + FOLLOWED_MILLISECONDS);
        expect(total(before)).toBeGreaterThan(0.85 * 20 * 4_000);
        expect(ahead(after, 1_000, change + FOLLOWED_MILLISECONDS)).toBeLessThanOrEqual(
          2 * leaseUnits(1_000, 10, 50),
        );
        expect(total(after)).toBeGreaterThan(0.85 * 30 * 1_000);
      },
      { spec: { copy: { readUnits: 4_000 } } },
    ));

  it('costs nothing where there is none', () =>
    onBench(async (bench) => {
      let writes = 0;
      bench.world.onWrite(() => {
        writes++;
      });
      const began = bench.now;
      const mine = pacer(bench);
      for (let count = 0; count < 1_000; count++) await mine.spend('write', 1_000);
      expect(await mine.pageShare()).toEqual({});
      expect(writes).toBe(0);
      expect(bench.now - began).toBeLessThan(100);
    }));

  it('is what requests of buckets are counted beside, with the attempts of the SDK', () =>
    onBench(async (bench) => {
      const mine = pacer(bench);
      await mine.spend('write', 5);
      for (let count = 0; count < 3; count++) await mine.spend('request', 1);
      mine.correct('request', 2);
      expect(mine.takeCounts()).toEqual({ requests: 5 });
      expect(mine.takeCounts()).toEqual({});
    }));

  it('gives back what a worker has taken and will not use', () =>
    onBench(
      async (bench) => {
        const first = pacer(bench);
        await first.spend('read', 100);
        first.correct('read', -99);
        await first.giveBack();
        const began = bench.now;
        await pacer(bench).spend('read', 100);
        await pacer(bench).spend('read', 1);
        // Without it the second one would have waited ten seconds, and the third twenty.
        expect(bench.now - began).toBeLessThan(11_000);
      },
      { spec: { copy: { readUnits: 10 } } },
    ));
});

describe('the share of a page', () => {
  it('is what a worker may use in five seconds, of what its work takes', () =>
    onBench(
      async (bench) => {
        expect(await pacer(bench, { workers: 2 }).pageShare()).toEqual({
          read: (5 * 1_000) / 2,
          write: (5 * 120) / 2,
        });
        expect(await pacer(bench, { workers: 2, phase: 'verify' }).pageShare()).toEqual({
          read: (5 * 1_000) / 2,
        });
      },
      { spec: { copy: { readUnits: 1_000, writeUnits: 120 } } },
    ));
});

describe('a worker that waits for the budget', () => {
  const busy = async (bench: Bench) => {
    await bench.journal().budget.take('write', {
      units: 1_000,
      unitsPerSecond: 10,
      now: bench.now,
      latest: bench.now,
    });
  };

  it('stops when the migration is paused', () =>
    onBench(
      async (bench) => {
        await busy(bench);
        bench.meanwhile(async (task) => {
          await task.runtime.sleep(20_000);
          await bench.journal({ task }).controls.pause({ by: 'Ada', at: 0 });
        });
        const began = bench.now;
        await expect(pacer(bench).spend('write', 10)).rejects.toThrow(HandedOverError);
        expect(bench.now - began).toBeLessThan(30_000);
      },
      { spec: { copy: { writeUnits: 10 } } },
    ));

  it('stops before its invocation is over', () =>
    onBench(
      async (bench) => {
        await busy(bench);
        const times = { handoverAt: bench.now + 20_000, deadline: bench.now + 30_000 };
        await expect(pacer(bench, times).spend('write', 10)).rejects.toThrow(HandedOverError);
        expect(bench.now).toBeGreaterThanOrEqual(times.handoverAt);
        expect(bench.now).toBeLessThan(times.deadline);
      },
      { spec: { copy: { writeUnits: 10 } } },
    ));
});

describe('throttling', () => {
  const unitsPerSecond = async (bench: Bench, mine: Pacer, milliseconds: number) => {
    const began = bench.now;
    let units = 0;
    while (bench.now < began + milliseconds) {
      await mine.spend('write', 25);
      units += 25;
      await bench.task.runtime.sleep(25);
    }
    return (units * 1_000) / milliseconds;
  };
  const settled = async (bench: Bench) => {
    const mine = pacer(bench, { workers: 1 });
    const free = await unitsPerSecond(bench, mine, 20_000);
    expect(free).toBeGreaterThan(900);
    return mine;
  };

  it('by the table slows everybody, and the pace comes back step by step', () =>
    onBench(async (bench) => {
      const mine = await settled(bench);
      const other = pacer(bench, { workers: 1 });
      await mine.throttled({ kind: 'write', scope: 'table' });
      const first = await unitsPerSecond(bench, other, 10_000);
      const later = await unitsPerSecond(bench, other, 20_000);
      await bench.task.runtime.sleep(20_000);
      const last = await unitsPerSecond(bench, other, 10_000);
      expect(first).toBeLessThan(700);
      expect(later).toBeGreaterThan(first);
      expect(last).toBeGreaterThan(900);
      expect((await bench.journal().controls.read()).slowdownOfWrite).toMatchObject({ scope: 'table' });
    }));

  it('by a bucket slows the requests of everybody, and the writes of nobody', () =>
    onBench(async (bench) => {
      const mine = pacer(bench, { workers: 1 });
      for (let second = 0; second < 20; second++) {
        await mine.spend('request', 1_000);
        await mine.spend('write', 1_000);
        await bench.task.runtime.sleep(1_000);
      }
      await mine.throttled({ kind: 'request', scope: 'bucket' });
      const controls = await bench.journal().controls.read();
      expect(controls.slowdownOfRequest).toMatchObject({ scope: 'bucket' });
      expect(controls.slowdownOfRequest?.unitsPerSecond).toBeGreaterThan(400);
      expect(controls.slowdownOfRequest?.unitsPerSecond).toBeLessThan(600);
      expect(controls.slowdownOfWrite).toBeUndefined();
      const other = pacer(bench, { workers: 1 });
      const began = bench.now;
      for (let count = 0; count < 6; count++) await other.spend('request', 1_000);
      expect(bench.now - began).toBeGreaterThan(5_000);
      mine.correct('request', 1);
      expect(mine.takeCounts()).toEqual({ throttledByBucket: 1, requests: 20_001 });
      expect(mine.takeCounts()).toEqual({});
    }));

  it('by a hot key range slows nobody else', () =>
    onBench(async (bench) => {
      const mine = await settled(bench);
      await mine.throttled({ kind: 'write', scope: 'key range' });
      expect((await bench.journal().controls.read()).slowdownOfWrite).toBeUndefined();
      expect(await unitsPerSecond(bench, pacer(bench), 10_000)).toBeGreaterThan(900);
      expect(mine.takeCounts()).toEqual({ throttledByKeyRange: 1 });
      expect(mine.takeCounts()).toEqual({});
    }));

  it('of many workers at one moment slows them once', () =>
    onBench(async (bench) => {
      const plan = { ...bench.plan, workers: 10 };
      const crowded = Array.from({ length: 10 }, () => pacer(bench, { plan, workers: 10 }));
      for (const mine of crowded) for (let count = 0; count < 20; count++) await mine.spend('write', 100);
      await bench.task.runtime.sleep(1_000);
      for (const mine of crowded) await mine.throttled({ kind: 'write', scope: 'account' });
      const { slowdownOfWrite } = await bench.journal().controls.read();
      expect(slowdownOfWrite?.unitsPerSecond).toBeCloseTo((slowdownOfWrite?.fromUnitsPerSecond ?? 0) / 2);
    }));

  it('slows a pace that is set, and never lets it be exceeded', () =>
    onBench(
      async (bench) => {
        const mine = pacer(bench, { workers: 1 });
        await unitsPerSecond(bench, mine, 20_000);
        await mine.throttled({ kind: 'write', scope: 'table' });
        expect(await unitsPerSecond(bench, mine, 10_000)).toBeLessThan(90);
        expect(await unitsPerSecond(bench, mine, 60_000)).toBeLessThan(105);
      },
      { spec: { copy: { writeUnits: 100 } } },
    ));
});
