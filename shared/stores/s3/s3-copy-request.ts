import type { StorageClass } from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import type { BucketLocation, NotedUpload } from '../../model.ts';
import type { Meter } from '../meter.ts';
import { wholeKey } from './s3-key.ts';
import { STANDARD } from './s3-object.ts';

/** What must stand under the key that is written. */
export type Expected = { readonly kind: 'absent' } | { readonly kind: 'etag'; readonly etag: string };

/** Remembers multipart copies, each before it begins: another worker goes on with them, and none is left behind. */
export interface UploadLog {
  /** Those of a key that may be gone on with. */
  openOf(key: string): Promise<readonly NotedUpload[]>;
  note(key: string, digest: string): Promise<NotedUpload>;
  update(upload: NotedUpload): Promise<void>;
  forget(upload: NotedUpload): Promise<void>;
  all(): AsyncIterable<NotedUpload>;
}

export interface CopyProps {
  readonly client: S3;
  readonly from: BucketLocation;
  readonly to: BucketLocation;
  /** Larger objects are copied in parts, unless only their ETags prove copies equal. S3 allows up to 5 GB. */
  readonly singleBytes: number;
  /** Size of a part, where the object has no layout of its own that is kept. */
  readonly partBytes: number;
  readonly uploads: UploadLog;
  /** Asked for the bytes that are copied. The client asks for its requests. */
  readonly meter?: Meter | undefined;
}

const GIGABYTE = 1024 ** 3;

/** How a store copies from the other side. */
export function copyingOf({
  client,
  location,
  other,
  singleBytes = GIGABYTE,
  partBytes = GIGABYTE / 4,
  uploads,
  meter,
}: Pick<CopyProps, 'client' | 'uploads' | 'meter'> &
  Partial<Pick<CopyProps, 'singleBytes' | 'partBytes'>> & {
    readonly location: BucketLocation;
    readonly other: BucketLocation;
  }): CopyProps {
  return { client, from: other, to: location, singleBytes, partBytes, uploads, meter };
}

/** The precondition of whatever creates an object. */
export function precondition(
  expected: Expected,
): { readonly IfNoneMatch: '*' } | { readonly IfMatch: string } {
  return expected.kind === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: expected.etag };
}

/** Names the storage class where it is not what S3 takes by itself. */
export function storageClassOf(storageClass: string): { readonly StorageClass?: StorageClass } {
  return storageClass === STANDARD ? {} : { StorageClass: storageClass as StorageClass };
}

/** The object that is written, as requests name it. */
export function target({ to }: Pick<CopyProps, 'to'>, key: string) {
  return { Bucket: to.bucket, Key: wholeKey(to, key) };
}
