import type {
  AbortMultipartUploadCommandInput,
  AbortMultipartUploadCommandOutput,
  CreateMultipartUploadCommandInput,
  CreateMultipartUploadCommandOutput,
} from '@aws-sdk/client-s3';
import type { Answer } from '../service.ts';
import type { Bucket } from './bucket.ts';
import { algorithmOf, typeOfUpload } from './checksums.ts';
import { noSuchUpload } from './errors.ts';
import { contentOf, keyOf, saidOf, tagsOf } from './request-content.ts';
import type { Storage } from './storage.ts';
import type { Upload } from './upload.ts';

/** What the object will carry is said here, or not at all: the sources of its parts give their bytes only. */
export function createMultipartUpload(
  storage: Storage,
  input: CreateMultipartUploadCommandInput,
): Answer<CreateMultipartUploadCommandOutput> {
  const bucket = storage.bucket(input.Bucket);
  const key = keyOf(input);
  const algorithm = algorithmOf(input.ChecksumAlgorithm);
  const upload: Upload = {
    id: storage.id('upload'),
    key,
    initiatedMilliseconds: storage.now,
    content: contentOf(input),
    said: saidOf(bucket, input, storage.now),
    tags: tagsOf(input.Tagging),
    algorithm,
    checksumType: typeOfUpload(algorithm, input.ChecksumType),
    parts: new Map(),
    aborted: false,
  };
  bucket.openUploads.set(upload.id, upload);
  return {
    Bucket: bucket.name,
    Key: key,
    UploadId: upload.id,
    ChecksumAlgorithm: upload.algorithm,
    ChecksumType: upload.checksumType,
  };
}

/** Parts that are under way may still arrive. */
export function abortMultipartUpload(
  storage: Storage,
  input: AbortMultipartUploadCommandInput,
): Answer<AbortMultipartUploadCommandOutput> {
  const bucket = storage.bucket(input.Bucket);
  const upload = openUpload(bucket, input);
  bucket.openUploads.delete(upload.id);
  upload.parts.clear();
  upload.aborted = true;
  return {};
}

/** @throws NoSuchUpload for one that is unknown, complete or aborted, or of another key. */
export function openUpload(
  bucket: Bucket,
  input: { readonly Key: string | undefined; readonly UploadId: string | undefined },
): Upload {
  const upload = bucket.openUploads.get(input.UploadId ?? '');
  if (!upload || upload.key !== keyOf(input)) throw noSuchUpload();
  return upload;
}
