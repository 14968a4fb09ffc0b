import type { CreateBucketCommandInput, CreateBucketCommandOutput } from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { bucketExists } from './errors.ts';
import type { Storage } from './storage.ts';

/** It is there at once, empty, without versions. */
export function createBucket(
  storage: Storage,
  { Bucket: name = '' }: CreateBucketCommandInput,
): Answer<CreateBucketCommandOutput> {
  if (storage.has(name)) throw bucketExists(name);
  storage.createBucket({ name });
  return { Location: `/${name}` };
}
