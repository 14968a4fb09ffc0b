import { describe, expect, it } from 'vitest';
import { Random } from '../../simulation/world/random.ts';

const draws = (random: Random, count = 50) => Array.from({ length: count }, () => random.int(0, 1_000_000));

describe('random', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    expect(draws(new Random(7))).toEqual(draws(new Random(7)));
    expect(draws(new Random(7))).not.toEqual(draws(new Random(8)));
  });

  it('gives forks that do not depend on what else was drawn', () => {
    const [quiet, busy] = [new Random(1), new Random(1)];
    draws(busy);
    expect(draws(busy.fork('part'))).toEqual(draws(quiet.fork('part')));
    expect(draws(quiet.fork('part'))).not.toEqual(draws(quiet.fork('other part')));
  });

  it('spreads evenly over its range, ends included', () => {
    const random = new Random('spread');
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 10_000; draw++) {
      const value = random.int(0, 4);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4]);
    for (const count of counts.values()) expect(count).toBeGreaterThan(1_800);
  });
});
