import { describe, expect, it } from 'vitest';
import { bar } from '../../../infra/cli/bar.ts';
import { averageRates, RateMeter } from '../../../infra/cli/rates.ts';
import { Speed } from '../../../infra/cli/speed.ts';
import { copying, NINE } from './status-builder.ts';

describe('a speed', () => {
  it('is unknown until there are two values', () => {
    expect(new Speed().add(7, 0)).toBe(0);
  });

  it('tells of the last seconds only', () => {
    const speed = new Speed();
    for (let second = 0; second <= 20; second++) speed.add(second * 10, second * 1_000);
    for (let second = 21; second < 40; second++) speed.add(200, second * 1_000);
    expect(speed.add(200, 40_000)).toBe(0);
  });

  it('begins anew when the counter does', () => {
    const speed = new Speed();
    speed.add(100, 0);
    speed.add(0, 1_000);
    expect(speed.add(5, 2_000)).toBe(5);
  });
});

describe('the rates of phases', () => {
  it('are averages for a single look, over the time of the phase alone', () => {
    expect(averageRates(copying(1, 500), NINE + 10_000)).toEqual({ copy: 50 });
    const over = copying(4, 500, {
      phases: { copy: { startedAt: NINE, enteredAt: NINE, endedAt: NINE + 5_000 } },
    });
    expect(averageRates(over, NINE + 60_000)).toEqual({ copy: 100 });
  });

  it('are measured from the second look on', () => {
    const meter = new RateMeter();
    expect(meter.measure(copying(1, 500), NINE + 10_000).copy).toBe(50);
    expect(meter.measure(copying(1, 700), NINE + 11_000).copy).toBe(200);
  });
});

describe('a bar', () => {
  it('is always as wide, and full only at the end', () => {
    for (const share of [-1, 0, 0.3, 0.99, 1, 2]) expect(bar(share)).toHaveLength(24);
    expect(bar(0.99)).toContain('░');
    expect(bar(1)).not.toContain('░');
  });
});
