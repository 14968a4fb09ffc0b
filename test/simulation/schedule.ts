import { simulateDataPath } from './scenarios/data-path.ts';
import { simulateMigration } from './scenarios/migration.ts';
import { type Setting, settingOf } from './setting.ts';
import type { ScheduleResult } from './stage.ts';

/** Runs one schedule: the same seed and setting do the same, event by event. */
export function runSchedule(seed: number, setting: Setting = settingOf(seed)): Promise<ScheduleResult> {
  return setting.scenario === 'migration'
    ? simulateMigration(seed, setting)
    : simulateDataPath(seed, setting);
}
