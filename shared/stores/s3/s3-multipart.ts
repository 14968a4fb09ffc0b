import { createHash } from 'node:crypto';
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CopyPartResult,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListPartsCommand,
  type Part,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { NotedUpload } from '../../model.ts';
import { inParallel } from '../../parallel.ts';
import { type CopyProps, type Expected, precondition, storageClassOf, target } from './s3-copy-request.ts';
import { type ObjectOutcome, outcomeOf, refusalOf } from './s3-errors.ts';
import { copySource } from './s3-key.ts';
import { abortUpload } from './s3-left-uploads.ts';
import { lockParameters } from './s3-lock.ts';
import { spendBytes } from './s3-metered.ts';
import { CHECKSUM_ALGORITHMS, isSummedInParts, type S3Object } from './s3-object.ts';
import { partSizes } from './s3-parts.ts';

const PARTS_IN_FLIGHT = 8;

/** An upload that has begun. */
type OpenUpload = NotedUpload & Required<Pick<NotedUpload, 'uploadId'>>;

/**
 * Copies an object in parts, each on the server's side and only if the object still is as it was seen. It carries
 * nothing by itself: metadata, headers, tags, storage class, grants, lock and kind of checksum are sent with its
 * beginning; the precondition of the target with its end, where it decides. Parts that an earlier worker has copied are
 * used.
 */
export async function copyInParts(
  props: CopyProps,
  object: S3Object,
  expected: Expected,
): Promise<ObjectOutcome> {
  const { Expires } = object.headers;
  if (Expires !== undefined && new Date(Expires).toUTCString() !== Expires)
    return { kind: 'rejected', reason: `its header Expires is no date: "${Expires}" can't travel in parts` };
  let upload: OpenUpload | undefined;
  try {
    const sizes = await partSizes(props, object);
    const digest = createHash('sha256')
      .update(JSON.stringify([object, sizes, ...onto(object, expected)]))
      .digest('hex');
    const open = (await props.uploads.openOf(object.key)).filter(isBegun);
    const before = open.find((one) => one.digest === digest);
    upload = before ?? (await begin(props, object, digest));
    const there = before ? await partsOf(props, before, sizes) : new Map<number, CompletedPart>();
    const parts = await copyParts(props, object, upload, sizes, there);
    const outcome = await complete(props, upload, parts, expected);
    if (outcome.kind !== 'written' || upload.others) await giveUp(props, upload);
    else await props.uploads.forget(upload);
    return outcome;
  } catch (error) {
    const outcome = refusalOf(error);
    // What was copied so far is noted: whoever comes next goes on with it.
    if (!outcome) throw error;
    if (upload) await giveUp(props, upload);
    return outcome;
  }
}

/**
 * A version takes its place among others when its upload begins (User Guide, "Concurrent multipart upload operations"):
 * one that was begun upon another version is not gone on with.
 */
function onto({ named }: S3Object, expected: Expected): Expected[] {
  return named === undefined ? [] : [expected];
}

function isBegun(upload: NotedUpload): upload is OpenUpload {
  return upload.uploadId !== undefined;
}

async function begin(props: CopyProps, object: S3Object, digest: string): Promise<OpenUpload> {
  const noted = await props.uploads.note(object.key, digest);
  const { UploadId = '', $metadata } = await props.client.send(
    new CreateMultipartUploadCommand({ ...target(props, object.key), ...described(object) }),
  );
  const others = ($metadata.attempts ?? 1) > 1;
  const upload = { ...noted, uploadId: UploadId, ...(others ? { others } : {}) };
  await props.uploads.update(upload);
  return upload;
}

function complete(
  props: CopyProps,
  { key, uploadId }: OpenUpload,
  parts: CompletedPart[],
  expected: Expected,
): Promise<ObjectOutcome> {
  return outcomeOf(
    props.client.send(
      new CompleteMultipartUploadCommand({
        ...target(props, key),
        UploadId: uploadId,
        MultipartUpload: { Parts: parts },
        ...precondition(expected),
      }),
    ),
  );
}

/** Gives up a copy that is not wanted any more. It stays noted, for something of it may be left all the same. */
async function giveUp(props: CopyProps, upload: OpenUpload): Promise<void> {
  await props.uploads.update({ ...upload, left: true });
  await abortUpload(props, upload.key, upload.uploadId);
}

/** What CopyObject would take along by itself. */
function described({
  checksums,
  grants,
  headers,
  lock,
  metadata,
  storageClass,
  tags,
}: S3Object): Omit<CreateMultipartUploadCommandInput, 'Bucket' | 'Key'> {
  const { Expires, ...texts } = headers;
  const checksum = checksums.find((one) => one.type === 'COMPOSITE' || isSummedInParts(one));
  return {
    ...texts,
    ...(Expires === undefined ? {} : { Expires: new Date(Expires) }),
    Metadata: { ...metadata },
    ...(Object.keys(tags).length > 0 ? { Tagging: tagging(tags) } : {}),
    ...storageClassOf(storageClass),
    ...grants,
    ...lockParameters(lock),
    ...(checksum ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type } : {}),
  };
}

/** Tags as the parameters of a query. */
function tagging(tags: S3Object['tags']): string {
  return Object.entries(tags)
    .map((tag) => tag.map(encodeURIComponent).join('='))
    .join('&');
}

/** Parts that are there already, of the size that they must have, by their numbers. */
async function partsOf(
  props: CopyProps,
  { key, uploadId }: OpenUpload,
  sizes: readonly number[],
): Promise<Map<number, CompletedPart>> {
  const found = new Map<number, CompletedPart>();
  let marker: string | undefined;
  do {
    const {
      Parts = [],
      IsTruncated,
      NextPartNumberMarker,
    } = await props.client.send(
      new ListPartsCommand({
        ...target(props, key),
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
  return found;
}

function copyParts(
  props: CopyProps,
  object: S3Object,
  { uploadId }: OpenUpload,
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
    await spendBytes(props.meter, last - first + 1);
    const { CopyPartResult: result = {} } = await props.client.send(
      new UploadPartCopyCommand({
        ...target(props, object.key),
        UploadId: uploadId,
        PartNumber: number,
        CopySource: copySource(props.from, object.key, object.named),
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
