import { archived, invalid, noSuchKey, noSuchVersion, preconditionFailed } from './errors.ts';
import { matches } from './preconditions.ts';
import { keyOf } from './request-content.ts';
import type { Storage } from './storage.ts';
import type { StoredObject } from './stored-object.ts';

/**
 * The object that a request names: the current one, or a version of it.
 * @throws NoSuchBucket, NoSuchKey, NoSuchVersion
 */
export function readable(
  storage: Storage,
  input: {
    readonly Bucket: string | undefined;
    readonly Key: string | undefined;
    readonly VersionId?: string | undefined;
  },
): StoredObject {
  return found(storage, input.Bucket, keyOf(input), input.VersionId);
}

interface SourceInput {
  readonly CopySource: string | undefined;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
}

/**
 * The source of a copy as it is now, under its preconditions.
 * @throws NoSuchKey, PreconditionFailed, InvalidObjectState for an object in an archive
 */
export function copySource(storage: Storage, input: SourceInput): StoredObject & { readonly bucket: string } {
  const { bucket, key, versionId } = parsedSource(input.CopySource);
  const object = found(storage, bucket, key, versionId);
  const { CopySourceIfMatch, CopySourceIfNoneMatch } = input;
  if (CopySourceIfMatch !== undefined && !matches(CopySourceIfMatch, object))
    throw preconditionFailed('x-amz-copy-source-If-Match');
  if (CopySourceIfNoneMatch !== undefined && matches(CopySourceIfNoneMatch, object))
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
  checkNotArchived(object);
  return { ...object, bucket };
}

/** The model restores nothing. */
export function checkNotArchived({ settings: { StorageClass } }: StoredObject): void {
  if (StorageClass === 'GLACIER' || StorageClass === 'DEEP_ARCHIVE') throw archived(StorageClass);
}

function found(
  storage: Storage,
  bucketName: string | undefined,
  key: string,
  versionId: string | undefined,
): StoredObject {
  const bucket = storage.bucket(bucketName);
  const object = versionId === undefined ? bucket.current(key) : bucket.version(key, versionId);
  if (!object) throw versionId === undefined ? noSuchKey() : noSuchVersion();
  return object;
}

const SOURCE = /^\/?(?<bucket>[^/]+)\/(?<key>.+?)(\?versionId=(?<versionId>[^?]+))?$/s;
/** What a header can carry. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** The value must be encoded like a URL, where a plus is a space. */
function parsedSource(value = ''): { bucket: string; key: string; versionId: string | undefined } {
  const { bucket, key, versionId } = SOURCE.exec(value)?.groups ?? {};
  if (!bucket || !key || !PRINTABLE_ASCII.test(value))
    throw invalid('InvalidArgument', `Copy Source must mention the source bucket and key: ${value}`);
  try {
    return { bucket, key: decodeURIComponent(key.replaceAll('+', ' ')), versionId };
  } catch {
    throw invalid('InvalidArgument', `Copy Source must be URL-encoded: ${value}`);
  }
}
