import { describe, expect, it } from 'vitest';
import { explore } from '../../simulation/run/explore.ts';
import type { Job } from '../../simulation/run/outcome.ts';
import type { Pool } from '../../simulation/run/pool.ts';
import { Tally } from '../../simulation/run/tally.ts';
import { settingOf } from '../../simulation/setting.ts';
import { outcome } from './builders.ts';

/** A pool that runs nothing, takes three jobs at a time, and notes them. */
function notingPool() {
  const jobs: Job[] = [];
  let most = 0;
  let running = 0;
  const run = async (job: Job) => {
    jobs.push(job);
    running++;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return outcome(job);
  };
  return { pool: { capacity: 3, run } as unknown as Pool, jobs, most: () => most };
}

describe('an exploration', () => {
  it('runs each seed once, with its own setting, as many at a time as the pool takes', async () => {
    const { pool, jobs, most } = notingPool();
    const tally = new Tally();
    await explore({ pool, tally, from: 5, schedules: 8 });
    expect(jobs).toEqual([5, 6, 7, 8, 9, 10, 11, 12].map((seed) => ({ seed, setting: settingOf(seed) })));
    expect(most()).toBe(3);
    expect(tally.schedules).toBe(8);
  });

  it('runs one scenario alone where that is asked for', async () => {
    const { pool, jobs } = notingPool();
    await explore({ pool, tally: new Tally(), from: 1, schedules: 5, scenario: 'migration' });
    expect(new Set(jobs.map(({ setting }) => setting.scenario))).toEqual(new Set(['migration']));
  });

  it('ends early when there is enough, and still counts what was under way', async () => {
    const { pool, jobs } = notingPool();
    const tally = new Tally();
    const isEnough = () => tally.schedules >= 4;
    await explore({ pool, tally, from: 1, schedules: 1_000, isEnough });
    expect(jobs.length).toBeLessThanOrEqual(6);
    expect(tally.schedules).toBe(jobs.length);
  });
});
