import type { ListObjectsV2CommandInput, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { byUtf8 } from './bucket.ts';
import { invalid } from './errors.ts';
import { quoted } from './etags.ts';
import { listedKey } from './list-encoding.ts';
import { wholeSeconds } from './object-answers.ts';
import type { Storage } from './storage.ts';
import type { StoredObject } from './stored-object.ts';

const TOKEN_PREFIX = 'after:';

/**
 * One page of the keys as they are at this moment: it may hold fewer than it could, and pages of one listing may show
 * different moments.
 */
export function listObjects(
  storage: Storage,
  input: ListObjectsV2CommandInput,
): Answer<ListObjectsV2CommandOutput> {
  const { Bucket, ContinuationToken, EncodingType, MaxKeys = 1_000, Prefix = '', StartAfter = '' } = input;
  const after = ContinuationToken === undefined ? StartAfter : positionOf(ContinuationToken);
  const rest = storage
    .bucket(Bucket)
    .objects()
    .filter(({ key }) => key.startsWith(Prefix) && byUtf8(key, after) > 0);
  const most = Math.min(MaxKeys, storage.limits.pageKeys);
  const page = rest.slice(0, rest.length > 0 && most > 0 ? storage.random.int(1, most) : 0);
  const last = page.at(-1);
  return {
    Name: Bucket,
    Prefix: listedKey(Prefix, EncodingType),
    ...(EncodingType ? { EncodingType } : {}),
    MaxKeys,
    KeyCount: page.length,
    IsTruncated: last !== undefined && page.length < rest.length,
    // The SDK leaves out a list that has nothing in it.
    ...(last
      ? { Contents: page.map((object) => ({ ...listed(object), Key: listedKey(object.key, EncodingType) })) }
      : {}),
    ...(last && page.length < rest.length ? { NextContinuationToken: tokenAfter(last.key) } : {}),
    ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    ...(StartAfter ? { StartAfter: listedKey(StartAfter, EncodingType) } : {}),
  };
}

function listed({ body, etag, checksum, lastModifiedMilliseconds, settings }: StoredObject): object {
  return {
    Size: body.length,
    ETag: quoted(etag),
    LastModified: wholeSeconds(lastModifiedMilliseconds),
    StorageClass: settings.StorageClass,
    ...(checksum ? { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type } : {}),
  };
}

function tokenAfter(key: string): string {
  return Buffer.from(`${TOKEN_PREFIX}${key}`).toString('base64url');
}

function positionOf(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(TOKEN_PREFIX))
    throw invalid('InvalidArgument', 'The continuation token provided is incorrect');
  return text.slice(TOKEN_PREFIX.length);
}
