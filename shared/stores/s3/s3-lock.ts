import {
  type HeadObjectCommandOutput,
  type ObjectLockMode,
  type ObjectLockRetentionMode,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import { isNamed } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import { type ObjectOutcome, outcomeOf } from './s3-errors.ts';
import { wholeKey } from './s3-key.ts';

interface Retention {
  readonly mode: ObjectLockMode;
  /** ISO 8601. */
  readonly until: string;
}

/** What keeps one version of an object from being deleted. */
export interface Lock {
  /** Absent once it is over: S3 goes on naming it then, and takes no date of the past. */
  readonly retention?: Retention;
  readonly legalHold: boolean;
}

/**
 * The lock of an object. S3 tells of it only who may read it (Amazon S3 API Reference, HeadObject).
 * @returns undefined for an object that nothing locks
 */
export function lockOf(
  {
    ObjectLockMode: mode,
    ObjectLockRetainUntilDate: until,
    ObjectLockLegalHoldStatus: hold,
  }: HeadObjectCommandOutput,
  now: number,
): Lock | undefined {
  const retention = mode && until && until.getTime() > now ? { mode, until: until.toISOString() } : undefined;
  const legalHold = hold === 'ON';
  return retention || legalHold ? { ...(retention ? { retention } : {}), legalHold } : undefined;
}

/** What a request says of it that creates the object: a copy takes no lock along (API Reference, CopyObject). */
export function lockParameters(lock: Lock | undefined) {
  return {
    ...(lock?.retention
      ? {
          ObjectLockMode: lock.retention.mode,
          ObjectLockRetainUntilDate: new Date(lock.retention.until),
        }
      : {}),
    ...(lock?.legalHold ? { ObjectLockLegalHoldStatus: 'ON' as const } : {}),
  };
}

/**
 * Whether a lock protects as much as another one: the same legal hold, a retention at least as long and as strict. More
 * is no difference, for the target's default retention may give more, and nothing can take it away.
 */
export function isCovered(lock: Lock | undefined, by: Lock | undefined): boolean {
  return isHeld(lock) === isHeld(by) && isRetained(lock?.retention, by?.retention);
}

function isHeld(lock: Lock | undefined): boolean {
  return lock?.legalHold ?? false;
}

function isRetained(retention: Retention | undefined, by: Retention | undefined): boolean {
  if (!retention) return true;
  if (!by || (retention.mode === 'COMPLIANCE' && by.mode !== 'COMPLIANCE')) return false;
  return seconds(by.until) >= seconds(retention.until);
}

/** Not every S3 keeps their fractions. */
function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1_000);
}

/** Whether a version can be given a lock without being copied anew: a mode can't be changed. */
export function canTake(lock: Lock | undefined, wanted: Lock | undefined): boolean {
  return (
    !lock?.retention ||
    isRetained(wanted?.retention, lock.retention) ||
    lock.retention.mode === wanted?.retention?.mode
  );
}

interface LockedVersion {
  readonly key: string;
  readonly versionId?: string;
  readonly lock?: Lock;
}

/**
 * Gives an object the lock of another one. Its bytes need no condition: they are those of the version that was seen,
 * and whatever took its place has a lock of its own.
 */
export async function settleLock(
  client: S3,
  location: BucketLocation,
  { key, versionId, lock }: LockedVersion,
  wanted: Lock | undefined,
): Promise<ObjectOutcome> {
  const at = { Bucket: location.bucket, Key: wholeKey(location, key), VersionId: versionId };
  if (isHeld(lock) !== isHeld(wanted)) {
    const Status = isHeld(wanted) ? 'ON' : 'OFF';
    const outcome = await outcomeOf(
      client.send(new PutObjectLegalHoldCommand({ ...at, LegalHold: { Status } })),
    );
    if (outcome.kind !== 'written') return outcome;
  }
  const { retention } = wanted ?? {};
  if (!retention || isRetained(retention, lock?.retention)) return { kind: 'written' };
  const Retention = {
    Mode: retention.mode satisfies ObjectLockRetentionMode,
    RetainUntilDate: new Date(retention.until),
  };
  try {
    return await outcomeOf(client.send(new PutObjectRetentionCommand({ ...at, Retention })));
  } catch (error) {
    if (!isNamed(error, 'AccessDenied')) throw error;
    return {
      kind: 'rejected',
      reason: 'its retention cannot be changed to that of the source (AccessDenied)',
    };
  }
}
