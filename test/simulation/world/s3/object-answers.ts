import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { checksumFields, partChecksumFields } from './checksums.ts';
import { unsatisfiable } from './errors.ts';
import { quoted } from './etags.ts';
import type { StoredObject } from './stored-object.ts';

/** What HEAD and GET say of an object. The storage class STANDARD is not mentioned. */
export function described(object: StoredObject, withChecksum: boolean): Answer<HeadObjectCommandOutput> {
  const { body, content, etag, lastModifiedMilliseconds, lock, settings, tags } = object;
  const { StorageClass, ...shown } = settings;
  const tagCount = Object.keys(tags).length;
  return {
    AcceptRanges: 'bytes',
    ...structuredClone(content),
    ...(content.Expires ? { ExpiresString: content.Expires.toUTCString() } : {}),
    ...shown,
    ...lock,
    ...(StorageClass === 'STANDARD' ? {} : { StorageClass }),
    ContentLength: body.length,
    ETag: quoted(etag),
    LastModified: wholeSeconds(lastModifiedMilliseconds),
    ...(tagCount > 0 ? { TagCount: tagCount } : {}),
    ...(withChecksum ? checksumFields(object.checksum) : {}),
    ...versionOf(object),
  };
}

/** What HEAD says instead of the whole when it is asked for a part. Only objects made of parts have a count of them. */
export function ofPart(
  { body, parts }: StoredObject,
  number: number | undefined,
): Partial<Answer<HeadObjectCommandOutput>> {
  if (number === undefined) return {};
  const part = parts
    ? parts[number - 1]
    : number === 1
      ? { bytes: body.length, checksum: undefined }
      : undefined;
  if (!part) throw unsatisfiable('The requested partnumber is not satisfiable');
  return {
    ContentLength: part.bytes,
    ...(parts ? { PartsCount: parts.length, ...partChecksumFields(part.checksum) } : {}),
  };
}

/** S3 keeps times in whole seconds, as headers do. */
export function wholeSeconds(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1_000) * 1_000);
}

export function versionOf({ versionId }: StoredObject): { VersionId?: string } {
  return versionId ? { VersionId: versionId } : {};
}
