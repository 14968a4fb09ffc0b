import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../shared/engine/migration.ts';
import { workersOf } from '../../../shared/engine/pace.ts';
import type { PlannedResource } from '../../../shared/resources/planned-resource.ts';

const SIZE = { source: 's', target: 't', items: 1, bytes: 1, segments: 1 };
const TABLE: PlannedResource = { ...SIZE, keys: [] };
const LOCATION = { bucket: 'b', prefix: '' };
const BUCKET: PlannedResource = {
  ...SIZE,
  kind: 'bucket',
  locations: { source: LOCATION, target: LOCATION },
  compare: 'listing',
  singleBytes: 1,
  partBytes: 1,
  boundsId: '',
};

const planOf = (...resources: readonly PlannedResource[]): Plan => ({
  resources,
  units: resources.length,
  workers: 20,
  estimate: { seconds: [0, 0], dollars: [0, 0], readUnits: [0, 0], writeUnits: [0, 0] },
  notes: [],
});

describe('the workers of a phase', () => {
  it.each([
    ['tables without a limit', planOf(TABLE), {}, 20],
    ['tables', planOf(TABLE, TABLE), { writeUnits: 120 }, 3],
    ['tables, of another number', planOf(TABLE), { writeUnits: 120, workers: 2 }, 2],
    ['buckets', planOf(BUCKET), { requestsPerSecond: 120, megabytesPerSecond: 1_000 }, 3],
    ['buckets, by their bytes', planOf(BUCKET), { megabytesPerSecond: 30 }, 2],
    ['tables beside buckets that are limited', planOf(TABLE, BUCKET), { requestsPerSecond: 50 }, 20],
    ['both, each by its own', planOf(TABLE, BUCKET), { writeUnits: 50, requestsPerSecond: 100 }, 3],
  ])('are as many as a small pace can use: %s', (_, plan, pace, workers) => {
    expect(workersOf('copy', plan, pace)).toBe(workers);
  });

  it('do not depend on writes where they only compare', () => {
    expect(workersOf('verify', planOf(TABLE), { writeUnits: 50 })).toBe(20);
    expect(workersOf('verify', planOf(BUCKET), { requestsPerSecond: 50 })).toBe(1);
  });
});
