import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import { PermanentError } from '../../errors.ts';
import type { BucketLocation, Cell, Item } from '../../model.ts';
import { inParallel } from '../../parallel.ts';
import type { Meter } from '../meter.ts';
import type { CellWrite, Segment, Store, WriteResult } from '../store.ts';
import type { AlsoCarried } from './s3-also.ts';
import { AnsweredRequests } from './s3-answered.ts';
import { hasSameBytes } from './s3-bytes.ts';
import { copyObject, goesInParts } from './s3-copy.ts';
import { type CopyProps, copyingOf, type Expected, type UploadLog } from './s3-copy-request.ts';
import { type ObjectOutcome, outcomeOf } from './s3-errors.ts';
import { keyOfObject, relativeKey, wholeKey } from './s3-key.ts';
import { endUploads } from './s3-left-uploads.ts';
import { isListed, type KeyRange, listPage } from './s3-listing.ts';
import { canTake, settleLock } from './s3-lock.ts';
import { meteredS3 } from './s3-metered.ts';
import { isLockedAs, isSameObject, isStoredAs, itemOf, objectOfItem, type S3Object } from './s3-object.ts';
import { fittingPage, listedObjects } from './s3-pages.ts';
import { headObject, readObject, withTags } from './s3-read.ts';
import { TrackedS3Writes } from './s3-writes.ts';

export interface S3StoreProps extends AlsoCarried {
  readonly client: S3;
  /** The side that this store is. */
  readonly location: BucketLocation;
  /** The other side: what is written here is copied from there, on the server's side. */
  readonly other: BucketLocation;
  /** The last key of each range but of the last one, relative to the prefix and in order: the segments of a scan. */
  readonly bounds: readonly string[];
  /**
   * What a comparison goes by: `listing`, the sizes and ETags of both listings, and more only where these differ;
   * `everything`, what each object carries and its storage class, too; `bytes`, the bytes of each object, too.
   * @default 'listing'
   */
  readonly compare?: 'listing' | 'everything' | 'bytes';
  /** Larger objects are copied in parts, unless only their ETags prove copies equal. @default 1 GB */
  readonly singleBytes?: number;
  /** @default 256 MB */
  readonly partBytes?: number;
  /** Of this side. */
  readonly uploads: UploadLog;
  /** Objects of a page. @default 1,000, as many as S3 lists at once */
  readonly pageObjects?: number;
  /** Holds back the requests of the store, and the bytes that it has copied or reads. @default nothing does */
  readonly meter?: Meter | undefined;
}

/** What is to stand under a key, if anything is, and what was seen there. */
interface ObjectWrite {
  readonly object: S3Object | undefined;
  readonly seen: S3Object | undefined;
  readonly expected: Expected;
}

export const OBJECTS_IN_FLIGHT = 32;

/**
 * The objects below a prefix of a bucket, as a source or a target. They carry no version: each write is conditional on
 * what was seen on both sides. Since a copy reads one side before it takes effect on the other, what it was made of may
 * be gone by then: who writes looks at both sides once more.
 */
export function s3Store(props: S3StoreProps): Store {
  const { meter, location, other, bounds, compare = 'listing', pageObjects = 1_000 } = props;
  const also: AlsoCarried = { acls: props.acls, objectLock: props.objectLock };
  const metered = (some: S3) => (meter ? meteredS3(some, meter) : some);
  const client = metered(props.client);
  // Each attempt is tracked: that the last one had no effect says nothing of those before it.
  const tracked = new TrackedS3Writes(props.client);
  const copying = copyingOf({ ...props, client: metered(tracked) });

  /** Keys of writes whose outcome is not known. */
  const inDoubt = new Set<string>();
  const answered = new AnsweredRequests();
  const writing = async (
    key: string,
    write: (own: CopyProps) => Promise<ObjectOutcome>,
    requests?: string[],
  ) => {
    const own = new TrackedS3Writes(tracked, requests);
    try {
      return await write({ ...copying, client: metered(own) });
    } finally {
      if (!own.outcomesKnown) inDoubt.add(key);
    }
  };

  const insertOne = async (key: string): Promise<ObjectOutcome> => {
    const head = await headObject(client, other, key, also);
    // CopyObject takes the tags along by itself.
    const object = head && goesInParts(copying, head) ? await withTags(client, other, head) : head;
    if (!object) return { kind: 'changed' };
    return writing(key, (own) => copyObject(own, object, { kind: 'absent' }));
  };

  /** @returns undefined where only the bytes could tell */
  const isSameButLock = (own: S3Object, theirs: S3Object): boolean | undefined =>
    compare !== 'listing' && !isStoredAs(own, theirs) ? false : isSameObject(own, theirs);

  /** Then it is given its lock: a copy in its place would leave it behind, locked by what it was given before. */
  const lacksLockAlone = (own: S3Object, theirs: S3Object): boolean =>
    !isLockedAs(own, theirs) && isSameButLock(own, theirs) === true && canTake(own.lock, theirs.lock);

  const outcomeOfWrite = async (
    own: CopyProps,
    key: string,
    { object, seen, expected }: ObjectWrite,
  ): Promise<ObjectOutcome> => {
    if (seen?.unreadable)
      return { kind: 'rejected', reason: `of what stands in its place: ${seen.unreadable}` };
    if (!object) return removeObject(own, key, expected);
    return seen && lacksLockAlone(seen, object)
      ? settleLock(own.client, location, seen, object.lock)
      : copyObject(own, object, expected);
  };

  return {
    keyOf: (item) => keyOfObject(relativeKey(item)),

    async scan(segment, cursor) {
      const share = (await meter?.pageShare()) ?? {};
      const listed = listedObjects(share, pageObjects);
      const page = await listPage(client, location, rangeOf(bounds, segment, cursor), listed);
      const { objects, next } = fittingPage(page, share);
      return {
        count: objects.length,
        bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
        items: () =>
          objects.map(({ key, bytes, etag }) => ({
            key: { S: key },
            size: { N: String(bytes) },
            etag: { S: etag },
            // What no listing tells has to be read: so that no two of them are taken for equal.
            ...(compare === 'listing' ? {} : { side: { S: `${location.bucket}/${location.prefix}` } }),
          })),
        ...(next === undefined ? {} : { next }),
      };
    },

    async insertAbsent(page) {
      const items = page.items();
      const outcomes = await inParallel(items, OBJECTS_IN_FLIGHT, (item) => insertOne(relativeKey(item)));
      return {
        inserted: outcomes.filter(({ kind }) => kind === 'written').length,
        existing: outcomes.filter(({ kind }) => kind === 'changed').length,
        rejected: outcomes.flatMap((outcome, index) =>
          outcome.kind === 'rejected'
            ? [
                {
                  key: keyOfObject(relativeKey(items[index] as Item)),
                  reason: outcome.reason,
                  oversize: false,
                },
              ]
            : [],
        ),
      };
    },

    read: (keys) =>
      inParallel(keys, OBJECTS_IN_FLIGHT, async (key): Promise<Cell> => {
        const object = await readObject(client, location, relativeKey(key), also);
        return object ? { kind: 'item', item: itemOf(object) } : { kind: 'absent' };
      }),

    isSame(own, theirs) {
      const [ours, others] = [objectOfCell(own), objectOfCell(theirs)];
      if (!ours || !others) return ours === others;
      const isSame = isLockedAs(ours, others) ? isSameButLock(ours, others) : false;
      if (isSame === false || (isSame && compare !== 'bytes')) return isSame;
      return hasSameBytes(client, meter, { location, object: ours }, { location: other, object: others });
    },

    async write({ key, item, when }): Promise<WriteResult> {
      const expected = expectedOf(when);
      const [object, seen] = [item && objectOfItem(item), seenBy(when)];
      const outcome = await writing(
        relativeKey(key),
        (own) => outcomeOfWrite(own, relativeKey(key), { object, seen, expected }),
        answered.begin(relativeKey(key)),
      );
      return outcome.kind === 'rejected'
        ? { verdict: 'rejected', key, reason: outcome.reason, oversize: false }
        : { verdict: 'unconfirmed', written: outcome.kind === 'written' };
    },

    scanVersions: async () => ({ scanned: 0, cells: [] }),
    removeTombstone: async () => undefined,
    removeVersion: async () => undefined,
    endUnfinished: (alone) => endUploads(copying, alone),
    requestsOf: (key) => answered.take(relativeKey(key)),
    outcomesKnown: (key) => (key ? !inDoubt.has(relativeKey(key)) : tracked.outcomesKnown),
  };
}

/** The keys of a segment, from a cursor on. */
export function rangeOf(
  bounds: readonly string[],
  { segment }: Segment,
  cursor: string | undefined,
): KeyRange {
  return { after: cursor ?? bounds[segment - 1], to: bounds[segment] };
}

function objectOfCell(cell: Cell) {
  return cell.kind === 'item' ? objectOfItem(cell.item) : undefined;
}

function seenBy(when: CellWrite['when']): S3Object | undefined {
  return when.kind === 'unchanged' ? objectOfCell(when.seen) : undefined;
}

function expectedOf(when: CellWrite['when']): Expected {
  if (when.kind === 'older') throw new PermanentError('objects carry no versions that could be older');
  const seen = seenBy(when);
  return seen ? { kind: 'etag', etag: seen.etag } : { kind: 'absent' };
}

/**
 * Deletes an object if it is the one that was seen, and its key is not listed on the other side: HEAD says of an object
 * in a bucket that is gone what it says of one that is not there, and then everything would be deleted.
 * @throws NoSuchBucket for a bucket that is gone.
 */
async function removeObject(
  { client, from, to }: CopyProps,
  key: string,
  expected: Expected,
): Promise<ObjectOutcome> {
  if (expected.kind === 'absent') return { kind: 'written' };
  if (await isListed(client, from, key)) return { kind: 'changed' };
  return outcomeOf(
    client.send(
      new DeleteObjectCommand({ Bucket: to.bucket, Key: wholeKey(to, key), IfMatch: expected.etag }),
    ),
  );
}
