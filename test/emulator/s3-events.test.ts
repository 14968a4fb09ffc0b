import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { systemRuntime } from '../../shared/runtime.ts';
import { hintedChanges, objectEvents } from '../../shared/stores/s3/s3-events.ts';
import { keyOf } from '../contract/s3/sides.ts';
import { SPECIAL_KEYS } from '../contract/s3/special-keys.ts';
import { TestBucket } from '../contract/s3/test-bucket.ts';
import { s3 } from './aws.ts';
import { EventQueue } from './event-queue.ts';

describe('the events of a bucket, by EventBridge and a queue', () => {
  for (const [what, { key }] of Object.entries(SPECIAL_KEYS))
    it(`hint at the key that was written and deleted: ${what}`, async () => {
      const bucket = new TestBucket(s3, `events-${systemRuntime.id()}`);
      await s3.send(new CreateBucketCommand({ Bucket: bucket.name }));
      const queue = await EventQueue.of(bucket.name);
      for (const change of [() => bucket.put(key), () => bucket.remove(key)]) {
        await change();
        const [event] = objectEvents([await queue.next()]);
        const hinted = event ? hintedChanges({ bucket: bucket.name, prefix: '' }, event) : [];
        expect(hinted.map((change) => change.key)).toContainEqual(keyOf(key));
      }
    });

  it('name the request that was made, and say of an upload that it was none of the migrator', async () => {
    const target = { Bucket: `events-${systemRuntime.id()}`, Key: 'a' };
    await s3.send(new CreateBucketCommand(target));
    const queue = await EventQueue.of(target.Bucket);
    const next = async () => objectEvents([await queue.next()])[0];
    const put = await s3.send(new PutObjectCommand({ ...target, Body: 'a' }));
    expect(await next()).toMatchObject({ request: put.$metadata.requestId, by: 'others' });
    const copy = { ...target, Key: 'b', CopySource: `${target.Bucket}/a` };
    const copied = await s3.send(new CopyObjectCommand(copy));
    expect(await next()).toMatchObject({ key: 'b', request: copied.$metadata.requestId, by: 'anybody' });
    const removed = await s3.send(new DeleteObjectCommand(target));
    expect(await next()).toMatchObject({ request: removed.$metadata.requestId, by: 'anybody' });
  });
});
