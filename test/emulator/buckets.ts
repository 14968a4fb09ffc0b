import type { BucketLocation } from '../../shared/model.ts';

/** The pairs of buckets that the deployed test stack may touch: one for each test, as of tables. */
const PAIRS = ['objects-there-and-back', 'resume-objects'] as const;

export interface BucketPair {
  readonly source: BucketLocation;
  readonly target: BucketLocation;
  /** As in a spec. @default 'refuse' */
  readonly existingItems?: 'replace';
}

/** The locations of a pair. Their prefixes differ, so that no key is the same on both sides. */
export function bucketPair(name: (typeof PAIRS)[number]): BucketPair {
  return {
    source: { bucket: `${name}-source`, prefix: 'photos/' },
    target: { bucket: `${name}-target`, prefix: 'all/photos/' },
  };
}

export const SOURCE_BUCKETS = PAIRS.map((name) => bucketPair(name).source.bucket);
export const TARGET_BUCKETS = PAIRS.map((name) => bucketPair(name).target.bucket);
