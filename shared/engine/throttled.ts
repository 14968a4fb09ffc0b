import type { Counts } from '../journal/units.ts';
import type { Throttling } from '../stores/meter.ts';

/** Counters of a unit: what has throttled its workers. */
export const THROTTLED_BY = {
  'key range': 'throttledByKeyRange',
  table: 'throttledByTable',
  bucket: 'throttledByBucket',
  account: 'throttledByAccount',
} as const satisfies Record<Throttling['scope'], string>;

/** How often workers were throttled, by their counters. */
export function throttledTimes(counts: Counts): number {
  return Object.values(THROTTLED_BY).reduce((sum, counter) => sum + (counts[counter] ?? 0), 0);
}
