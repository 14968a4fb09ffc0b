import { describe, expect, it } from 'vitest';
import { Tally } from '../../simulation/run/tally.ts';
import { outcome } from './builders.ts';

describe('a tally of schedules', () => {
  it('sums what came, and in how many schedules', () => {
    const tally = new Tally();
    tally.add(outcome({ steps: 10, coverage: { throttled: 3, equal: 0 } }));
    tally.add(outcome({ steps: 20, coverage: { throttled: 1 } }));
    expect(tally).toMatchObject({ schedules: 2, divergent: 0, steps: 30 });
    expect([...tally.coverage]).toEqual([
      ['throttled', { times: 4, schedules: 2 }],
      ['equal', { times: 0, schedules: 0 }],
    ]);
  });

  it('puts together what failed alike, with the shortest schedule as its example', () => {
    const tally = new Tally();
    tally.add(outcome({ seed: 4, steps: 90, violations: ['lost: k1 is gone', 'late: k1'] }));
    tally.add(outcome({ seed: 5, steps: 30, violations: ['lost: k7 is gone'] }));
    tally.add(outcome({ seed: 6, steps: 60, violations: ['lost: k2 is gone'] }));
    tally.add(outcome({ seed: 7, violations: ['late: k2'] }));
    expect(tally.divergent).toBe(4);
    expect([...tally.divergences.values()]).toMatchObject([
      { kind: 'lost', schedules: 3, seeds: [4, 5, 6], example: { seed: 5 } },
      { kind: 'late', schedules: 1, seeds: [7], example: { seed: 7 } },
    ]);
  });
});
