import type {
  CreateBucketCommandInput,
  CreateBucketCommandOutput,
  PutBucketVersioningCommandInput,
  PutBucketVersioningCommandOutput,
} from '@aws-sdk/client-s3';
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

/** It keeps versions from now on. The model suspends nothing. */
export function putBucketVersioning(
  storage: Storage,
  { Bucket, VersioningConfiguration }: PutBucketVersioningCommandInput,
): Answer<PutBucketVersioningCommandOutput> {
  if (VersioningConfiguration?.Status !== 'Enabled')
    throw new Error('the modelled S3 does not suspend versioning');
  storage.bucket(Bucket).keepVersions();
  return {};
}
