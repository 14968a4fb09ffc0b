import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { systemRuntime } from '../../shared/runtime.ts';
import { hintedKeys, objectEvents } from '../../shared/stores/s3/s3-events.ts';
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
        const hinted = event && hintedKeys({ bucket: bucket.name, prefix: '' }, event);
        expect(hinted).toContainEqual(keyOf(key));
      }
    });
});
