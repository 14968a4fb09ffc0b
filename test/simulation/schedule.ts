import type { ScheduleResult } from './judged-stage.ts';
import { simulateBucket } from './scenarios/bucket.ts';
import { simulateBucketMigration } from './scenarios/bucket-migration.ts';
import { simulateDataPath } from './scenarios/data-path.ts';
import { simulateMigration } from './scenarios/migration.ts';
import { type Setting, settingOf } from './setting.ts';

/**
 * Runs one schedule: the same seed and setting do the same, event by event.
 * @param traced whether its trace is wanted: most are never looked at.
 */
export function runSchedule(
  seed: number,
  setting: Setting = settingOf(seed),
  traced = true,
): Promise<ScheduleResult> {
  switch (setting.scenario) {
    case 'bucket':
      return simulateBucket(seed, setting, traced);
    case 'bucket migration':
      return simulateBucketMigration(seed, setting, traced);
    case 'migration':
      return simulateMigration(seed, setting, traced);
    default:
      return simulateDataPath(seed, setting, traced);
  }
}
