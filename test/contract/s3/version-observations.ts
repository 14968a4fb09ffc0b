import { GetObjectTaggingCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { answerOf, type Observation } from './observation.ts';
import { createVersionedBucket, DELETED, textsOf } from './versioned-sides.ts';

/** Both kinds of versions, one at a time. */
export const orderOfVersions: Observation = async (bench) => {
  const bucket = await createVersionedBucket(bench);
  await bucket.put('a', '1');
  await bucket.remove('a');
  await bucket.put('a', '2');
  await bucket.put('a', '3');
  await bucket.remove('a');
  await bucket.put('ab', 'another');
  const texts = await textsOf(bench.client, bucket, 'a');
  return texts.join() === ['1', DELETED, '2', '3', DELETED].join()
    ? 'each behind the newer one'
    : texts.join();
};

export const versionsBehindKey: Observation = async (bench) => {
  const bucket = await createVersionedBucket(bench);
  for (const key of ['a', 'b', 'b', 'c']) await bucket.put(key);
  const { Versions = [] } = await bench.client.send(
    new ListObjectVersionsCommand({ Bucket: bucket.name, KeyMarker: 'a' }),
  );
  return Versions.map(({ Key }) => Key).join(' ');
};

export const copyOfEarlierVersion: Observation = async (bench) => {
  const bucket = await createVersionedBucket(bench);
  await bucket.put('a', 'first', { Metadata: { kind: 'first' }, Tagging: 'kind=first' });
  const { VersionId } = await bucket.head('a');
  await bucket.put('a', 'second', { Metadata: { kind: 'second' }, Tagging: 'kind=second' });
  await bucket.copy('a', 'k', { CopySource: `${bucket.sourceOf('a')}?versionId=${VersionId}` });
  const { Metadata } = await bucket.head('k');
  const carried = [await bucket.text('k'), Metadata?.kind, (await bucket.tags('k')).kind];
  return carried.every((one) => one === 'first') ? 'as it was' : carried.join();
};

export const tagsOfEarlierVersion: Observation = async (bench) => {
  const bucket = await createVersionedBucket(bench);
  await bucket.put('a', 'first', { Tagging: 'kind=first' });
  const { VersionId } = await bucket.head('a');
  await bucket.remove('a');
  const answer = await answerOf(
    bench.client.send(new GetObjectTaggingCommand({ Bucket: bucket.name, Key: 'a', VersionId })),
  );
  return answer === 'done' ? 'read' : answer;
};
