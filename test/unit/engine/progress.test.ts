import { expect, it } from 'vitest';
import { advanceTo } from '../../../shared/engine/progress.ts';
import { LeaseLostError } from '../../../shared/errors.ts';
import { type Bench, onBench } from './bench.ts';

const phase = async (bench: Bench) => (await bench.journal().coordinator.read())?.phase;

it('moves on to a later phase, and notes when each began and ended', () =>
  onBench(async (bench) => {
    await advanceTo(bench.migration(), 'plan');
    const began = bench.now;
    await bench.task.runtime.sleep(1_000);
    await advanceTo(bench.migration(), 'copy');
    const { plan, copy } = await bench.journal().coordinator.phaseTimes();
    expect(await phase(bench)).toBe('copy');
    expect(plan?.startedAt).toBeLessThanOrEqual(began);
    expect(plan?.endedAt).toBeGreaterThanOrEqual(began + 1_000);
    expect(copy?.endedAt).toBeUndefined();
  }));

it('stays where it is when a resumed migration passes an earlier phase again', () =>
  onBench(async (bench) => {
    await advanceTo(bench.migration(), 'verify');
    const times = await bench.journal().coordinator.phaseTimes();
    await advanceTo(bench.migration(), 'plan');
    await advanceTo(bench.migration(), 'verify');
    expect(await phase(bench)).toBe('verify');
    expect(await bench.journal().coordinator.phaseTimes()).toEqual(times);
  }));

it('moves on from reverse to another cutover, and back to no stand-by', () =>
  onBench(async (bench) => {
    await bench.journal().coordinator.enter(1, 'reverse', bench.now);
    await advanceTo(bench.migration(), 'ready');
    expect(await phase(bench)).toBe('reverse');
    await advanceTo(bench.migration(), 'announce');
    expect(await phase(bench)).toBe('announce');
  }));

it('moves nothing for a coordinator that another has replaced', () =>
  onBench(async (bench) => {
    await bench.journal().coordinator.take('execution 2', 'execution 1');
    await expect(advanceTo(bench.migration(), 'plan')).rejects.toThrow(LeaseLostError);
    expect(await phase(bench)).toBe('validate');
  }));
