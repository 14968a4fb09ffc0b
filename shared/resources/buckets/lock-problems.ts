import type { ObjectLockConfiguration } from '@aws-sdk/client-s3';
import type { Side } from '../../direction.ts';
import type { Problem } from '../../errors.ts';
import type { SpecBucket } from '../../spec.ts';
import type { BucketSettingsLook } from './bucket-settings-look.ts';
import type { Looked } from './listing-problems.ts';

/** Whether locks of objects can travel where they are asked for, and whether they would be lost where they are not. */
export async function lookAtLocks(
  settings: BucketSettingsLook,
  at: (side: Side) => string,
  { source, target, objectLock }: SpecBucket,
): Promise<Looked> {
  const ours = await settings.objectLock(source.bucket);
  const theirs = await settings.objectLock(target.bucket);
  const problems: Problem[] = [];
  const notes: string[] = [];
  if (objectLock)
    for (const [side, { bucket }, configuration] of [
      ['source', source, ours],
      ['target', target, theirs],
    ] as const)
      if (!isOn(configuration))
        problems.push({
          at: at(side),
          problem: 'locks of objects are to be carried, and the bucket has no Object Lock',
          value: bucket,
          allowed: 'Object Lock on both sides',
          change: `leave "objectLock" out, or enable Object Lock on ${bucket}`,
        });
  if (!objectLock && isOn(ours) && !isOn(theirs))
    problems.push({
      at: at('source'),
      problem: 'the source has Object Lock, the target has not: its objects would lose their protection',
      value: source.bucket,
      allowed: 'Object Lock on both sides, or on none',
      change: `enable Object Lock on ${target.bucket}, and set "objectLock" to true: retention and legal holds travel then`,
    });
  if (!objectLock && isOn(ours))
    notes.push(
      `${source.bucket} has Object Lock: retention and legal holds of objects do not travel, the target's default retention counts from the copy on; "objectLock": true carries them`,
    );
  const byDefault = theirs?.Rule?.DefaultRetention;
  if (byDefault)
    notes.push(
      `${target.bucket} locks every new object by default (${byDefault.Mode}, ${periodText(byDefault)}): of a copy that is replaced, or of a migration that is given up, earlier versions stay as long`,
    );
  return { problems, notes };
}

function isOn(configuration: ObjectLockConfiguration | undefined): boolean {
  return configuration?.ObjectLockEnabled === 'Enabled';
}

function periodText({
  Days,
  Years,
}: {
  readonly Days?: number | undefined;
  readonly Years?: number | undefined;
}) {
  return Days === undefined ? `${Years} years` : `${Days} days`;
}
