import type { DeployConfig } from '../../infra/local/deploy.ts';

/** A second stack, for a table and a bucket that move as one. */
export const OBJECT_STACK = {
  stackName: 'Shop',
  sources: ['shop-orders'],
  targets: ['shop-orders-v2'],
  sourceBuckets: ['shop-photos', 'shop-scans'],
  targetBuckets: ['shop-photos-v2', 'shop-scans-v2'],
} as const satisfies DeployConfig;
