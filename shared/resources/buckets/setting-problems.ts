import { locationName } from '../../bucket-location.ts';
import type { Problem } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import type { SpecBucket } from '../../spec.ts';
import { type BucketAccount, destinationList } from './bucket-account.ts';
import type { BucketSettingsLook } from './bucket-settings-look.ts';
import type { Looked } from './listing-problems.ts';
import { listUploads } from './user-commands.ts';
import { writeDenials } from './write-denials.ts';

/** Whether the source writes the target by itself. */
export async function replicationProblems(
  settings: BucketSettingsLook,
  at: string,
  { source, target }: SpecBucket,
): Promise<Problem[]> {
  const rules = await settings.replication(source.bucket);
  if (!rules.some(({ Destination, Status }) => Status === 'Enabled' && isBucket(Destination?.Bucket, target)))
    return [];
  return [
    {
      at,
      problem: 'the source replicates into the target: somebody else would write it, too',
      value: `${source.bucket} → ${target.bucket}`,
      allowed: 'a target that nobody writes but the migrator',
      change: 'end that replication rule',
    },
  ];
}

/** What is set at the target that would refuse its objects, or take each for a new one. */
export async function targetProblems(
  settings: BucketSettingsLook,
  buckets: BucketAccount,
  at: string,
  target: BucketLocation,
): Promise<Looked> {
  const { bucket } = target;
  const { problems, notes } = writeDenials(at, target, await settings.policy(bucket));
  const { eventBridge, destinations } = await buckets.notifications(bucket);
  const told = destinationList(destinations);
  const replicates = (await settings.replication(bucket)).some(({ Status }) => Status === 'Enabled');
  return {
    problems: [
      ...problems,
      ...(told.length === 0
        ? []
        : [
            {
              at,
              problem:
                'the target tells others of new objects: they would take every copied object for a new one',
              value: told.map(({ kind }) => kind).join(', '),
              allowed: 'no event notifications until the migration is complete',
              change: `remove them from ${bucket}, and set them again after the migration`,
            },
          ]),
    ],
    notes: [
      ...notes,
      ...(eventBridge
        ? [
            `${bucket} tells EventBridge of its objects: nobody can see which rules take every copied object for a new one`,
          ]
        : []),
      ...(replicates ? [`${bucket} replicates to other buckets: every copied object goes there, too`] : []),
    ],
  };
}

/** What should be known of the source, and is no problem. */
export async function settingNotes(
  settings: BucketSettingsLook,
  buckets: BucketAccount,
  { source, versions }: Pick<SpecBucket, 'source' | 'versions'>,
): Promise<string[]> {
  const name = locationName(source);
  const notes: string[] = [];
  if (versions === 'current' && (await settings.versioning(source.bucket)) !== undefined)
    notes.push(
      `${source.bucket} keeps versions: only the current ones are moved, earlier ones stay where they are (versions)`,
    );
  if ((await settings.replication(source.bucket)).some(({ Status }) => Status === 'Enabled'))
    notes.push(`${source.bucket} replicates to other buckets: the target does not until you set it so`);
  if (await settings.website(source.bucket))
    notes.push(
      `${source.bucket} is a website: its endpoint names the bucket, so that a website moves by its DNS record, not by a router`,
    );
  if (await settings.requesterPays(source.bucket))
    notes.push(`${source.bucket} lets its requesters pay: the target does not until you set it so`);
  const uploads = await buckets.openUploads(source);
  const oldest = Math.min(...uploads.map(({ begunAt }) => begunAt));
  if (uploads.length > 0)
    notes.push(
      `multipart uploads are open below ${name}: ${uploads.length}, the oldest since ${new Date(oldest).toISOString()}; the cutover waits until there are none (${listUploads(source)})`,
    );
  return notes;
}

function isBucket(arn: string | undefined, { bucket }: BucketLocation): boolean {
  return arn?.split(':').at(-1) === bucket;
}
