import { expect, it } from 'vitest';
import { clock, perSecond, progressText } from '../../simulation/run/progress.ts';

it('progress tells what is done, how fast, how long it will take, and what failed', () => {
  expect(progressText({ schedules: 12_000, of: 1_000_000, seconds: 80, divergent: 1 })).toBe(
    '12,000 of 1,000,000 schedules, 150/s, 1:49:47 left, 1 divergence',
  );
  expect(progressText({ schedules: 0, of: 10, seconds: 0, divergent: 0 })).toBe(
    '0 of 10 schedules, 0/s, 0 divergences',
  );
});

it('times and rates are short', () => {
  expect([clock(0), clock(59.6), clock(3_600)]).toEqual(['0:00', '1:00', '1:00:00']);
  expect([perSecond(7, 3), perSecond(1_000, 3)]).toEqual([2.3, 333]);
});
