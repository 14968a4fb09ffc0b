import { expect, it } from 'vitest';
import { type Bench, onBench } from '../engine/bench.ts';

const ZERO = { records: 0, written: 0, removed: 0, newer: 0, skipped: 0, quarantined: 0, rechecked: 0 };
const activity = (bench: Bench) => bench.journal().activity;

it('sums the counts of all batches, wherever they were counted', () =>
  onBench(async (bench) => {
    for (let batch = 1; batch <= 20; batch++)
      await activity(bench).add({ ...ZERO, records: batch, written: 1 }, 0);
    expect(await activity(bench).totals()).toEqual({ ...ZERO, records: 210, written: 20 });
  }));

it('counts nothing where nothing was applied', () =>
  onBench(async (bench) => {
    expect(await activity(bench).totals()).toEqual(ZERO);
    expect(await activity(bench).samples(0)).toEqual([]);
  }));

it('keeps the lag over time, in intervals', () =>
  onBench(async (bench) => {
    await bench.task.runtime.sleep(10_000 - (bench.now % 10_000));
    const start = Math.floor(bench.now / 10_000) * 10_000;
    await activity(bench).add({ ...ZERO, records: 3 }, 2);
    await activity(bench).add({ ...ZERO, records: 4 }, 6);
    await bench.task.runtime.sleep(10_000);
    await activity(bench).add({ ...ZERO, records: 1 }, 1);
    expect(await activity(bench).samples(0)).toEqual([
      { at: start, batches: 2, records: 7, lagSeconds: 8 },
      { at: start + 10_000, batches: 1, records: 1, lagSeconds: 1 },
    ]);
    expect(await activity(bench).samples(start + 10_000)).toHaveLength(1);
  }));
