import type { Side } from '../../direction.ts';
import type { Problem } from '../../errors.ts';
import type { SpecBucket } from '../../spec.ts';
import type { BucketSettingsLook } from './bucket-settings-look.ts';
import type { Looked } from './listing-problems.ts';

/** By this setting a bucket knows no access control lists (User Guide, "Controlling ownership of objects"). */
const NO_ACLS = 'BucketOwnerEnforced';

/** Whether access control lists can travel where they are asked for, and whether there may be some where they are not. */
export async function lookAtAcls(
  settings: BucketSettingsLook,
  at: (side: Side) => string,
  { source, target, acls }: SpecBucket,
): Promise<Looked> {
  const ownership = await settings.ownership(source.bucket);
  if (!acls)
    return {
      problems: [],
      notes:
        ownership === NO_ACLS
          ? []
          : [
              `${source.bucket} may have objects with access control lists (object ownership ${ownership}): they do not travel, and copies are private; "acls": true carries them`,
            ],
    };
  const problems: Problem[] = [];
  for (const [side, { bucket }, setting] of [
    ['source', source, ownership],
    ['target', target, await settings.ownership(target.bucket)],
  ] as const)
    if (setting === NO_ACLS)
      problems.push({
        at: at(side),
        problem: 'access control lists are to be carried, and the bucket knows none',
        value: `${bucket}, object ownership ${NO_ACLS}`,
        allowed: 'BucketOwnerPreferred or ObjectWriter on both sides',
        change: 'leave "acls" out, or change the object ownership of the bucket',
      });
  const [ours, theirs] = [
    await settings.publicAccessBlock(source.bucket),
    await settings.publicAccessBlock(target.bucket),
  ];
  if (theirs?.BlockPublicAcls && !ours?.BlockPublicAcls)
    problems.push({
      at: at('target'),
      problem: 'the target blocks public access control lists, the source does not',
      value: target.bucket,
      allowed: 'the same setting of Block Public Access on both sides',
      change: `let ${target.bucket} take public lists, or block them at ${source.bucket}, too; public ones that are there already are not carried then, and stand in the quarantine`,
    });
  return { problems, notes: [] };
}
