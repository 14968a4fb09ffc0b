import type { SettingPatch } from './run/setting-patch.ts';

/** A schedule that failed once. */
export interface FailedSeed {
  readonly seed: number;
  /** What its setting had other than the seed chooses today, as the runner prints it. */
  readonly setting: SettingPatch;
  /** What was wrong, and was mended. */
  readonly found: string;
}

/** Schedules that failed once: they must not fail again. */
export const FAILED_SEEDS: readonly FailedSeed[] = [];
