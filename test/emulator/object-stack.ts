import type { DeployConfig } from '../../infra/local/deploy.ts';

/** A second stack, for a table and a bucket that move as one, and for a bucket that keeps versions. */
export const OBJECT_STACK = {
  stackName: 'Shop',
  sources: ['shop-orders'],
  targets: ['shop-orders-v2'],
  sourceBuckets: ['shop-photos', 'shop-scans', 'shop-vault', 'shop-albums', 'shop-films'],
  targetBuckets: ['shop-photos-v2', 'shop-scans-v2', 'shop-vault-v2', 'shop-albums-v2', 'shop-films-v2'],
  objectAcls: true,
  objectLock: true,
  objectVersions: true,
  inventoryBuckets: ['shop-lists'],
} as const satisfies DeployConfig;
