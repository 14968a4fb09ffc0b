import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Bench } from './judge.ts';
import { answerOf, type Observation } from './observation.ts';
import { createBucket, LEAST_PART_BYTES, OTHER_ETAG, type TestBucket } from './test-bucket.ts';

const BODIES = ['x'.repeat(LEAST_PART_BYTES), 'tail'];
const BYTES = LEAST_PART_BYTES + 4;

export const tagsOfUpload: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.upload('k', BODIES, { create: { Tagging: 'colour=blue%20sky' } });
  return (await bucket.tags('k')).colour === 'blue sky' ? 'kept' : 'lost';
};

/** The CRC of the whole comes from two ways of upload alike: in one piece, and in parts. */
export const fullObjectChecksumOfUpload: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('one piece', BODIES.join(''), { ChecksumAlgorithm: 'CRC64NVME' });
  await bucket.upload('k', BODIES, {
    create: { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' },
  });
  const [whole, parts] = [await bucket.head('one piece'), await bucket.head('k')];
  const isSame = parts.ChecksumCRC64NVME === whole.ChecksumCRC64NVME && parts.ChecksumType === 'FULL_OBJECT';
  return isSame ? 'of the whole object' : 'of the parts';
};

export const compositeChecksumOfUpload: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.upload('k', BODIES, { create: { ChecksumAlgorithm: 'SHA256' } });
  const { ChecksumSHA256, ChecksumType } = await bucket.head('k');
  return `${ChecksumType}, ${ChecksumSHA256?.endsWith('-2') ? 'with' : 'without'} the number of parts`;
};

export const checksumThatNobodyAskedFor: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('from', BODIES.join(''));
  await copyInParts(bench, bucket, 'k');
  return (await bucket.head('k')).ChecksumCRC64NVME ? 'CRC64NVME' : 'none';
};

export const etagOfSameParts: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  const etag = await bucket.upload('from', BODIES);
  await copyInParts(bench, bucket, 'k');
  return (await bucket.head('k')).ETag === etag ? 'that of the source' : 'another one';
};

export const partOfOtherETag: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('from', BODIES.join(''));
  return answerOf(copyInParts(bench, bucket, 'k', { CopySourceIfMatch: OTHER_ETAG }));
};

/** Whether a part has its own checksum or that of the object that it was copied from, by the same algorithm. */
export const checksumOfCopiedPart: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('from', BODIES.join(''), { ChecksumAlgorithm: 'CRC32' });
  await bucket.put('tail', BODIES[1], { ChecksumAlgorithm: 'CRC32' });
  const [whole, tail] = [await bucket.head('from'), await bucket.head('tail')];
  const [, part] = await copyInParts(bench, bucket, 'k', {}, { ChecksumAlgorithm: 'CRC32' });
  if (part?.ChecksumCRC32 === whole.ChecksumCRC32) return 'that of the source';
  return part?.ChecksumCRC32 === tail.ChecksumCRC32 ? 'its own' : 'none';
};

export const smallPart: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  return answerOf(bucket.upload('k', ['x'.repeat(LEAST_PART_BYTES - 1), 'tail']));
};

export const headOfPart: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.upload('k', BODIES);
  const { ContentLength, PartsCount } = await bucket.head('k', { PartNumber: 2 });
  return `${ContentLength} bytes, ${PartsCount ?? 'unknown number of'} parts`;
};

export const sizesOfParts: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.upload('k', BODIES, { create: { ChecksumAlgorithm: 'SHA256' } });
  const request = new GetObjectAttributesCommand({
    Bucket: bucket.name,
    Key: 'k',
    ObjectAttributes: ['ObjectParts'],
  });
  const { ObjectParts } = await bench.client.send(request);
  return ObjectParts?.Parts?.map(({ Size }) => Size).join(', ') ?? 'none';
};

export const attributesAtOnce: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('k');
  const request = new GetObjectAttributesCommand({
    Bucket: bucket.name,
    Key: 'k',
    ObjectAttributes: ['Checksum', 'ObjectParts', 'ObjectSize'],
  });
  return answerOf(bench.client.send(request));
};

export const openUploadsByPrefix: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  for (const Key of ['a/1', 'b/1', 'b/2', 'c'])
    await bench.client.send(new CreateMultipartUploadCommand({ Bucket: bucket.name, Key }));
  return (await bucket.openUploads('b/')).join(', ');
};

/** Copies the object `from` in the parts of `BODIES`. @returns what was answered to each part */
async function copyInParts(
  bench: Bench,
  bucket: TestBucket,
  Key: string,
  conditions: object = {},
  create: object = {},
): Promise<CompletedPart[]> {
  const target = { Bucket: bucket.name, Key };
  const { UploadId } = await bench.client.send(new CreateMultipartUploadCommand({ ...target, ...create }));
  const CopySource = bucket.sourceOf('from');
  const Parts: CompletedPart[] = [];
  for (const [index, range] of [`0-${LEAST_PART_BYTES - 1}`, `${LEAST_PART_BYTES}-${BYTES - 1}`].entries()) {
    const part = { ...target, UploadId, PartNumber: index + 1 };
    const { CopyPartResult } = await bench.client.send(
      new UploadPartCopyCommand({ ...part, CopySource, CopySourceRange: `bytes=${range}`, ...conditions }),
    );
    const { ETag, ChecksumCRC32 } = CopyPartResult ?? {};
    Parts.push({ PartNumber: index + 1, ETag, ChecksumCRC32 });
  }
  await bench.client.send(
    new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
  );
  return Parts;
}
