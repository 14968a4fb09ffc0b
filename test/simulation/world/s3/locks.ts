import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.ts';
import { accessDenied, invalid } from './errors.ts';

/** What a request says of the lock of an object, in the names of its parameters. */
export type LockInput = Pick<
  PutObjectCommandInput,
  'ObjectLockMode' | 'ObjectLockRetainUntilDate' | 'ObjectLockLegalHoldStatus'
>;

/**
 * The same without what says nothing.
 * @throws InvalidRequest in a bucket without Object Lock, InvalidArgument for a time that is over or half a retention
 */
export function locksOf(bucket: Bucket, input: LockInput, now: number): LockInput {
  const { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus } = input;
  const lock = { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus };
  const said = Object.entries(lock).filter(([, value]) => value !== undefined);
  if (said.length > 0 && !bucket.objectLock)
    throw invalid('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  if ((ObjectLockMode === undefined) !== (ObjectLockRetainUntilDate === undefined))
    throw invalid(
      'InvalidArgument',
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode go together',
    );
  if (ObjectLockRetainUntilDate && ObjectLockRetainUntilDate.getTime() <= now)
    throw invalid('InvalidArgument', 'The retain until date must be in the future!');
  return Object.fromEntries(said);
}

/**
 * A retention that is not over may be made longer, and nothing else without bypassing it (User Guide, "Retention modes").
 * @throws AccessDenied
 */
export function checkRetention(before: LockInput, after: LockInput, now: number): void {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = before;
  if (!mode || !until || until.getTime() <= now) return;
  if (after.ObjectLockMode !== mode || (after.ObjectLockRetainUntilDate?.getTime() ?? 0) < until.getTime())
    throw accessDenied('Access Denied because object protected by object lock.');
}
