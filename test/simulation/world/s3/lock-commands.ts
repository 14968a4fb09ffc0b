import type {
  PutObjectLegalHoldCommandInput,
  PutObjectLegalHoldCommandOutput,
  PutObjectRetentionCommandInput,
  PutObjectRetentionCommandOutput,
} from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { checkRetention, locksOf } from './locks.ts';
import { readable } from './reading.ts';
import type { Storage } from './storage.ts';

// Of neither any event tells (User Guide, "Amazon S3 event notification types and destinations").

export function putObjectRetention(
  storage: Storage,
  input: PutObjectRetentionCommandInput,
): Answer<PutObjectRetentionCommandOutput> {
  const object = readable(storage, input);
  const bucket = storage.bucket(input.Bucket);
  const { Mode: ObjectLockMode, RetainUntilDate: ObjectLockRetainUntilDate } = input.Retention ?? {};
  const retention = locksOf(bucket, { ObjectLockMode, ObjectLockRetainUntilDate }, storage.now);
  checkRetention(object.lock, retention, storage.now);
  bucket.amend(object, { lock: { ...object.lock, ...retention } });
  return {};
}

export function putObjectLegalHold(
  storage: Storage,
  input: PutObjectLegalHoldCommandInput,
): Answer<PutObjectLegalHoldCommandOutput> {
  const object = readable(storage, input);
  const bucket = storage.bucket(input.Bucket);
  const hold = locksOf(bucket, { ObjectLockLegalHoldStatus: input.LegalHold?.Status }, storage.now);
  bucket.amend(object, { lock: { ...object.lock, ...hold } });
  return {};
}
