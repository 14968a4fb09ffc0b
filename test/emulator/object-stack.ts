import type { DeployConfig } from '../../infra/local/deploy.ts';
import type { BucketPair } from './buckets.ts';

/** One pair of buckets for each test, as of tables. */
const BUCKETS = ['photos', 'vault', 'scans', 'albums', 'films'] as const;
const sourceOf = (name: string) => `shop-${name}`;
const targetOf = (name: string) => `shop-${name}-v2`;

/** A second stack, for a table and buckets that move as one, and for all that a stack may be deployed for besides. */
export const OBJECT_STACK = {
  stackName: 'Shop',
  sources: ['shop-orders'],
  targets: ['shop-orders-v2'],
  sourceBuckets: BUCKETS.map(sourceOf),
  targetBuckets: BUCKETS.map(targetOf),
  objectAcls: true,
  objectLock: true,
  objectVersions: true,
  inventoryBuckets: ['shop-lists'],
} as const satisfies DeployConfig;

/** A pair of its buckets. */
export function shopBuckets(name: (typeof BUCKETS)[number], from = '', to = ''): BucketPair {
  return {
    source: { bucket: sourceOf(name), prefix: from },
    target: { bucket: targetOf(name), prefix: to },
  };
}

/** A cutover that nobody has to approve, or to end, and whose waits are short. */
export const BY_ITSELF = {
  approval: 'automatic',
  requestTimeoutMilliseconds: 2_000,
  pauseSeconds: 15,
  complete: 'automatic',
  watchSeconds: 5,
} as const;
