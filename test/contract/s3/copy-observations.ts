import { createHash } from 'node:crypto';
import { answerOf, type Observation } from './observation.ts';
import { createBucket, LEAST_PART_BYTES } from './test-bucket.ts';

const CONTENT = 'content';

export const storageClass: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('k', CONTENT, { StorageClass: 'STANDARD_IA' });
  return (await bucket.head('k')).StorageClass ?? 'STANDARD';
};

export const storageClassOfCopy: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('from', CONTENT, { StorageClass: 'STANDARD_IA' });
  await bucket.copy('from', 'k');
  return (await bucket.head('k')).StorageClass ?? 'STANDARD';
};

export const copyOfArchivedObject: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('from', CONTENT, { StorageClass: 'GLACIER' });
  return answerOf(bucket.copy('from', 'k'));
};

export const redirectOfCopy: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('from', CONTENT, { WebsiteRedirectLocation: '/elsewhere' });
  await bucket.copy('from', 'k');
  return (await bucket.head('k')).WebsiteRedirectLocation === undefined ? 'left behind' : 'carried over';
};

export const tagsOfCopy: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('from', CONTENT, { Tagging: 'colour=blue%20sky' });
  await bucket.copy('from', 'k');
  return (await bucket.tags('k')).colour === 'blue sky' ? 'carried over' : 'left behind';
};

export const checksumOfCopy: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('from', CONTENT, { ChecksumAlgorithm: 'SHA256' });
  await bucket.copy('from', 'k');
  const sum = createHash('sha256').update(CONTENT).digest('base64');
  return (await bucket.head('k')).ChecksumSHA256 === sum ? 'carried over' : 'left behind';
};

export const checksumAskedOfCopy: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('from', CONTENT, { ChecksumAlgorithm: 'CRC32' });
  await bucket.copy('from', 'k', { ChecksumAlgorithm: 'SHA256' });
  const sum = createHash('sha256').update(CONTENT).digest('base64');
  return (await bucket.head('k')).ChecksumSHA256 === sum ? 'the one asked for' : 'another one';
};

/** An upload in parts that is copied by one request. */
export const etagOfCopiedParts: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.upload('from', ['x'.repeat(LEAST_PART_BYTES), 'tail']);
  await bucket.copy('from', 'k');
  return (await bucket.head('k')).ETag?.includes('-') ? 'that of the parts' : 'that of one piece';
};

export const checksumOfCopiedParts: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  const bodies = ['x'.repeat(LEAST_PART_BYTES), 'tail'];
  await bucket.upload('from', bodies, { create: { ChecksumAlgorithm: 'SHA256' } });
  await bucket.copy('from', 'k');
  const sum = createHash('sha256').update(bodies.join('')).digest('base64');
  return (await bucket.head('k')).ChecksumSHA256 === sum ? 'of the whole object' : 'of the parts';
};

export const etagOfEncryptedObject: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('k', CONTENT, { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/aws/s3' });
  const md5 = createHash('md5').update(CONTENT).digest('hex');
  return (await bucket.head('k')).ETag === `"${md5}"` ? 'the MD5 of its content' : 'no MD5 of its content';
};
