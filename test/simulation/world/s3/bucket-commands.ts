import type { CreateBucketCommandInput, CreateBucketCommandOutput } from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { bucketExists } from './errors.ts';
import type { Storage } from './storage.ts';

/** It is there at once, empty, without versions unless it has Object Lock. Its owner owns all unless it says otherwise. */
export function createBucket(
  storage: Storage,
  input: CreateBucketCommandInput,
): Answer<CreateBucketCommandOutput> {
  const { Bucket: name = '', ObjectLockEnabledForBucket: objectLock = false } = input;
  const { ObjectOwnership = 'BucketOwnerEnforced' } = input;
  if (storage.has(name)) throw bucketExists(name);
  storage.createBucket({ name, objectLock, knowsNoAcls: ObjectOwnership === 'BucketOwnerEnforced' });
  return { Location: `/${name}` };
}
