import type {
  UploadPartCommandInput,
  UploadPartCommandOutput,
  UploadPartCopyCommandInput,
  UploadPartCopyCommandOutput,
} from '@aws-sdk/client-s3';
import type { Answer, Effect } from '../service.ts';
import type { Bucket } from './bucket.ts';
import { fullChecksum, partChecksumFields } from './checksums.ts';
import { invalid, noSuchUpload, unsatisfiable } from './errors.ts';
import { plainETag, quoted } from './etags.ts';
import { wholeSeconds } from './object-answers.ts';
import { copySource } from './reading.ts';
import { bytesOf } from './request-content.ts';
import type { Storage } from './storage.ts';
import type { Upload, UploadedPart } from './upload.ts';
import { openUpload } from './upload-commands.ts';

const MOST_PARTS = 10_000;

export function* uploadPart(
  storage: Storage,
  input: UploadPartCommandInput,
): Effect<Answer<UploadPartCommandOutput>> {
  const bucket = storage.bucket(input.Bucket);
  const number = partNumber(input.PartNumber);
  const upload = openUpload(bucket, input);
  if (input.ChecksumAlgorithm !== undefined && input.ChecksumAlgorithm !== upload.algorithm)
    throw invalid(
      'InvalidRequest',
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm}, actual checksum Type: ${input.ChecksumAlgorithm}`,
    );
  yield 'whole';
  const part = addPart(storage, bucket, upload, number, bytesOf(input.Body));
  return { ETag: quoted(part.etag), ...partChecksumFields(part.checksum) };
}

/** Reads its source when it begins, and takes effect later. It has no precondition on the upload's side. */
export function* uploadPartCopy(
  storage: Storage,
  input: UploadPartCopyCommandInput,
): Effect<Answer<UploadPartCopyCommandOutput>> {
  const bucket = storage.bucket(input.Bucket);
  const number = partNumber(input.PartNumber);
  const upload = openUpload(bucket, input);
  const source = copySource(storage, input);
  const body = ranged(storage, source.body, input.CopySourceRange);
  yield 'lasting';
  const part = addPart(storage, bucket, upload, number, body);
  return {
    CopyPartResult: {
      ETag: quoted(part.etag),
      LastModified: wholeSeconds(part.lastModifiedMilliseconds),
      ...partChecksumFields(part.checksum),
    },
    ...(source.versionId ? { CopySourceVersionId: source.versionId } : {}),
  };
}

/** A part of the same number is replaced. One that was under way at the abort may bring the upload back. */
function addPart(
  storage: Storage,
  bucket: Bucket,
  upload: Upload,
  number: number,
  body: Uint8Array,
): UploadedPart {
  if (!bucket.openUploads.has(upload.id)) {
    if (!upload.aborted || !storage.dice.strikes('partOutlivesAbort')) throw noSuchUpload();
    bucket.openUploads.set(upload.id, upload);
  }
  const part: UploadedPart = {
    number,
    body,
    etag: plainETag(body, upload.said.settings, storage.random),
    checksum: fullChecksum(upload.algorithm, body),
    lastModifiedMilliseconds: storage.now,
  };
  upload.parts.set(number, part);
  return part;
}

function partNumber(number: number | undefined): number {
  if (number === undefined || number < 1 || number > MOST_PARTS)
    throw invalid(
      'InvalidArgument',
      `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive: ${number}`,
    );
  return number;
}

const RANGE = /^bytes=(\d+)-(\d+)$/;

/** The bytes of a source that a part takes. */
function ranged({ limits }: Storage, body: Uint8Array, range: string | undefined): Uint8Array {
  const part = range === undefined ? body : partOf(body, range, limits.minPartBytes);
  if (part.length > limits.copyBytes)
    throw invalid('InvalidRequest', `The specified copy source is larger than ${limits.copyBytes}`);
  return part;
}

/** Ranges are for sources above the least size of a part (API reference, UploadPartCopy). */
function partOf(body: Uint8Array, range: string, minBytes: number): Uint8Array {
  const [, first = '', last = ''] = RANGE.exec(range) ?? [];
  if (!first || Number(first) > Number(last))
    throw invalid(
      'InvalidArgument',
      `The x-amz-copy-source-range value must be of the form bytes=first-last: ${range}`,
    );
  if (Number(last) >= body.length)
    throw unsatisfiable(`Range specified is not valid for source object of size: ${body.length}`);
  if (body.length <= minBytes)
    throw invalid('InvalidRequest', 'The specified copy source is too small for a range of it');
  return body.subarray(Number(first), Number(last) + 1);
}
