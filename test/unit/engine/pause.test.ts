import { describe, expect, it } from 'vitest';
import { copyUnit } from '../../../shared/engine/copy.ts';
import { type UnitsLeft, unitsLeft } from '../../../shared/engine/left.ts';
import { catchUp } from '../../../shared/engine/stand-by.ts';
import { sweepUnit } from '../../../shared/engine/sweep.ts';
import { verifyUnit } from '../../../shared/engine/verify.ts';
import { LeaseLostError } from '../../../shared/errors.ts';
import { type Bench, onBench } from './bench.ts';
import { cell, item, items, version } from './cells.ts';
import { hooked } from './hooks.ts';

const SOURCE = items(60);
const ASIDE = { done: false, aside: true };

const pause = (bench: Bench) => bench.journal().controls.pause({ by: 'Ada', at: bench.now });
const resume = (bench: Bench) => bench.journal().controls.resume();

/** Somebody has said something, and every worker has had the time to hear it. */
async function heard(bench: Bench): Promise<void> {
  await bench.task.runtime.sleep(5_000);
}

describe('while a migration is paused', () => {
  it.each([
    ['copied', copyUnit, 'copy'],
    ['compared', verifyUnit, 'verify'],
    ['swept', sweepUnit, 'sweep'],
  ] as const)('nothing is %s, and no unit and no permit is held', (_, work, phase) =>
    onBench(
      async (bench) => {
        await pause(bench);
        const before = bench.target.items();
        expect(await work(bench.worker(phase), 0)).toEqual(ASIDE);
        expect(bench.target.items()).toEqual(before);
        expect((await bench.journal().units.records(phase, 1))[0]).toBeUndefined();
        expect(await bench.journal().gate.permitsOut()).toEqual(new Map());
      },
      { source: SOURCE, target: items(3).map((content) => cell(content, version(1))) },
    ),
  );

  it('a worker stops after its step, and hands its unit back', () =>
    onBench(
      async (bench) => {
        const slow = hooked(bench.resource(), 'target', 'insertAbsent', async (page) => {
          if (page === 2) await pause(bench);
          await heard(bench);
        });
        expect(await copyUnit(bench.worker('copy', { resources: [slow] }), 0)).toEqual(ASIDE);
        const stopped = bench.target.items().length;
        expect(stopped).toBeGreaterThan(0);
        expect(stopped).toBeLessThan(SOURCE.length);
        expect(await bench.journal().gate.permitsOut()).toEqual(new Map());

        await resume(bench);
        expect(await copyUnit(bench.worker('copy'), 0)).toEqual({ done: true });
        expect(bench.target.items()).toEqual(bench.source.items());
        const [record] = await bench.journal().units.records('copy', 1);
        expect(record?.counts).toMatchObject({ items: SOURCE.length, inserted: SOURCE.length, existing: 0 });
      },
      { source: SOURCE },
    ));

  it('a worker that waits for another one does not wait any longer', () =>
    onBench(async (bench) => {
      const lease = { holder: 'another', coordinator: 1, now: bench.now, expiresAt: bench.now + 100_000 };
      await bench.journal().units.take('copy', 0, lease);
      bench.meanwhile(async (task) => {
        await task.runtime.sleep(2_000);
        await bench.journal({ task }).controls.pause({ by: 'Ada', at: 0 });
      });
      const began = bench.now;
      expect(await copyUnit(bench.worker('copy'), 0)).toEqual(ASIDE);
      expect(bench.now - began).toBeLessThan(12_000);
    }));

  it('reads what people have said once in five seconds', () =>
    onBench(
      async (bench) => {
        let looks = 0;
        const worker = bench.worker('copy');
        const { controls } = worker.journal;
        const read = controls.read.bind(controls);
        controls.read = () => {
          looks++;
          return read();
        };
        expect(await copyUnit(worker, 0)).toEqual({ done: true });
        expect(looks).toBe(1);
      },
      { source: SOURCE },
    ));
});

describe('what is left', () => {
  const ask = (bench: Bench) => unitsLeft(bench.migration(), 'copy');

  it('is fanned out to as many workers as were planned', () =>
    onBench(
      async (bench) => {
        expect(await ask(bench)).toMatchObject({ kind: 'work', units: [0, 1, 2], workers: 1 });
        await copyUnit(bench.worker('copy'), 1);
        expect(await ask(bench)).toMatchObject({ kind: 'work', units: [0, 2], workers: 1 });
        await copyUnit(bench.worker('copy'), 0);
        await copyUnit(bench.worker('copy'), 2);
        expect(await ask(bench)).toMatchObject({ done: true });
      },
      { source: SOURCE, segments: 3 },
    ));

  it('waits while the migration is paused, first with attention and then with patience', () =>
    onBench(async (bench) => {
      await pause(bench);
      expect(await ask(bench)).toEqual({ done: false, waitSeconds: 5 });
      await bench.task.runtime.sleep(11 * 60_000);
      expect(await ask(bench)).toEqual({ done: false, waitSeconds: 60 });
      await resume(bench);
      expect(await ask(bench)).toMatchObject({ kind: 'work' });
    }));

  it('is done although it is paused, where nothing is left', () =>
    onBench(async (bench) => {
      await copyUnit(bench.worker('copy'), 0);
      await pause(bench);
      expect(await ask(bench)).toMatchObject({ done: true });
    }));

  it('keeps the auditor in step, however long a comparison is paused', () =>
    onBench(
      async (bench) => {
        await pause(bench);
        const askToVerify = () => unitsLeft(bench.migration(), 'verify');
        for (let day = 0; day < 3; day++) {
          await bench.task.runtime.sleep(23 * 3_600_000);
          bench.source.load([item('k001', `of day ${day}`)]);
          await bench.deliver();
          expect(await askToVerify()).toEqual({ done: false, waitSeconds: 60 });
        }
        await resume(bench);
        expect(await askToVerify()).toMatchObject({ kind: 'work' });
        // What changed meanwhile was seen, all of it.
        await expect(catchUp(bench.migration())).resolves.toMatchObject({ done: true });
      },
      { source: SOURCE, target: SOURCE },
    ));

  it('ends a Map Run each half hour, so that the auditor comes to his turn', () =>
    onBench(
      async (bench) => {
        const { until } = (await ask(bench)) as UnitsLeft;
        expect(until - bench.now).toBe(30 * 60_000);
        expect(await copyUnit(bench.worker('copy', { until: bench.now }), 0)).toEqual(ASIDE);
        expect(await copyUnit(bench.worker('copy', { until }), 0)).toEqual({ done: true });
      },
      { source: SOURCE },
    ));

  it('is told to the coordinator alone', () =>
    onBench(async (bench) => {
      await bench.journal().coordinator.take('execution 2', 'execution 1');
      await expect(ask(bench)).rejects.toThrow(LeaseLostError);
    }));
});

describe('another number of workers', () => {
  const pace = (bench: Bench, limits: object) =>
    bench.journal().controls.setPace({ by: 'Ada', at: bench.now, limits });

  it('makes all workers of the Map Run stand aside, so that another one begins', () =>
    onBench(
      async (bench) => {
        await pace(bench, { workers: 3 });
        expect(await copyUnit(bench.worker('copy', { workers: 1 }), 0)).toEqual(ASIDE);
        expect(await unitsLeft(bench.migration(), 'copy')).toMatchObject({ workers: 3 });
        expect(await copyUnit(bench.worker('copy', { workers: 3 }), 0)).toEqual({ done: true });
      },
      { source: SOURCE },
    ));

  it('comes of a small budget: fewer workers would wait less', () =>
    onBench(async (bench) => {
      await pace(bench, { workers: 100, readUnits: 1_000, writeUnits: 120 });
      expect(await unitsLeft(bench.migration(), 'copy')).toMatchObject({ workers: 3 });
      // A comparison writes next to nothing.
      expect(await unitsLeft(bench.migration(), 'verify')).toMatchObject({ workers: 10 });
    }));
});

describe('a pace', () => {
  it('bounds what is copied in a second, by what arrives', () =>
    onBench(
      async (bench) => {
        const began = bench.now;
        const arrived: number[] = [];
        bench.world.onWrite(({ table }) => {
          if (table === 'target') arrived.push(bench.now);
        });
        const worker = bench.worker('copy', {
          handoverAt: bench.now + 100_000,
          deadline: bench.now + 120_000,
        });
        expect(await copyUnit(worker, 0)).toEqual({ done: true });
        expect(arrived).toHaveLength(600);
        // Each item is one unit. A lease is five seconds of this one worker.
        for (const [index, at] of arrived.entries())
          expect(index + 1).toBeLessThanOrEqual((20 * (at - began)) / 1_000 + 5 * 20);
        expect(bench.now - began).toBeLessThan(40_000);
      },
      { source: items(600), spec: { copy: { writeUnits: 20 } }, limits: { pageItems: 100 } },
    ));

  it('never keeps a unit from its end, however small it is', () =>
    onBench(
      async (bench) => {
        // Invocations that are over before the budget has grown by the largest item.
        const brief = () => ({ handoverAt: bench.now + 8_000, deadline: bench.now + 14_000 });
        const work = async (one: typeof copyUnit | typeof verifyUnit, phase: 'copy' | 'verify') => {
          for (let invocations = 1; invocations < 200; invocations++)
            if ((await one(bench.worker(phase, brief()), 0)).done) return invocations;
          return Number.POSITIVE_INFINITY;
        };
        expect(await work(copyUnit, 'copy')).toBeLessThan(100);
        expect(await work(verifyUnit, 'verify')).toBeLessThan(100);
        expect(bench.target.items()).toEqual(bench.source.items());
      },
      { source: SOURCE, spec: { copy: { readUnits: 10, writeUnits: 10 } } },
    ));
});
