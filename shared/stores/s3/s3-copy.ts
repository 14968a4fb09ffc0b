import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { refusalOfGrants } from './s3-acl.ts';
import { type CopyProps, type Expected, precondition, storageClassOf } from './s3-copy-request.ts';
import { type ObjectOutcome, outcomeOf } from './s3-errors.ts';
import { copySource, wholeKey } from './s3-key.ts';
import { lockParameters } from './s3-lock.ts';
import { meteredCopy } from './s3-metered.ts';
import { copyInParts } from './s3-multipart.ts';
import { isInParts, isSummedInParts, type S3Object } from './s3-object.ts';

/** As much as S3 copies at once (Amazon S3 API Reference, CopyObject). */
const MOST_AT_ONCE_BYTES = 5 * 1024 ** 3;

/**
 * Copies an object on the server's side, if it still is as it was seen on one side, and what stands on the other is
 * what is expected.
 */
export async function copyObject(
  props: CopyProps,
  object: S3Object,
  expected: Expected,
): Promise<ObjectOutcome> {
  if (object.unreadable) return { kind: 'rejected', reason: object.unreadable };
  if (wholeKey(props.to, object.key) === '')
    return { kind: 'rejected', reason: 'it is named as its prefix is, and has no name without one' };
  try {
    return await (goesInParts(props, object)
      ? copyInParts(props, object, expected)
      : meteredCopy(props.meter, object.bytes, () => copyAtOnce(props, object, expected)));
  } catch (error) {
    const refusal = refusalOfGrants(object.grants, error);
    if (!refusal) throw error;
    return refusal;
  }
}

/**
 * Whether an object is copied in parts, so that all that it carries has to be known. One without a checksum that any
 * copy keeps is copied as it was uploaded, if S3 allows it, in parts or at once: only so the copy gets the same ETag,
 * which proves it equal without a byte being read.
 */
export function goesInParts({ singleBytes }: Pick<CopyProps, 'singleBytes'>, object: S3Object): boolean {
  if (object.checksums.some(isSummedInParts)) return object.bytes > singleBytes;
  return isInParts(object) ? object.bytes > 0 : object.bytes > MOST_AT_ONCE_BYTES;
}

/**
 * CopyObject takes along metadata, content headers, tags and checksum; storage class, website redirect, grants and lock
 * have to be sent (Amazon S3 API Reference, CopyObject).
 */
function copyAtOnce(
  { client, from, to }: CopyProps,
  { key, etag, grants, headers, lock, named, storageClass }: S3Object,
  expected: Expected,
): Promise<ObjectOutcome> {
  const { WebsiteRedirectLocation } = headers;
  return outcomeOf(
    client.send(
      new CopyObjectCommand({
        Bucket: to.bucket,
        Key: wholeKey(to, key),
        CopySource: copySource(from, key, named),
        CopySourceIfMatch: etag,
        ...precondition(expected),
        ...(WebsiteRedirectLocation === undefined ? {} : { WebsiteRedirectLocation }),
        ...storageClassOf(storageClass),
        ...grants,
        ...lockParameters(lock),
      }),
    ),
  );
}
