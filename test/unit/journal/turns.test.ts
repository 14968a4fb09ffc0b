import { expect, it } from 'vitest';
import { type Bench, onBench } from '../engine/bench.ts';

const INVOCATION_MILLISECONDS = 60_000;
const HANDOVER_MILLISECONDS = 10_000;

function turnsOf(bench: Bench) {
  const deadline = bench.now + INVOCATION_MILLISECONDS;
  return bench.journal().turns(0, 'target', { deadline, handoverAt: deadline - HANDOVER_MILLISECONDS });
}

it('is had by one at a time, and by the next once it is given back', () =>
  onBench(async (bench) => {
    const turn = await turnsOf(bench).take('a');
    expect(turn).toBeDefined();
    expect(await turnsOf(bench).take('a')).toBeUndefined();
    expect(await turnsOf(bench).take('b')).toBeDefined();
    await turn?.end(true);
    expect(await turnsOf(bench).take('a')).toBeDefined();
  }));

it('is had by nobody while a request may still take effect', () =>
  onBench(async (bench) => {
    await (await turnsOf(bench).take('a'))?.end(false);
    expect(await turnsOf(bench).take('a')).toBeUndefined();
    await bench.task.runtime.sleep(11_000);
    expect(await turnsOf(bench).take('a')).toBeDefined();
  }));

it('of an invocation that has died is had by another after its end', () =>
  onBench(async (bench) => {
    const turn = await turnsOf(bench).take('a');
    await bench.task.runtime.sleep(INVOCATION_MILLISECONDS);
    expect(turn?.isOver()).toBe(true);
    expect(await turnsOf(bench).take('a')).toBeUndefined();
    await bench.task.runtime.sleep(11_000);
    const next = await turnsOf(bench).take('a');
    expect(next).toBeDefined();
    // It is not given back by who had it before.
    await turn?.end(true);
    expect(await turnsOf(bench).take('a')).toBeUndefined();
  }));
