import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import type { BucketLocation } from '../../model.ts';
import type { History, Version } from './s3-history.ts';
import { compareKeys, listedKey, wholeKey } from './s3-key.ts';
import type { KeyRange } from './s3-listing.ts';
import { isInParts } from './s3-object.ts';

export interface HistoryPage {
  readonly histories: readonly History[];
  /** The last key of the page, if others of the range may follow. */
  readonly next?: string;
}

/** Behind which version a page begins: without an id behind all of its key. */
export interface Marker {
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string;
}

/** Where the page behind another one begins. @returns undefined behind the last one. */
export function markerBehind({
  EncodingType,
  IsTruncated,
  NextKeyMarker = '',
  NextVersionIdMarker,
}: ListObjectVersionsCommandOutput): Marker | undefined {
  if (!IsTruncated) return undefined;
  return {
    KeyMarker: listedKey(NextKeyMarker, EncodingType),
    ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
  };
}

/** Where versions are listed, and of what whole keys. */
interface Listing {
  readonly client: S3;
  readonly location: BucketLocation;
  readonly prefix: string;
}

/** A version of a page, with what tells its place among the others of its key. */
interface Placed {
  readonly version: Version;
  /** Undefined where it says nothing of the order: an upload in parts is dated by its beginning. */
  readonly second: number | undefined;
  readonly isLatest: boolean;
}

/** The versions of one key on one page: S3 lists both kinds together, the newest first; the SDK parts them. */
interface Parted {
  readonly objects: Placed[];
  readonly markers: Placed[];
}

/**
 * The whole histories of some keys of a range, at least of one, in the order of their keys' UTF-8 bytes.
 * @param most versions of one request.
 */
export async function listHistories(
  client: S3,
  location: BucketLocation,
  { after, to }: KeyRange,
  most: number,
): Promise<HistoryPage> {
  const listing = { client, location, prefix: location.prefix };
  const found: History[] = [];
  let marker: Marker | undefined = after === undefined ? {} : { KeyMarker: wholeKey(location, after) };
  while (marker) {
    const page = await versionsPage(listing, marker, most);
    for (const [key, parted] of page.byKey) {
      // A judge begins with the marker itself.
      if (after !== undefined && compareKeys(key, after) <= 0) continue;
      if (to !== undefined && compareKeys(key, to) > 0) return { histories: found };
      await addTo(found, key, parted, listing);
    }
    // What is known of the last key may be its newest versions alone.
    const [complete, last] = [found.slice(0, -1), found.at(-2)];
    if (page.next && last) return { histories: complete, next: last.key };
    marker = page.next;
  }
  return { histories: found };
}

/** The history of one key. @throws NoSuchBucket */
export async function listHistory(
  client: S3,
  location: BucketLocation,
  key: string,
  most: number,
): Promise<History> {
  const listing = { client, location, prefix: wholeKey(location, key) };
  const found: History[] = [];
  for (let marker: Marker | undefined = {}; marker; ) {
    const page = await versionsPage(listing, marker, most);
    const parted = page.byKey.get(key);
    if (parted) await addTo(found, key, parted, listing);
    // The key itself comes before those that begin like it.
    marker = page.byKey.size > (parted ? 1 : 0) ? undefined : page.next;
  }
  return found[0] ?? { key, versions: [] };
}

async function addTo(found: History[], key: string, parted: Parted, listing: Listing): Promise<void> {
  const known = found.at(-1)?.key === key ? found.pop() : undefined;
  const newestFirst = await inOrder(parted, listing, key, known?.versions[0]?.versionId);
  found.push({ key, versions: [...newestFirst.toReversed(), ...(known?.versions ?? [])] });
}

/**
 * Versions and delete markers of a key in one order, the newest first. Where times, which are whole seconds, do not tell
 * S3 is asked which version follows the one before.
 * @param before the version that comes before them all, if any does.
 * @throws Error when versions are deleted meanwhile.
 */
async function inOrder(
  { objects, markers }: Parted,
  listing: Listing,
  key: string,
  before: string | undefined,
): Promise<Version[]> {
  const ordered: Version[] = [];
  let [object, marker] = [0, 0];
  for (;;) {
    const [ours, theirs] = [objects[object], markers[marker]];
    if (!ours || !theirs) {
      const rest = [...objects.slice(object), ...markers.slice(marker)];
      return [...ordered, ...rest.map(({ version }) => version)];
    }
    const previous = ordered.at(-1)?.versionId ?? before;
    const isObjectFirst =
      byTime(ours, theirs) ?? (await follower(listing, key, previous, [ours, theirs])) === ours;
    ordered.push((isObjectFirst ? ours : theirs).version);
    if (isObjectFirst) object++;
    else marker++;
  }
}

/** Whether the first is the newer one. @returns undefined where nothing tells. */
function byTime(a: Placed, b: Placed): boolean | undefined {
  if (a.isLatest || b.isLatest) return a.isLatest;
  if (a.second === undefined || b.second === undefined || a.second === b.second) return undefined;
  return a.second > b.second;
}

async function follower(
  listing: Listing,
  key: string,
  previous: string | undefined,
  candidates: readonly Placed[],
): Promise<Placed> {
  const whole = wholeKey(listing.location, key);
  const marker = previous === undefined ? {} : { KeyMarker: whole, VersionIdMarker: previous };
  const { byKey } = await versionsPage({ ...listing, prefix: whole }, marker, 1);
  const { objects = [], markers = [] } = byKey.get(key) ?? {};
  const next = [...objects, ...markers][0]?.version.versionId;
  const found = candidates.find(({ version }) => version.versionId === next);
  if (!found) throw new Error(`versions of ${whole} were deleted while they were listed`);
  return found;
}

async function versionsPage(
  { client, location, prefix }: Listing,
  marker: Marker,
  most: number,
): Promise<{ readonly byKey: ReadonlyMap<string, Parted>; readonly next: Marker | undefined }> {
  const answer = await client.send(
    new ListObjectVersionsCommand({
      Bucket: location.bucket,
      ...(prefix ? { Prefix: prefix } : {}),
      ...marker,
      MaxKeys: most,
      EncodingType: 'url',
    }),
  );
  return { byKey: partedByKey(answer, location.prefix), next: markerBehind(answer) };
}

function partedByKey(
  { DeleteMarkers = [], EncodingType, Versions = [] }: ListObjectVersionsCommandOutput,
  prefix: string,
): ReadonlyMap<string, Parted> {
  const byKey = new Map<string, Parted>();
  const of = (listed: string | undefined) => {
    const key = listedKey(listed ?? '', EncodingType).slice(prefix.length);
    const parted = byKey.get(key) ?? { objects: [], markers: [] };
    byKey.set(key, parted);
    return parted;
  };
  const placed = (listed: {
    readonly LastModified?: Date | undefined;
    readonly IsLatest?: boolean | undefined;
  }) => ({
    second: Math.floor((listed.LastModified?.getTime() ?? 0) / 1_000),
    isLatest: listed.IsLatest === true,
  });
  for (const { VersionId = '', Size = 0, ETag = '', ...listed } of Versions) {
    const version = { kind: 'object', versionId: VersionId, bytes: Size, etag: ETag } as const;
    of(listed.Key).objects.push({
      version,
      ...placed(listed),
      ...(isInParts(version) ? { second: undefined } : {}),
    });
  }
  for (const { VersionId = '', ...listed } of DeleteMarkers)
    of(listed.Key).markers.push({ version: { kind: 'marker', versionId: VersionId }, ...placed(listed) });
  return new Map([...byKey].sort(([a], [b]) => compareKeys(a, b)));
}
