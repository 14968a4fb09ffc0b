import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CopyPartResult,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListPartsCommand,
  type Part,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { inParallel } from '../../parallel.ts';
import {
  type CopyProps,
  type Expected,
  type NotedUpload,
  precondition,
  storageClassOf,
} from './s3-copy-request.ts';
import { isChanged, type ObjectOutcome, outcomeOf } from './s3-errors.ts';
import { copySource, wholeKey } from './s3-key.ts';
import { CHECKSUM_ALGORITHMS, type S3Object } from './s3-object.ts';
import { partSizes } from './s3-parts.ts';

const PARTS_IN_FLIGHT = 8;

/**
 * Copies an object in parts, each on the server's side and only if the object still is as it was seen. It carries
 * nothing by itself: metadata, headers, tags, storage class and kind of checksum are sent with its beginning; the
 * precondition of the target with its end, where it decides. Parts that an earlier worker has copied are used.
 */
export async function copyInParts(
  props: CopyProps,
  object: S3Object,
  expected: Expected,
): Promise<ObjectOutcome> {
  let upload: NotedUpload | undefined;
  try {
    const sizes = await partSizes(props, object);
    const digest = createHash('sha256')
      .update(JSON.stringify([object, sizes]))
      .digest('hex');
    const copied = new Map<number, CompletedPart>();
    upload = await noted(props, object, digest);
    if (upload) await findParts(props, object, upload, sizes, copied);
    else upload = await begin(props, object, digest);
    const parts = await copyParts(props, object, upload, sizes, copied);
    const outcome = await outcomeOf(
      props.client.send(
        new CompleteMultipartUploadCommand({
          ...target(props, object),
          UploadId: upload.uploadId,
          MultipartUpload: { Parts: parts },
          ...precondition(expected),
        }),
      ),
    );
    if (outcome.kind === 'written') await props.uploads?.forget(object.key, upload);
    else await abortUpload(props, object.key, upload);
    return outcome;
  } catch (error) {
    const isOver = isChanged(error);
    // Without a log nobody could go on with it.
    if (upload && (isOver || !props.uploads)) await abortUpload(props, object.key, upload);
    if (isOver) return { kind: 'changed' };
    throw error;
  }
}

/** Ends a multipart copy that is not wanted any more, and leaves no part of it behind. */
export async function abortUpload(
  props: Pick<CopyProps, 'client' | 'to' | 'uploads'>,
  key: string,
  upload: NotedUpload,
): Promise<void> {
  try {
    await props.client.send(
      new AbortMultipartUploadCommand({ ...target(props, { key }), UploadId: upload.uploadId }),
    );
  } catch (error) {
    if (!isChanged(error)) throw error;
  }
  await props.uploads?.forget(key, upload);
}

/** The upload that another worker has begun for this very object. One for another object is of no use any more. */
async function noted(props: CopyProps, { key }: S3Object, digest: string): Promise<NotedUpload | undefined> {
  const upload = await props.uploads?.find(key);
  if (!upload || upload.digest === digest) return upload;
  await abortUpload(props, key, upload);
  return undefined;
}

async function begin(props: CopyProps, object: S3Object, digest: string): Promise<NotedUpload> {
  const { UploadId = '' } = await props.client.send(
    new CreateMultipartUploadCommand({ ...target(props, object), ...described(object) }),
  );
  const upload = { uploadId: UploadId, digest };
  await props.uploads?.note(object.key, upload);
  return upload;
}

/** What CopyObject would take along by itself. */
function described({
  checksums,
  headers,
  metadata,
  storageClass,
  tags,
}: S3Object): Omit<CreateMultipartUploadCommandInput, 'Bucket' | 'Key'> {
  const { Expires, ...texts } = headers;
  const [checksum] = checksums;
  return {
    ...texts,
    ...(Expires === undefined ? {} : { Expires: new Date(Expires) }),
    Metadata: { ...metadata },
    ...(Object.keys(tags).length > 0 ? { Tagging: new URLSearchParams(tags).toString() } : {}),
    ...storageClassOf(storageClass),
    ...(checksum ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type } : {}),
  };
}

/** Parts that are there already, of the size that they must have. */
async function findParts(
  props: CopyProps,
  object: S3Object,
  { uploadId }: NotedUpload,
  sizes: readonly number[],
  found: Map<number, CompletedPart>,
): Promise<void> {
  let marker: string | undefined;
  do {
    const {
      Parts = [],
      IsTruncated,
      NextPartNumberMarker,
    } = await props.client.send(
      new ListPartsCommand({
        ...target(props, object),
        UploadId: uploadId,
        ...(marker === undefined ? {} : { PartNumberMarker: marker }),
      }),
    );
    for (const part of Parts) {
      const { PartNumber = 0, Size } = part;
      if (Size === sizes[PartNumber - 1]) found.set(PartNumber, completed(PartNumber, part));
    }
    marker = IsTruncated ? NextPartNumberMarker : undefined;
  } while (marker !== undefined);
}

function copyParts(
  props: CopyProps,
  object: S3Object,
  { uploadId }: NotedUpload,
  sizes: readonly number[],
  there: ReadonlyMap<number, CompletedPart>,
): Promise<CompletedPart[]> {
  let start = 0;
  const ranges = sizes.map((size, index) => {
    const first = start;
    start += size;
    return { number: index + 1, first, last: start - 1 };
  });
  return inParallel(ranges, PARTS_IN_FLIGHT, async ({ number, first, last }) => {
    const before = there.get(number);
    if (before) return before;
    const { CopyPartResult: result = {} } = await props.client.send(
      new UploadPartCopyCommand({
        ...target(props, object),
        UploadId: uploadId,
        PartNumber: number,
        CopySource: copySource(props.from, object.key),
        CopySourceIfMatch: object.etag,
        // A range is refused for objects of up to 5 MB, which have one part (API Reference, UploadPartCopy).
        ...(sizes.length > 1 ? { CopySourceRange: `bytes=${first}-${last}` } : {}),
      }),
    );
    return completed(number, result);
  });
}

/** A part as the end of the upload names it, with the checksum that was computed of it. */
function completed(number: number, part: CopyPartResult | Part): CompletedPart {
  const checksums = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const name = `Checksum${algorithm}` as const;
    return part[name] === undefined ? [] : [[name, part[name]]];
  });
  return { PartNumber: number, ETag: part.ETag, ...Object.fromEntries(checksums) };
}

function target({ to }: Pick<CopyProps, 'to'>, { key }: Pick<S3Object, 'key'>) {
  return { Bucket: to.bucket, Key: wholeKey(to, key) };
}
