import type { RestoreStatus } from '@aws-sdk/client-s3';
import { locationName } from '../../bucket-location.ts';
import type { Problem } from '../../errors.ts';
import type { BucketLocation } from '../../model.ts';
import { isArchive } from '../../stores/s3/s3-object.ts';
import type { BucketAccount } from './bucket-account.ts';

/** Pages of 1,000 objects, or versions, that are looked at: what lies behind them is seen when it is copied. */
export const PAGES = 10;
/** S3's limit (User Guide, "Naming Amazon S3 objects"). */
const LONGEST_KEY_BYTES = 1_024;

export interface Looked {
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** What the first objects of a source are. */
interface Tally {
  objects: number;
  archived: number;
  firstArchived: string;
  tooLong: number;
  firstTooLong: string;
  /** One that is named as the prefix is, and would have no name below none: by all other names no two collide. */
  nameless: number;
  /** Whether these are all objects. */
  isAll: boolean;
}

/** Looks at the first objects of a source, for those that can't be copied. */
export async function lookAtListing(
  buckets: BucketAccount,
  at: string,
  source: BucketLocation,
  target: BucketLocation,
): Promise<Looked> {
  const tally = await count(buckets, source, target);
  const of = `${tally.isAll ? 'of' : 'of the first'} ${tally.objects} objects below ${locationName(source)}`;
  const problems: Problem[] = [];
  if (tally.archived > 0)
    problems.push({
      at,
      problem: 'archived objects cannot be copied',
      value: `${tally.archived} ${of}, as ${tally.firstArchived}`,
      allowed: 'objects that can be read at once',
      change:
        'restore them for longer than the migration takes (an S3 Batch Operations job restores many), or move them out of the prefix',
    });
  if (tally.tooLong > 0)
    problems.push({
      at,
      problem: "keys are too long below the target's prefix",
      value: `${tally.tooLong} ${of}, as ${tally.firstTooLong}`,
      allowed: `at most ${LONGEST_KEY_BYTES} bytes with the prefix ${target.prefix}`,
      change: 'choose a shorter prefix for the target, or rename these objects',
    });
  if (tally.nameless > 0)
    problems.push({
      at,
      problem: 'an object is named as the prefix is: at the target it would have no name',
      value: `${tally.nameless} ${of}, ${source.prefix}`,
      allowed: 'a name behind the prefix, or a prefix at the target',
      change: 'delete or rename it (consoles make one for an empty folder), or give the target a prefix',
    });
  return {
    problems,
    notes: tally.isAll
      ? []
      : [
          `${locationName(source)}: only the first ${tally.objects} objects were looked at; an archived object or too long a key behind them is not copied, and stands in the quarantine`,
        ],
  };
}

async function count(buckets: BucketAccount, source: BucketLocation, target: BucketLocation): Promise<Tally> {
  const tally = {
    objects: 0,
    archived: 0,
    firstArchived: '',
    tooLong: 0,
    firstTooLong: '',
    nameless: 0,
    isAll: true,
  };
  const longer = Buffer.byteLength(target.prefix) - Buffer.byteLength(source.prefix);
  let pages = 0;
  for await (const page of buckets.objects(source)) {
    // One page more than is counted tells that there is one.
    if (pages++ === PAGES) return { ...tally, isAll: false };
    tally.objects += page.length;
    for (const { Key = '', ...listed } of page) {
      if (isArchived(listed)) {
        tally.firstArchived ||= Key;
        tally.archived++;
      }
      if (Key === source.prefix && target.prefix === '') tally.nameless++;
      if (Buffer.byteLength(Key) + longer > LONGEST_KEY_BYTES) {
        tally.firstTooLong ||= Key;
        tally.tooLong++;
      }
    }
  }
  return tally;
}

interface ListedStorage {
  readonly StorageClass?: string | undefined;
  readonly RestoreStatus?: RestoreStatus | undefined;
}

/** Whether an object, or a version of one, must be restored before it can be copied. */
export function isArchived({ StorageClass = '', RestoreStatus: status }: ListedStorage): boolean {
  const isRestored = status?.RestoreExpiryDate !== undefined && status.IsRestoreInProgress !== true;
  return isArchive(StorageClass) && !isRestored;
}
