import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CopyPartResult,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type Part,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { NotedUpload } from '../../model.ts';
import { inParallel } from '../../parallel.ts';
import { type CopyProps, type Expected, precondition, storageClassOf } from './s3-copy-request.ts';
import { isChanged, type ObjectOutcome, outcomeOf, refusalOf } from './s3-errors.ts';
import { copySource, decodeListed, wholeKey } from './s3-key.ts';
import { CHECKSUM_ALGORITHMS, type S3Object } from './s3-object.ts';
import { partSizes } from './s3-parts.ts';

const PARTS_IN_FLIGHT = 8;

/** An upload that has been begun. */
type OpenUpload = Required<NotedUpload>;

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
  try {
    const sizes = await partSizes(props, object);
    const digest = createHash('sha256')
      .update(JSON.stringify([object, sizes]))
      .digest('hex');
    const noted = await notedUpload(props, object.key, digest);
    const upload = noted ?? (await begin(props, object, digest));
    const there = noted ? await partsOf(props, object, noted, sizes) : new Map<number, CompletedPart>();
    const parts = await copyParts(props, object, upload, sizes, there);
    const outcome = await outcomeOf(
      props.client.send(
        new CompleteMultipartUploadCommand({
          ...target(props, object.key),
          UploadId: upload.uploadId,
          MultipartUpload: { Parts: parts },
          ...precondition(expected),
        }),
      ),
    );
    if (outcome.kind === 'written') await props.uploads.forget(object.key);
    else await abortNoted(props, object.key, upload);
    return outcome;
  } catch (error) {
    const outcome = refusalOf(error);
    // What was copied so far is noted: whoever comes next goes on with it.
    if (!outcome) throw error;
    const upload = await props.uploads.find(object.key);
    if (upload) await abortNoted(props, object.key, upload);
    return outcome;
  }
}

/**
 * Aborts a multipart copy that is not wanted any more, with all its parts. Where its id was not noted every upload of
 * the key is aborted: nobody but the migrator writes the passive side.
 */
async function abortNoted(props: CopyProps, key: string, { uploadId }: NotedUpload): Promise<void> {
  const ids = uploadId === undefined ? await uploadsOf(props, key) : [uploadId];
  for (const id of ids) {
    await props.uploads.noteAborted(key, id);
    await abort(props, key, id);
  }
  await props.uploads.forget(key);
}

type UploadTarget = Pick<CopyProps, 'client' | 'to'>;

/**
 * Ends an upload that may have parts left, once nobody works on it any more: AWS may bring one back by a part that was
 * on its way when it was aborted (Amazon S3 API Reference, AbortMultipartUpload).
 */
export async function endUpload(props: UploadTarget, key: string, upload: NotedUpload): Promise<void> {
  const ids = upload.uploadId === undefined ? await uploadsOf(props, key) : [upload.uploadId];
  for (const id of ids) await abort(props, key, id);
}

async function abort(props: UploadTarget, key: string, id: string): Promise<void> {
  try {
    await props.client.send(new AbortMultipartUploadCommand({ ...target(props, key), UploadId: id }));
  } catch (error) {
    if (!isChanged(error)) throw error;
  }
}

/** The uploads of one key. They are listed by their keys, and the key itself comes before those that begin like it. */
async function uploadsOf(props: UploadTarget, key: string): Promise<string[]> {
  const { Bucket, Key } = target(props, key);
  const ids: string[] = [];
  for (let marker: { KeyMarker?: string; UploadIdMarker?: string } = {}; ; ) {
    const {
      Uploads = [],
      IsTruncated,
      NextKeyMarker = '',
      NextUploadIdMarker = '',
    } = await props.client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: Key, EncodingType: 'url', ...marker }),
    );
    const own = Uploads.filter((upload) => decodeListed(upload.Key ?? '') === Key);
    ids.push(...own.map(({ UploadId = '' }) => UploadId));
    if (!IsTruncated || own.length < Uploads.length) return ids;
    marker = { KeyMarker: decodeListed(NextKeyMarker), UploadIdMarker: NextUploadIdMarker };
  }
}

/** The upload that another worker has begun for this very object. One for another object is of no use any more. */
async function notedUpload(props: CopyProps, key: string, digest: string): Promise<OpenUpload | undefined> {
  const upload = await props.uploads.find(key);
  if (!upload) return undefined;
  if (upload.uploadId !== undefined && upload.digest === digest) return { uploadId: upload.uploadId, digest };
  await abortNoted(props, key, upload);
  return undefined;
}

async function begin(props: CopyProps, object: S3Object, digest: string): Promise<OpenUpload> {
  await props.uploads.note(object.key, { digest });
  const { UploadId = '' } = await props.client.send(
    new CreateMultipartUploadCommand({ ...target(props, object.key), ...described(object) }),
  );
  const upload = { uploadId: UploadId, digest };
  await props.uploads.note(object.key, upload);
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

/** Parts that are there already, of the size that they must have, by their numbers. */
async function partsOf(
  props: CopyProps,
  { key }: S3Object,
  { uploadId }: OpenUpload,
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
    const { CopyPartResult: result = {} } = await props.client.send(
      new UploadPartCopyCommand({
        ...target(props, object.key),
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

function target({ to }: Pick<CopyProps, 'to'>, key: string) {
  return { Bucket: to.bucket, Key: wholeKey(to, key) };
}
