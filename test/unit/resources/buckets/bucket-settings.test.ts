import { expect, it } from 'vitest';
import { CHANGED, type ChangedFact, Watchdog } from '../../../../shared/engine/watchdog.ts';
import { BucketBindings } from '../../../../shared/journal/bucket-bindings.ts';
import { BucketPolicies } from '../../../../shared/resources/buckets/bucket-policies.ts';
import { BucketSettings } from '../../../../shared/resources/buckets/bucket-settings.ts';
import { type Bench, onBench } from '../../engine/bench.ts';
import { FakeBuckets } from './fake-buckets.ts';
import { plannedBucket } from './planned.ts';

const MINUTE = 60_000;

function watched(bench: Bench) {
  const buckets = new FakeBuckets({ photos: {}, 'photos-v2': {} });
  const { account, client, look } = buckets;
  const bound = new BucketBindings(bench.world.client(bench.task), 'journal');
  const nobody = undefined as never;
  const watchdog = new Watchdog(
    { table: nobody, bucket: new BucketSettings({ account, look, bound }) },
    { table: nobody, bucket: new BucketPolicies(client) },
  );
  const plan = { ...bench.plan, resources: [plannedBucket()] };
  return {
    buckets,
    bound,
    /** Looks when it is due, and tells what was noted so far. */
    changes: async () => {
      await bench.task.runtime.sleep(6 * MINUTE);
      await watchdog.look({ ...bench.migration(), plan });
      const facts = await bench.journal().facts<ChangedFact>(CHANGED);
      return [...facts.values()].map(
        ({ table, what, before, now }) => `${table} ${what}: ${before} → ${now}`,
      );
    },
  };
}

it('notes nothing while nobody changes anything', () =>
  onBench(async (bench) => {
    const { changes } = watched(bench);
    await changes();
    expect(await changes()).toEqual([]);
  }));

it('notes what others change of versions, encryption, lifecycle, notifications and policy', () =>
  onBench(async (bench) => {
    const { buckets, changes } = watched(bench);
    await changes();
    buckets.change('photos', {
      GetBucketVersioning: { Status: 'Enabled' },
      GetBucketLifecycleConfiguration: { Rules: [{ Status: 'Enabled' }, { Status: 'Disabled' }] },
    });
    buckets.change('photos-v2', {
      GetBucketEncryption: {
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key' },
              BucketKeyEnabled: true,
            },
          ],
        },
      },
      GetBucketPolicy: { Policy: '{"Statement":[{"Sid":"Theirs","Effect":"Allow"}]}' },
    });
    buckets.notifications.set('photos', {
      QueueConfigurations: [{ Id: 'q', QueueArn: 'arn', Events: [] }],
    });
    expect(await changes()).toEqual([
      expect.stringMatching(
        /^s3:\/\/photos-v2\/b\/ encryption: AES256 → aws:kms \(key\), with a bucket key$/,
      ),
      expect.stringMatching(/^s3:\/\/photos-v2\/b\/ resource policy: none → SHA-256 /),
      expect.stringMatching(/^s3:\/\/photos\/a\/ event notifications: none → 1 destination \(SHA-256 .*\)$/),
      expect.stringMatching(/^s3:\/\/photos\/a\/ lifecycle rules: none → 1 rule \(SHA-256 .*\)$/),
      's3://photos/a/ versioning: off → Enabled',
    ]);
  }));

it('says clearly that EventBridge was switched off, and nothing of it having been switched on', () =>
  onBench(async (bench) => {
    const { bound, buckets, changes } = watched(bench);
    await changes();
    buckets.notifications.set('photos', { EventBridgeConfiguration: {} });
    await bound.bind('s3://photos/a/', { migration: 'm', resource: 0, side: 'source' });
    expect(await changes()).toEqual([]);
    buckets.notifications.set('photos', {});
    expect(await changes()).toEqual([
      's3://photos/a/ EventBridge: on → off: no event tells of changes any more, and those that come are found by comparing alone',
    ]);
  }));

it('leaves a bucket that is gone to whoever reads it', () =>
  onBench(async (bench) => {
    const { buckets, changes } = watched(bench);
    buckets.buckets.delete('photos');
    expect(await changes()).toEqual([]);
  }));
