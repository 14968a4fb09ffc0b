import type { Outcome } from '../../simulation/run/outcome.ts';
import { type Setting, settingOf } from '../../simulation/setting.ts';

/** A setting of the data path, with what a test cares about. */
export function setting(changes: Partial<Setting> = {}): Setting {
  return { ...settingOf(1, 'data path'), ...changes };
}

/** How a schedule went, with what a test cares about. */
export function outcome(changes: Partial<Outcome> = {}): Outcome {
  return { seed: 1, setting: setting(), violations: [], steps: 100, coverage: {}, trace: [], ...changes };
}
