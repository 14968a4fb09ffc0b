import type {
  CompletedPart,
  CompleteMultipartUploadCommandInput,
  CompleteMultipartUploadCommandOutput,
} from '@aws-sdk/client-s3';
import type { Answer, Effect } from '../service.ts';
import type { Bucket } from './bucket.ts';
import { type Checksum, checksumFields, compositeChecksum, fullChecksum } from './checksums.ts';
import { invalid } from './errors.ts';
import { multipartETag, quoted, unquoted } from './etags.ts';
import { versionOf } from './object-answers.ts';
import { judgement } from './preconditions.ts';
import type { Storage } from './storage.ts';
import type { Upload, UploadedPart } from './upload.ts';
import { openUpload } from './upload-commands.ts';

/**
 * Makes an object of the parts that are named; the others are gone with the upload. A repetition finds no upload: it
 * does not tell whether it was completed or aborted. The object's last modification is the upload's beginning.
 */
export function* completeMultipartUpload(
  storage: Storage,
  input: CompleteMultipartUploadCommandInput,
): Effect<Answer<CompleteMultipartUploadCommandOutput>> {
  const bucket = storage.bucket(input.Bucket);
  const begun = openUpload(bucket, input);
  const judge = judgement(storage, bucket, begun.key, input);
  yield 'whole';
  const upload = openUpload(bucket, input);
  const parts = chosenParts(storage, upload, input.MultipartUpload?.Parts ?? []);
  judgeUpload(storage, bucket, upload, judge);
  const body = Buffer.concat(parts.map((part) => part.body));
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== body.length)
    throw invalid('InvalidRequest', `The provided MpuObjectSize does not match: ${body.length}`);
  bucket.openUploads.delete(upload.id);
  const { content, said, tags } = upload;
  const object = bucket.put(
    {
      key: upload.key,
      body: Uint8Array.from(body),
      etag: multipartETag(
        parts.map((part) => part.body),
        said.settings,
        storage.random,
      ),
      lastModifiedMilliseconds: upload.initiatedMilliseconds,
      content,
      ...said,
      tags,
      checksum: checksumOf(upload, parts, body),
      parts: parts.map((part) => ({
        number: part.number,
        bytes: part.body.length,
        checksum: part.checksum,
      })),
    },
    'CompleteMultipartUpload',
  );
  return {
    Bucket: bucket.name,
    Key: upload.key,
    ETag: quoted(object.etag),
    ...checksumFields(object.checksum),
    ...versionOf(object),
  };
}

/** After a conflict the upload has to be begun anew: whether the old one is still there is not said. */
function judgeUpload(storage: Storage, bucket: Bucket, upload: Upload, judge: () => void): void {
  try {
    judge();
  } catch (error) {
    if ((error as Error).name === 'ConditionalRequestConflict' && storage.random.chance(0.5))
      bucket.openUploads.delete(upload.id);
    throw error;
  }
}

function checksumOf(
  { algorithm, checksumType }: Upload,
  parts: readonly UploadedPart[],
  body: Uint8Array,
): Checksum {
  return checksumType === 'FULL_OBJECT'
    ? fullChecksum(algorithm, body)
    : compositeChecksum(
        algorithm,
        parts.map(({ checksum }) => checksum.value),
      );
}

/** The parts that the request names, once they are what it says they are. */
function chosenParts(
  { limits }: Storage,
  upload: Upload,
  wanted: readonly CompletedPart[],
): readonly UploadedPart[] {
  if (wanted.length === 0)
    throw invalid('MalformedXML', 'The XML you provided was not well-formed: no parts');
  const parts = wanted.map((one, index) => {
    const { PartNumber: number = 0 } = one;
    if (index > 0 && number <= (wanted[index - 1]?.PartNumber ?? 0))
      throw invalid('InvalidPartOrder', 'The list of parts was not in ascending order');
    const part = upload.parts.get(number);
    if (!part || unquoted(one.ETag ?? '') !== part.etag)
      throw invalid('InvalidPart', `One or more of the specified parts could not be found: ${number}`);
    checkPartChecksum(upload, one, part, index);
    return part;
  });
  const small = parts.slice(0, -1).find(({ body }) => body.length < limits.minPartBytes);
  if (small)
    throw invalid(
      'EntityTooSmall',
      `Your proposed upload is smaller than the minimum allowed size: part ${small.number}`,
    );
  return parts;
}

/** A checksum of checksums needs that of each part, and parts that follow one another from the first on. */
function checkPartChecksum(upload: Upload, wanted: CompletedPart, part: UploadedPart, index: number): void {
  const given = wanted[`Checksum${upload.algorithm}`];
  if (given !== undefined && given !== part.checksum.value)
    throw invalid('InvalidPart', `The checksum of part ${part.number} is another one`);
  if (upload.checksumType === 'FULL_OBJECT') return;
  if (given === undefined)
    throw invalid(
      'InvalidRequest',
      `The upload was created using a ${upload.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    );
  if (part.number !== index + 1)
    throw invalid('InvalidPart', 'The parts have to follow one another from 1 on');
}
