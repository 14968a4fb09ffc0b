import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { answerOf, type Observation } from './observation.ts';
import { createBucket, OTHER_ETAG, type TestBucket } from './test-bucket.ts';

type Write = (bucket: TestBucket) => Promise<unknown>;

/** What becomes of a write of `new` under the key `k`, which is free or taken. */
function written(write: Write, standing?: 'taken'): Observation {
  return async (bench) => {
    const bucket = await createBucket(bench);
    await bucket.put('from', 'new');
    if (standing) await bucket.put('k', 'old');
    const answer = await answerOf(write(bucket));
    const isThere = (await bucket.keys()).includes('k');
    return isThere && (await bucket.text('k')) === 'new' ? 'written' : answer;
  };
}

const copy =
  (conditions: Parameters<TestBucket['copy']>[2]): Write =>
  (bucket) =>
    bucket.copy('from', 'k', conditions);
const complete =
  (conditions: { IfMatch: string } | { IfNoneMatch: string }): Write =>
  (bucket) =>
    bucket.upload('k', ['new'], { complete: conditions });

export const creatingCopyOntoObject = written(copy({ IfNoneMatch: '*' }), 'taken');
export const copyOntoOtherETag = written(copy({ IfMatch: OTHER_ETAG }), 'taken');
export const copyOntoGoneObject = written(copy({ IfMatch: OTHER_ETAG }));
export const copyOfOtherETag = written(copy({ CopySourceIfMatch: OTHER_ETAG }));
export const copyOfGoneObject = written((bucket) =>
  bucket.copy('gone', 'k', { CopySourceIfMatch: OTHER_ETAG }),
);
export const creatingUploadOntoObject = written(complete({ IfNoneMatch: '*' }), 'taken');
export const uploadOntoOtherETag = written(complete({ IfMatch: OTHER_ETAG }), 'taken');
export const uploadOntoGoneObject = written(complete({ IfMatch: OTHER_ETAG }));

export const deletionOfOtherETag: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('k');
  const request = new DeleteObjectCommand({ Bucket: bucket.name, Key: 'k', IfMatch: OTHER_ETAG });
  const answer = await answerOf(bench.client.send(request));
  return (await bucket.keys()).length === 0 ? 'deleted' : answer;
};

export const conditionalDeletionOfGoneObject: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  const request = new DeleteObjectCommand({ Bucket: bucket.name, Key: 'k', IfMatch: OTHER_ETAG });
  return answerOf(bench.client.send(request));
};

/** A copy of an object onto itself that changes nothing of it. */
export const copyOntoItself: Observation = async (bench) => {
  const bucket = await createBucket(bench);
  await bucket.put('k');
  return answerOf(bucket.copy('k', 'k'));
};
