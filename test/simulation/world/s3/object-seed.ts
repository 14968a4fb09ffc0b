import type { ChecksumType } from '@aws-sdk/client-s3';
import type { Bucket, ObjectDraft } from './bucket.ts';
import {
  type Algorithm,
  type Checksum,
  compositeChecksum,
  DEFAULT_ALGORITHM,
  fullChecksum,
  typeOfUpload,
} from './checksums.ts';
import { multipartETag, plainETag } from './etags.ts';
import type { AclInput } from './grants.ts';
import type { LockInput } from './locks.ts';
import { bytesOf, contentOf, saidOf } from './request-content.ts';
import type { Storage } from './storage.ts';
import type { Content, Settings, Tags } from './stored-object.ts';

/** An object that is simply there, however it came to be. */
export interface ObjectSeed {
  readonly key: string;
  readonly body: string | Uint8Array;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Content headers, storage class, website redirect, ACL, lock and encryption, in the names of PutObject. */
  readonly headers?: Omit<Content, 'Metadata'> & Settings & AclInput & LockInput;
  readonly tags?: Tags;
  /** The sizes of the parts in which it was uploaded. @default in one piece */
  readonly parts?: readonly number[];
  /** `none`: as objects from before December 2024 may be. @default CRC64NVME */
  readonly checksum?: { readonly algorithm: Algorithm; readonly type?: ChecksumType } | 'none';
}

export function draftOf(storage: Storage, bucket: Bucket, seed: ObjectSeed): ObjectDraft {
  const { key, headers = {}, metadata = {}, parts: sizes, tags = {} } = seed;
  const body = bytesOf(seed.body);
  const said = saidOf(bucket, headers, storage.now);
  const { settings } = said;
  const carried = {
    key,
    body,
    content: contentOf({ ...headers, Metadata: { ...metadata } }),
    ...said,
    tags,
  };
  if (!sizes) {
    const checksum = seed.checksum === 'none' ? undefined : fullChecksum(algorithmOf(seed), body);
    return { ...carried, etag: plainETag(body, settings, storage.random), ...(checksum ? { checksum } : {}) };
  }
  const bodies = divided(body, sizes);
  const checksum = checksumOfParts(seed, body, bodies);
  return {
    ...carried,
    etag: multipartETag(bodies, settings, storage.random),
    ...(checksum ? { checksum } : {}),
    parts: bodies.map((part, index) => ({
      number: index + 1,
      bytes: part.length,
      ...(checksum ? { checksum: fullChecksum(checksum.algorithm, part) } : {}),
    })),
  };
}

function algorithmOf({ checksum }: ObjectSeed): Algorithm {
  return checksum === undefined || checksum === 'none' ? DEFAULT_ALGORITHM : checksum.algorithm;
}

function checksumOfParts(
  seed: ObjectSeed,
  body: Uint8Array,
  bodies: readonly Uint8Array[],
): Checksum | undefined {
  if (seed.checksum === 'none') return undefined;
  const algorithm = algorithmOf(seed);
  return typeOfUpload(algorithm, seed.checksum?.type) === 'FULL_OBJECT'
    ? fullChecksum(algorithm, body)
    : compositeChecksum(
        algorithm,
        bodies.map((part) => fullChecksum(algorithm, part).value),
      );
}

function divided(body: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== body.length)
    throw new Error(`an object of ${body.length} bytes has no parts of ${sizes.join(' + ')} bytes`);
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return body.subarray(start - size, start);
  });
}
