import { describe, expect, it } from 'vitest';
import { withStatement } from '../../../../shared/policy-document.ts';
import { BucketPolicies } from '../../../../shared/resources/buckets/bucket-policies.ts';
import { NO_POLICY } from '../../../../shared/resources/resource-kind.ts';
import { denies } from '../../../simulation/world/policy.ts';
import { FakeBuckets } from './fake-buckets.ts';

const PLACE = { partition: 'aws-cn', region: 'cn-north-1', account: '123456789012' };
const ARN = 'arn:aws-cn:s3:::photos';
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const READERS = {
  Sid: 'Readers',
  Effect: 'Allow',
  Principal: '*',
  Action: ['s3:GetObject'],
  Resource: [`${ARN}/*`],
};
const THEIRS = JSON.stringify({ Version: '2008-10-17', Id: 'theirs', Statement: [READERS] }, undefined, 3);
const OTHERS = JSON.stringify({ Statement: { Sid: 'Other', Effect: 'Allow', Action: 's3:ListBucket' } });

function withPolicy(document?: string) {
  const buckets = new FakeBuckets({ photos: document ? { GetBucketPolicy: { Policy: document } } : {} });
  return { buckets, policies: new BucketPolicies(buckets.client) };
}

describe('the Deny of writes', () => {
  const { policies } = withPolicy();
  const scopes = ['s3://photos/a/', 's3://photos/b'].map((name) => policies.scopeOf(name, PLACE));
  const document = withStatement(
    undefined,
    policies.denyOfWrites('Ours', scopes, [role('worker'), role('app/shop')]),
  );
  const isDenied = (action: string, key = 'a/cat', who = 'stranger') =>
    denies(document, role(who), `s3:${action}`, `${ARN}/${key}`);

  it('is in the policy of the bucket, wherever the stack is', () => {
    expect(policies.arnOf('s3://photos/a/', PLACE)).toBe(ARN);
  });

  it.each([
    'DeleteObject',
    'DeleteObjectTagging',
    'DeleteObjectVersion',
    'DeleteObjectVersionTagging',
    'PutObject',
    'PutObjectAcl',
    'PutObjectLegalHold',
    'PutObjectRetention',
    'PutObjectTagging',
    'PutObjectVersionAcl',
    'PutObjectVersionTagging',
    'ReplicateDelete',
    'ReplicateObject',
    'ReplicateTags',
  ])('denies %s to everybody but the roles that are exempt', (action) => {
    expect(isDenied(action)).toBe(true);
    expect(isDenied(action, 'a/cat', 'worker-of-somebody-else')).toBe(true);
    for (const exempt of ['worker', 'app/shop']) expect(isDenied(action, 'a/cat', exempt)).toBe(false);
  });

  it.each([
    'AbortMultipartUpload',
    'GetObject',
    'GetObjectTagging',
    'ListBucket',
    'ListMultipartUploadParts',
    'PutBucketPolicy',
    'RestoreObject',
  ])('lets everybody %s', (action) => {
    expect(isDenied(action)).toBe(false);
  });

  it('concerns the objects below the prefixes of the migration alone', () => {
    expect(isDenied('PutObject', 'b')).toBe(true);
    expect(isDenied('PutObject', 'bird')).toBe(true);
    expect(isDenied('PutObject', 'c/cat')).toBe(false);
    expect(isDenied('PutObject', 'a')).toBe(false);
  });
});

describe('a policy', () => {
  it('is read with what stands for its revision: the same for whatever says the same', async () => {
    const { buckets, policies } = withPolicy(THEIRS);
    const { document, revision } = await policies.read(ARN);
    expect(document).toBe(THEIRS);
    await policies.write(ARN, THEIRS, revision);
    const later = await policies.read(ARN);
    expect(later.document).not.toBe(THEIRS);
    expect(later.revision).toBe(revision);
    buckets.change('photos', { GetBucketPolicy: { Policy: OTHERS } });
    expect((await policies.read(ARN)).revision).not.toBe(revision);
  });

  it('is none where the bucket has none, or is gone', async () => {
    const { buckets, policies } = withPolicy();
    expect(await policies.read(ARN)).toEqual({ document: undefined, revision: NO_POLICY });
    buckets.buckets.clear();
    expect(await policies.read(ARN)).toEqual({ document: undefined, revision: NO_POLICY });
  });

  it('is put where there was none, and removed again', async () => {
    const { policies } = withPolicy();
    const put = await policies.write(ARN, THEIRS, NO_POLICY);
    expect(put).toMatchObject({ kind: 'done' });
    const { revision } = await policies.read(ARN);
    expect(put).toMatchObject({ revision });
    expect(await policies.write(ARN, undefined, revision)).toEqual({ kind: 'done', revision: NO_POLICY });
    expect(await policies.read(ARN)).toEqual({ document: undefined, revision: NO_POLICY });
  });

  it('is not changed where it is not as it was read', async () => {
    const { buckets, policies } = withPolicy(THEIRS);
    const { revision } = await policies.read(ARN);
    buckets.change('photos', { GetBucketPolicy: { Policy: OTHERS } });
    for (const document of [undefined, THEIRS])
      expect(await policies.write(ARN, document, revision)).toEqual({ kind: 'changed' });
    expect((await policies.read(ARN)).document).toBe(OTHERS);
  });

  it('is not taken for changed where somebody else has put another one over it', async () => {
    const { buckets, policies } = withPolicy();
    buckets.change('photos', {});
    const put = buckets.client.send.bind(buckets.client) as (command: object) => Promise<unknown>;
    buckets.client.send = (async (command: object) => {
      const answer = await put(command);
      if (command.constructor.name === 'PutBucketPolicyCommand')
        buckets.change('photos', { GetBucketPolicy: { Policy: OTHERS } });
      return answer;
    }) as never;
    expect(await policies.write(ARN, THEIRS, NO_POLICY)).toEqual({ kind: 'changed' });
  });

  it('that is being changed by somebody is left for later', async () => {
    const { buckets, policies } = withPolicy();
    buckets.aborted = true;
    expect(await policies.write(ARN, THEIRS, NO_POLICY)).toEqual({ kind: 'busy' });
  });

  it('that may not be read or changed says so', async () => {
    const { buckets, policies } = withPolicy();
    buckets.refused.add('PutBucketPolicy');
    const refused = await policies.write(ARN, THEIRS, NO_POLICY).catch((error: Error) => error.name);
    expect(policies.refusals).toContain(refused);
  });
});
