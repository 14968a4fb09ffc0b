import type { DeployConfig } from '../../infra/local/deploy.ts';

/** A second stack, for a table and a bucket that move as one. */
export const OBJECT_STACK = {
  stackName: 'Shop',
  sources: ['shop-orders'],
  targets: ['shop-orders-v2'],
  sourceBuckets: ['shop-photos', 'shop-scans', 'shop-vault'],
  targetBuckets: ['shop-photos-v2', 'shop-scans-v2', 'shop-vault-v2'],
  objectAcls: true,
  objectLock: true,
} as const satisfies DeployConfig;
