import type { LifecycleRule } from '@aws-sdk/client-s3';
import { isOverlapping, locationName } from '../../bucket-location.ts';
import type { Side } from '../../direction.ts';
import type { Problem } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import type { SpecBucket } from '../../spec.ts';
import { isArchive } from '../../stores/s3/s3-object.ts';
import type { BucketAccount } from './bucket-account.ts';
import type { BucketSettingsLook } from './bucket-settings-look.ts';
import { isArchived, type Looked, PAGES } from './listing-problems.ts';

/** What keeps all versions of objects from being moved, and what should be known of it. */
export async function lookAtVersions(
  settings: BucketSettingsLook,
  buckets: BucketAccount,
  at: (side: Side) => string,
  { source, target, existingItems }: SpecBucket,
): Promise<Looked> {
  const problems: Problem[] = [];
  for (const [side, { bucket }] of [
    ['source', source],
    ['target', target],
  ] as const) {
    const status = await settings.versioning(bucket);
    if (status !== 'Enabled')
      problems.push({
        at: at(side),
        problem: 'the bucket does not keep versions',
        value: `${bucket}: ${status ?? 'versioning was never on'}`,
        allowed: 'versioning that is enabled on both sides, 15 minutes ago at least',
        change: `enable versioning of ${bucket}, or move the current versions alone (versions: "current")`,
      });
  }
  const ofTarget = rulesOf(await settings.lifecycle(target.bucket), target);
  const spoiling = ofTarget.filter((rule) => expires(rule) || archives(rule));
  if (spoiling.length > 0)
    problems.push({
      at: at('target'),
      problem:
        'lifecycle rules of the target delete or archive earlier versions: they would be added again and again',
      value: spoiling.map(({ ID = 'a rule without a name' }) => ID).join(', '),
      allowed: 'no rule that expires or archives noncurrent versions, until the migration is complete',
      change: `disable them at ${target.bucket}, and enable them after the migration: they count from the copy on`,
    });
  if (existingItems === 'refuse' && (await buckets.hasVersions(target)))
    problems.push({
      at: at('target'),
      problem: 'versions or delete markers stand in the target',
      value: locationName(target),
      allowed: 'no version, earlier ones included',
      change:
        'delete them for good, or set existingItems to "replace": they stay as the oldest versions of their keys then',
    });
  problems.push(...(await archivedVersions(buckets, at('source'), source)));
  return { problems, notes: notes(await settings.lifecycle(source.bucket), source) };
}

/** Those of current versions are counted with the objects. */
async function archivedVersions(
  buckets: BucketAccount,
  at: string,
  source: BucketLocation,
): Promise<Problem[]> {
  let [pages, versions] = [0, 0];
  let isAll = true;
  const archived: string[] = [];
  for await (const page of buckets.versions(source)) {
    isAll = pages++ < PAGES;
    if (!isAll) break;
    versions += page.length;
    for (const { Key = '', IsLatest, ...listed } of page)
      if (!IsLatest && isArchived(listed)) archived.push(Key);
  }
  if (archived.length === 0) return [];
  return [
    {
      at,
      problem: 'archived versions cannot be copied',
      value: `${archived.length} earlier ones ${isAll ? 'of' : 'of the first'} ${versions} versions below ${locationName(source)}, as of ${archived[0]}`,
      allowed: 'versions that can be read at once',
      change:
        'restore them for longer than the migration takes, delete them for good, or move the current versions alone (versions: "current")',
    },
  ];
}

function notes(all: readonly LifecycleRule[], source: BucketLocation): string[] {
  const name = locationName(source);
  const rules = rulesOf(all, source);
  return [
    `${name}: versions get other ids and times; delete markers that hide no object stay behind, and so do those of several in a row but the first`,
    ...(rules.some(expires)
      ? [`${name}: versions that its lifecycle rules delete after they were copied stay in the target`]
      : []),
    ...(rules.some(archives)
      ? [
          `${name}: its lifecycle rules archive earlier versions: a key with such a version is not moved, and stands in the quarantine until it is restored`,
        ]
      : []),
  ];
}

/** Those that concern a side. */
function rulesOf(rules: readonly LifecycleRule[], { prefix }: BucketLocation): LifecycleRule[] {
  return rules.filter((rule) => {
    const ruled = rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix ?? '';
    return rule.Status === 'Enabled' && isOverlapping({ bucket: '', prefix }, { bucket: '', prefix: ruled });
  });
}

function expires(rule: LifecycleRule): boolean {
  return rule.NoncurrentVersionExpiration !== undefined;
}

function archives({ NoncurrentVersionTransitions = [] }: LifecycleRule): boolean {
  return NoncurrentVersionTransitions.some(({ StorageClass = '' }) => isArchive(StorageClass));
}
