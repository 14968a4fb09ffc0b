import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { pairedRounds } from '../../bench/paired-rounds.ts';

describe('paired rounds', () => {
  it('are begun by the one and by the other in turns', async () => {
    const done: string[] = [];
    const work = (name: string) => async () => void done.push(name);
    await pairedRounds({ plain: work('p'), other: work('o'), rounds: 4, times: 2 });
    expect(done.slice(-16).join('')).toBe('ppoooopp'.repeat(2));
  });

  it('show what the other takes more', async () => {
    let warm = 0;
    const figures = await pairedRounds({
      plain: async () => {},
      other: async () => void (warm++ < 1_000 || (await delay(5))),
      rounds: 4,
      times: 2,
    });
    expect(figures.median.more).toBeGreaterThan(4_000);
    expect(figures.p99.more).toBeGreaterThan(4_000);
    expect(figures.median.plain).toBeLessThan(4_000);
  });
});
