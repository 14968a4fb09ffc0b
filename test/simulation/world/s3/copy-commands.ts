import type { CopyObjectCommandInput, CopyObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Answer, Effect } from '../service.ts';
import { algorithmOf, checksumFields, fullChecksum } from './checksums.ts';
import { invalid } from './errors.ts';
import { plainETag, quoted } from './etags.ts';
import { versionOf, wholeSeconds } from './object-answers.ts';
import { judgement } from './preconditions.ts';
import { copySource } from './reading.ts';
import { contentOf, keyOf, saidOf, tagsOf } from './request-content.ts';
import type { Storage } from './storage.ts';

/**
 * Reads its source when it begins, and takes effect later: the source's precondition is judged then, the
 * destination's now. The copy is an object of one piece, however its source was uploaded.
 */
export function* copyObject(
  storage: Storage,
  input: CopyObjectCommandInput,
): Effect<Answer<CopyObjectCommandOutput>> {
  const bucket = storage.bucket(input.Bucket);
  const key = keyOf(input);
  const source = copySource(storage, input);
  const { body } = source;
  if (body.length > storage.limits.copyBytes)
    throw invalid(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${storage.limits.copyBytes}`,
    );
  if (source.bucket === bucket.name && source.key === key) checkCopyToItself(input);
  const judge = judgement(storage, bucket, key, input);
  yield 'lasting';
  judge();
  const said = saidOf(bucket, input, storage.now);
  const object = bucket.put(
    {
      key,
      body,
      etag: plainETag(body, said.settings, storage.random),
      content: input.MetadataDirective === 'REPLACE' ? contentOf(input) : source.content,
      ...said,
      tags: input.TaggingDirective === 'REPLACE' ? tagsOf(input.Tagging) : source.tags,
      checksum: fullChecksum(algorithmOf(input.ChecksumAlgorithm, source.checksum?.algorithm), body),
    },
    'CopyObject',
  );
  return {
    CopyObjectResult: {
      ETag: quoted(object.etag),
      LastModified: wholeSeconds(object.lastModifiedMilliseconds),
      ...checksumFields(object.checksum),
    },
    ...(source.versionId ? { CopySourceVersionId: source.versionId } : {}),
    ...versionOf(object),
  };
}

/** It has to change something (API reference, CopyObject). */
function checkCopyToItself(input: CopyObjectCommandInput): void {
  const { MetadataDirective, StorageClass, WebsiteRedirectLocation, ServerSideEncryption } = input;
  if (MetadataDirective === 'REPLACE' || StorageClass || WebsiteRedirectLocation || ServerSideEncryption)
    return;
  throw invalid(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
