import { describe, expect, it } from 'vitest';
import type { Job } from '../../simulation/run/outcome.ts';
import { shrink } from '../../simulation/run/shrink.ts';
import type { Setting } from '../../simulation/setting.ts';
import { outcome, setting } from './builders.ts';

const FAILED: Job = { seed: 100, setting: setting({ keys: 5, writers: 3, writes: 4 }) };

/** One writer, key or write fewer. */
function simpler(from: Setting): Setting[] {
  return (['keys', 'writers', 'writes'] as const)
    .filter((field) => from[field] > 1)
    .map((field) => ({ ...from, [field]: from[field] - 1 }));
}

/** Shrinks with an engine that fails, as a rule tells, in as many steps as there are keys and writes. */
function shrunken(fails: (job: Job) => string | undefined, budget?: number) {
  const run = async (job: Job) => {
    const violation = fails(job);
    const { keys, writes } = job.setting;
    return outcome({
      ...job,
      violations: violation ? [violation] : [],
      steps: keys + writes + (job.seed % 3),
    });
  };
  return shrink({
    failed: FAILED,
    kind: 'lost',
    run,
    simpler,
    together: 2,
    ...(budget !== undefined && { budget }),
  });
}

describe('shrinking', () => {
  it('leaves out all that the failure does not need, and takes the shortest schedule', async () => {
    const found = await shrunken(({ setting: { writers } }) => (writers >= 2 ? 'lost: k1' : undefined));
    expect(found?.best).toMatchObject({ setting: { keys: 1, writers: 2, writes: 1 }, steps: 2 });
  });

  it('goes on with another seed where the own does not fail any more', async () => {
    const found = await shrunken(({ seed, setting: { keys } }) =>
      keys === 5 || seed % 7 === 6 ? 'lost: k1' : undefined,
    );
    expect(found?.best).toMatchObject({ setting: { keys: 1, writers: 1, writes: 1 } });
    expect((found?.best.seed ?? 0) % 7).toBe(6);
  });

  it('does not take another failure for this one', async () => {
    const found = await shrunken(({ setting: { keys } }) => (keys >= 4 ? 'lost: k1' : 'late: k1'));
    expect(found?.best.setting.keys).toBe(4);
  });

  it('ends when its budget is used up', async () => {
    const found = await shrunken(() => 'lost: k1', 7);
    expect(found?.tried).toBeLessThanOrEqual(8);
    expect(found?.best.violations).toEqual(['lost: k1']);
  });

  it('finds nothing where the schedule does not fail again', async () => {
    expect(await shrunken(() => undefined)).toBeUndefined();
  });
});
