import { describe, expect, it } from 'vitest';
import { Pool } from './run/pool.ts';
import { type Setting, settingOf } from './setting.ts';

const job = (seed: number) => ({ seed, setting: settingOf(seed, 'data path') });
const FIRST = job(1);
const JOBS = [1, 2, 3, 4, 5, 6].map(job);

describe('the pool of threads', () => {
  it('runs a schedule in a thread as it is run here', async () => {
    await using pool = new Pool({ threads: 2 });
    const outcomes = await Promise.all(JOBS.map((each) => pool.run(each)));
    expect(outcomes.map(({ seed, violations }) => ({ seed, violations }))).toEqual(
      JOBS.map(({ seed }) => ({ seed, violations: [] })),
    );
    for (const { steps, trace } of outcomes) {
      expect(steps).toBeGreaterThan(0);
      expect(trace).toEqual([]);
    }
  });

  it('tells of an exception with its stack, as a violation of that schedule', async () => {
    await using pool = new Pool({ threads: 1 });
    const [failed, next] = await Promise.all([
      pool.run({ seed: 1, setting: null as unknown as Setting }),
      pool.run(FIRST),
    ]);
    expect(failed?.violations).toEqual([expect.stringMatching(/^crashed with TypeError: [\s\S]*\n {4}at /)]);
    expect(next?.violations).toEqual([]);
  });

  it('replaces a thread whose schedule does not end, and tells its seed', async () => {
    await using pool = new Pool({ threads: 1, hangMilliseconds: 1 });
    const outcomes = await Promise.all(JOBS.map((each) => pool.run(each)));
    expect(outcomes.map(({ seed }) => seed)).toEqual(JOBS.map(({ seed }) => seed));
    expect(outcomes.flatMap(({ violations }) => violations)).toContain('hangs: no answer within 0.001 s');
  });

  it('fails as a whole where its threads can not start', async () => {
    await using pool = new Pool({ threads: 1, mutant: 'unheard-of' });
    await expect(pool.run(FIRST)).rejects.toThrow('no mutant is called unheard-of');
    await expect(pool.run(FIRST)).rejects.toThrow('unheard-of');
  });
});
