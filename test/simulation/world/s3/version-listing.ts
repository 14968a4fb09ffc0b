import type {
  DeleteMarkerEntry,
  ListObjectVersionsCommandInput,
  ListObjectVersionsCommandOutput,
  ObjectVersion,
} from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { byUtf8, type DeleteMarker, idOf, isObject } from './bucket.ts';
import { invalid } from './errors.ts';
import { quoted } from './etags.ts';
import { listedKey } from './list-encoding.ts';
import { wholeSeconds } from './object-answers.ts';
import type { Storage } from './storage.ts';
import type { StoredObject } from './stored-object.ts';

/**
 * One page of the versions as they are at this moment, those of one key the newest first. Objects and delete markers
 * come in two lists, as the SDK gives them: which of two of the same second is newer is told by the pages alone.
 */
export function listObjectVersions(
  storage: Storage,
  input: ListObjectVersionsCommandInput,
): Answer<ListObjectVersionsCommandOutput> {
  const { Bucket, EncodingType, KeyMarker = '', MaxKeys = 1_000, Prefix = '', VersionIdMarker } = input;
  if (VersionIdMarker !== undefined && !KeyMarker)
    throw invalid('InvalidArgument', 'A version-id marker cannot be specified without a key marker.');
  const bucket = storage.bucket(Bucket);
  const markedRank = VersionIdMarker === undefined ? 0 : bucket.rankOf(KeyMarker, VersionIdMarker);
  const rest = bucket.versions().filter((version) => {
    const { key } = version;
    if (!key.startsWith(Prefix)) return false;
    if (key === KeyMarker && VersionIdMarker !== undefined)
      return bucket.rankOf(key, idOf(version)) < markedRank;
    return byUtf8(key, KeyMarker) > 0;
  });
  const most = Math.min(MaxKeys, storage.limits.pageKeys);
  const page = rest.slice(0, rest.length > 0 && most > 0 ? storage.random.int(1, most) : 0);
  const isLatest = (version: StoredObject | DeleteMarker) => bucket.history(version.key).at(-1) === version;
  const Versions = page.filter(isObject).map((one) => listedVersion(one, isLatest(one), EncodingType));
  const DeleteMarkers = page
    .filter((one): one is DeleteMarker => !isObject(one))
    .map((one) => listedMarker(one, isLatest(one), EncodingType));
  const last = page.at(-1);
  return {
    Name: Bucket,
    Prefix: listedKey(Prefix, EncodingType),
    KeyMarker: listedKey(KeyMarker, EncodingType),
    ...(EncodingType ? { EncodingType } : {}),
    MaxKeys,
    IsTruncated: last !== undefined && page.length < rest.length,
    ...(Versions.length > 0 ? { Versions } : {}),
    ...(DeleteMarkers.length > 0 ? { DeleteMarkers } : {}),
    ...(last && page.length < rest.length
      ? { NextKeyMarker: listedKey(last.key, EncodingType), NextVersionIdMarker: idOf(last) }
      : {}),
  };
}

function listedVersion(
  version: StoredObject,
  IsLatest: boolean,
  encoding: string | undefined,
): ObjectVersion {
  const { key, body, etag, checksum, lastModifiedMilliseconds } = version;
  return {
    Key: listedKey(key, encoding),
    VersionId: idOf(version),
    IsLatest,
    LastModified: wholeSeconds(lastModifiedMilliseconds),
    Size: body.length,
    ETag: quoted(etag),
    StorageClass: 'STANDARD',
    ...(checksum ? { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type } : {}),
  };
}

function listedMarker(
  marker: DeleteMarker,
  IsLatest: boolean,
  encoding: string | undefined,
): DeleteMarkerEntry {
  return {
    Key: listedKey(marker.key, encoding),
    VersionId: marker.versionId,
    IsLatest,
    LastModified: wholeSeconds(marker.lastModifiedMilliseconds),
  };
}
