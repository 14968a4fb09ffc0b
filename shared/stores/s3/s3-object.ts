import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Item } from '../../model.ts';
import type { Grants } from './s3-acl.ts';
import type { AlsoCarried } from './s3-also.ts';
import { isCovered, type Lock, lockOf } from './s3-lock.ts';

/** Algorithms of S3's checksums, as the names of its fields end. */
export const CHECKSUM_ALGORITHMS = [
  'CRC64NVME',
  'CRC32',
  'CRC32C',
  'SHA1',
  'SHA256',
  'SHA512',
  'MD5',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
] as const;
type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** A checksum that S3 keeps of an object. A composite one is a checksum of its parts' checksums: it depends on them. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
  readonly value: string;
}

/** Everything of an object that travels beside its bytes. */
export interface S3Object {
  /** Relative to the prefix. */
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  readonly checksums: readonly Checksum[];
  /** Content headers and the website redirect, by the names of the SDK. `Expires` is its text. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** Where access control lists are carried: absent for an object that is private. */
  readonly grants?: Grants;
  /** Where locks are carried: absent for an object that nothing locks. */
  readonly lock?: Lock;
  /** Where locks are carried, which are those of a version. */
  readonly versionId?: string;
  /** The version that was asked for by its id, by which requests name it; absent where the current one is meant. */
  readonly named?: string;
  /** Why nothing but its existence is known, and it can't be copied. */
  readonly unreadable?: string;
}

const HEADERS = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'WebsiteRedirectLocation',
] as const;
/** What S3 does not name: the storage class of most objects. */
export const STANDARD = 'STANDARD';

/**
 * An object as HEAD with `ChecksumMode: 'ENABLED'` describes it: without its grants, of which it tells nothing, and its
 * tags, of which it tells the number only.
 */
export function objectOf(
  key: string,
  head: HeadObjectCommandOutput,
  { objectLock }: AlsoCarried = {},
): S3Object {
  const headers: Record<string, string> = {};
  for (const name of HEADERS) if (head[name] !== undefined) headers[name] = head[name];
  if (head.ExpiresString !== undefined) headers.Expires = head.ExpiresString;
  const lock = objectLock && lockOf(head, objectLock.now());
  return {
    key,
    bytes: head.ContentLength ?? 0,
    etag: head.ETag ?? '',
    checksums: checksumsOf(head),
    headers,
    metadata: head.Metadata ?? {},
    tags: {},
    storageClass: head.StorageClass ?? STANDARD,
    ...(lock ? { lock } : {}),
    ...(objectLock && head.VersionId !== undefined ? { versionId: head.VersionId } : {}),
  };
}

/** An object that can't be read. */
export function unreadableObject(key: string, unreadable: string): S3Object {
  return {
    key,
    bytes: 0,
    etag: '',
    checksums: [],
    headers: {},
    metadata: {},
    tags: {},
    storageClass: STANDARD,
    unreadable,
  };
}

function checksumsOf(head: HeadObjectCommandOutput): Checksum[] {
  return CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = head[`Checksum${algorithm}`];
    if (value === undefined) return [];
    // Where the type is not told: a composite one ends with the number of its parts.
    const type = head.ChecksumType ?? (/-\d+$/.test(value) ? 'COMPOSITE' : 'FULL_OBJECT');
    return [{ algorithm, type, value }];
  });
}

/**
 * Whether a checksum is one of all bytes, however they were uploaded: in parts S3 computes such a one only by CRCs (User
 * Guide, "Checking object integrity").
 */
export function isSummedInParts({ algorithm, type }: Checksum): boolean {
  return type === 'FULL_OBJECT' && algorithm.startsWith('CRC');
}

/** Whether an object was uploaded in parts: its ETag tells how many (User Guide, "Checking object integrity"). */
export function isInParts({ etag }: Pick<S3Object, 'etag'>): boolean {
  return /-\d+"?$/.test(etag);
}

/** An object as the engine passes it on. */
export function itemOf(object: S3Object): Item {
  return {
    key: { S: object.key },
    size: { N: String(object.bytes) },
    etag: { S: object.etag },
    object: { S: JSON.stringify(object) },
  };
}

/** Reads back what `itemOf` made; undefined for an item of a listing, which tells less. */
export function objectOfItem(item: Item): S3Object | undefined {
  return item.object?.S === undefined ? undefined : (JSON.parse(item.object.S) as S3Object);
}

/**
 * Whether two objects are the same to an application, but for their locks.
 * @returns undefined where only their bytes could tell: ETags that differ prove nothing, for those of parts depend on
 * the parts, and those of objects under KMS keys are no digests.
 */
export function isSameObject(a: S3Object, b: S3Object): boolean | undefined {
  if (a.unreadable || b.unreadable || a.bytes !== b.bytes || !isSameDescription(a, b)) return false;
  if (a.etag === b.etag) return true;
  for (const { algorithm, type, value } of a.checksums) {
    const other = b.checksums.find((one) => one.algorithm === algorithm && one.type === type);
    if (!other) continue;
    if (other.value === value) return true;
    if (type === 'FULL_OBJECT') return false;
  }
  return undefined;
}

/** Whether an object is as well locked as that of which it is a copy. */
export function isLockedAs(copy: S3Object, original: S3Object): boolean {
  return isCovered(original.lock, copy.lock);
}

/** Their objects have to be restored before they can be read (User Guide, "Working with archived objects"). */
const ARCHIVES: readonly string[] = ['GLACIER', 'DEEP_ARCHIVE'];

export function isArchive(storageClass: string): boolean {
  return ARCHIVES.includes(storageClass);
}

/**
 * Whether an object has the storage class of that of which it is a copy. Of one that was archived since it was copied
 * the class stays what it was: it could not be copied again.
 */
export function isStoredAs(copy: S3Object, original: S3Object): boolean {
  return copy.storageClass === original.storageClass || isArchive(original.storageClass);
}

/** The storage class is left out: a lifecycle rule of either side may change it at any time. */
function isSameDescription(a: S3Object, b: S3Object): boolean {
  const parts = ['grants', 'headers', 'metadata', 'tags'] as const;
  return parts.every((part) => textOf(a[part] ?? {}) === textOf(b[part] ?? {}));
}

function textOf(values: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
