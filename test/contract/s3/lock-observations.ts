import type { Bench } from './judge.ts';
import { answerOf, type Observation } from './observation.ts';
import { createBucket, type TestBucket } from './test-bucket.ts';

const DAY = 24 * 3_600_000;
const HOLD = { ObjectLockLegalHoldStatus: 'ON' } as const;

/** A time in whole seconds. */
export function inDays(bench: Bench, days: number): Date {
  return new Date(Math.floor((bench.runtime.now() + days * DAY) / 1_000) * 1_000);
}

function retained(bench: Bench, days: number, ObjectLockMode: 'GOVERNANCE' | 'COMPLIANCE' = 'GOVERNANCE') {
  return { ObjectLockMode, ObjectLockRetainUntilDate: inDays(bench, days) };
}

function locking(bench: Bench): Promise<TestBucket> {
  return createBucket(bench, { ObjectLockEnabledForBucket: true });
}

async function lockOf(bucket: TestBucket, key: string): Promise<string> {
  const { ObjectLockMode = 'no retention', ObjectLockLegalHoldStatus = 'OFF' } = await bucket.head(key);
  return `${ObjectLockMode}, legal hold ${ObjectLockLegalHoldStatus}`;
}

export const lockOfCopy: Observation = async (bench) => {
  const bucket = await locking(bench);
  await bucket.put('from', 'content', { ...retained(bench, 2), ...HOLD });
  await bucket.copy('from', 'k');
  return lockOf(bucket, 'k');
};

export const lockNamedByCopy: Observation = async (bench) => {
  const bucket = await locking(bench);
  await bucket.put('from', 'content');
  await bucket.copy('from', 'k', { ...retained(bench, 2), ...HOLD });
  return lockOf(bucket, 'k');
};

export const lockOfParts: Observation = async (bench) => {
  const bucket = await locking(bench);
  await bucket.upload('k', ['content'], { create: { ...retained(bench, 2), ...HOLD } });
  return lockOf(bucket, 'k');
};

export const lockLater: Observation = async (bench) => {
  const bucket = await locking(bench);
  await bucket.put('k', 'content');
  await bucket.retain('k', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(bench, 2) });
  await bucket.hold('k', 'ON');
  return lockOf(bucket, 'k');
};

export const longerRetention: Observation = async (bench) => {
  const bucket = await locking(bench);
  await bucket.put('k', 'content', retained(bench, 2, 'COMPLIANCE'));
  return answerOf(bucket.retain('k', { Mode: 'COMPLIANCE', RetainUntilDate: inDays(bench, 3) }));
};

export const shorterRetention: Observation = async (bench) => {
  const bucket = await locking(bench);
  await bucket.put('k', 'content', retained(bench, 2, 'COMPLIANCE'));
  return answerOf(bucket.retain('k', { Mode: 'COMPLIANCE', RetainUntilDate: inDays(bench, 1) }));
};

export const otherMode: Observation = async (bench) => {
  const bucket = await locking(bench);
  await bucket.put('k', 'content', retained(bench, 2, 'COMPLIANCE'));
  return answerOf(bucket.retain('k', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(bench, 3) }));
};

export const retentionThatIsOver: Observation = async (bench) => {
  const bucket = await locking(bench);
  return answerOf(bucket.put('k', 'content', retained(bench, -1)));
};

export const lockWithoutObjectLock: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  return answerOf(bucket.put('k', 'content', retained(bench, 1)));
};

export const writeOverLocked: Observation = async (bench) => {
  const bucket = await locking(bench);
  await bucket.put('k', 'content', { ...retained(bench, 2, 'COMPLIANCE'), ...HOLD });
  await bucket.put('k', 'another');
  const lock = await lockOf(bucket, 'k');
  await bucket.remove('k');
  return `done: ${lock}; then ${(await bucket.keys()).length} objects`;
};
