import type {
  ListMultipartUploadsCommandInput,
  ListMultipartUploadsCommandOutput,
  ListPartsCommandInput,
  ListPartsCommandOutput,
} from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import { byUtf8 } from './bucket.ts';
import { partChecksumFields } from './checksums.ts';
import { quoted } from './etags.ts';
import { listedKey } from './list-encoding.ts';
import { wholeSeconds } from './object-answers.ts';
import type { Storage } from './storage.ts';
import { openUpload } from './upload-commands.ts';

export function listParts(storage: Storage, input: ListPartsCommandInput): Answer<ListPartsCommandOutput> {
  const upload = openUpload(storage.bucket(input.Bucket), input);
  const { PartNumberMarker, MaxParts = 1_000 } = input;
  const rest = [...upload.parts.values()]
    .filter(({ number }) => number > Number(PartNumberMarker ?? 0))
    .sort((a, b) => a.number - b.number);
  const page = rest.slice(0, Math.min(MaxParts, storage.limits.pageParts));
  const last = page.at(-1);
  return {
    Bucket: input.Bucket,
    Key: upload.key,
    UploadId: upload.id,
    ...(last
      ? {
          Parts: page.map(({ number, body, etag, checksum, lastModifiedMilliseconds }) => ({
            PartNumber: number,
            Size: body.length,
            ETag: quoted(etag),
            LastModified: wholeSeconds(lastModifiedMilliseconds),
            ...partChecksumFields(checksum),
          })),
          NextPartNumberMarker: String(last.number),
        }
      : {}),
    IsTruncated: page.length < rest.length,
    StorageClass: upload.said.settings.StorageClass,
    ChecksumAlgorithm: upload.algorithm,
    ChecksumType: upload.checksumType,
  };
}

/** In the order of their keys, those of one key in that of their beginning. */
export function listMultipartUploads(
  storage: Storage,
  input: ListMultipartUploadsCommandInput,
): Answer<ListMultipartUploadsCommandOutput> {
  const { Bucket, EncodingType, Prefix = '', KeyMarker = '', UploadIdMarker, MaxUploads = 1_000 } = input;
  const all = storage
    .bucket(Bucket)
    .uploads()
    .filter(({ key }) => key.startsWith(Prefix));
  const marked = all.findIndex(({ id, key }) => key === KeyMarker && id === UploadIdMarker);
  const rest = marked < 0 ? all.filter(({ key }) => byUtf8(key, KeyMarker) > 0) : all.slice(marked + 1);
  const page = rest.slice(0, Math.min(MaxUploads, storage.limits.pageParts));
  const last = page.at(-1);
  return {
    Bucket,
    Prefix: listedKey(Prefix, EncodingType),
    KeyMarker: listedKey(KeyMarker, EncodingType),
    ...(EncodingType ? { EncodingType } : {}),
    ...(last
      ? {
          Uploads: page.map((upload) => ({
            UploadId: upload.id,
            Key: listedKey(upload.key, EncodingType),
            Initiated: wholeSeconds(upload.initiatedMilliseconds),
            StorageClass: upload.said.settings.StorageClass,
            ChecksumAlgorithm: upload.algorithm,
            ChecksumType: upload.checksumType,
          })),
          NextKeyMarker: listedKey(last.key, EncodingType),
          NextUploadIdMarker: last.id,
        }
      : {}),
    IsTruncated: page.length < rest.length,
  };
}
