import { describe, expect, it } from 'vitest';
import { FAILED_SEEDS } from './failed-seeds.ts';
import { patchedSetting } from './run/setting-patch.ts';
import { runSchedule } from './schedule.ts';
import { SCENARIOS, settingOf } from './setting.ts';

describe.each(SCENARIOS)('a schedule of the scenario %s', (scenario) => {
  it.each([1, 2, 3])('replays exactly from seed %i', async (seed) => {
    const [one, two] = [
      await runSchedule(seed, settingOf(seed, scenario)),
      await runSchedule(seed, settingOf(seed, scenario)),
    ];
    expect(one.steps).toBeGreaterThan(0);
    expect(two.trace()).toEqual(one.trace());
    expect(two.coverage).toEqual(one.coverage);
  });
});

describe('a schedule that failed once', () => {
  it.each(FAILED_SEEDS)('holds: seed $seed, which found $found', async ({ seed, setting }) => {
    const { violations } = await runSchedule(seed, patchedSetting(settingOf(seed), setting));
    expect(violations).toEqual([]);
  });
});
