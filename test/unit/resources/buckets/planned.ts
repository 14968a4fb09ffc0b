import { boundsId } from '../../../../shared/bounds-id.ts';
import type { PlannedBucket } from '../../../../shared/resources/planned-resource.ts';

/** The plan of a folder of a bucket that is moved to another one, in one unit. */
export function plannedBucket(changes: Partial<PlannedBucket> = {}): PlannedBucket {
  return {
    kind: 'bucket',
    source: 's3://photos/a/',
    target: 's3://photos-v2/b/',
    locations: {
      source: { bucket: 'photos', prefix: 'a/' },
      target: { bucket: 'photos-v2', prefix: 'b/' },
    },
    compare: 'listing',
    singleBytes: 1024 ** 3,
    partBytes: 256 * 1024 ** 2,
    boundsId: boundsId([]),
    items: 0,
    bytes: 0,
    segments: 1,
    ...changes,
  };
}
