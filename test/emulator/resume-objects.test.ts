import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { BucketPolicies } from '../../shared/resources/buckets/bucket-policies.ts';
import { TestBucket } from '../contract/s3/test-bucket.ts';
import { s3 } from './aws.ts';
import { bucketPair } from './buckets.ts';
import { Execution } from './execution.ts';
import { TestMigration } from './migration.ts';
import { objectsOf } from './object-scene.ts';
import { ROUTER_ROLE } from './policies.ts';
import { until } from './until.ts';

const OBJECTS = 40;
const KEYS = Array.from({ length: OBJECTS }, (_, number) => `scan-${number}`);
/** Uploaded in parts, and copied in them: nothing but its ETag tells what it is. */
const IN_PARTS = 'film';
const PARTS = ['opening', 'ending'] as const;
/** What somebody does to the target between both executions. */
const [CHANGED = '', GONE = ''] = KEYS;
const MORE = 'one too many';
/** A moment that is over in a second or two. */
const MOMENT = { everyMilliseconds: 20 };

it('a migration of a bucket that is stopped after its copy goes on with the comparison, which mends what has become different', async () => {
  const pair = bucketPair('resume-objects');
  const { source, target } = pair;
  for (const { bucket } of [source, target]) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const from = new TestBucket(s3, source.bucket);
  for (const key of KEYS) await from.put(`${source.prefix}${key}`, key, { Tagging: `of=${key}` });
  await from.upload(`${source.prefix}${IN_PARTS}`, PARTS);
  const migration = new TestMigration('resume-objects', pair);
  await migration.createBriefRoute();
  const spec = migration.spec({
    // Nobody writes the bucket: there is no router.
    cutover: { routers: 0, fence: { policy: 'deny', routerRoles: [ROUTER_ROLE], settleSeconds: 5 } },
  });

  const first = await Execution.start(spec);
  const { progress: before } = await until(
    'everything is copied',
    async () => {
      const status = await migration.status().catch(() => undefined);
      const { units = 0, unitsDone } = status?.progress.copy ?? {};
      return units > 0 && units === unitsDone && status;
    },
    MOMENT,
  );
  await first.stop();
  const to = new TestBucket(s3, target.bucket);
  await to.put(`${target.prefix}${CHANGED}`, 'by somebody');
  for (const key of [GONE, IN_PARTS]) await to.remove(`${target.prefix}${key}`);
  await to.put(`${target.prefix}${MORE}`, 'by somebody');

  const second = await Execution.start(spec);
  await migration.approve(second);
  await second.succeeded();
  const { progress, term } = await migration.status();
  expect(term).toBe(2);
  expect(progress.copy).toEqual(before.copy);
  expect(progress.verify.counts).toMatchObject({ items: OBJECTS + 1, targetItems: OBJECTS, repaired: 4 });
  const made = KEYS.map((key) => [key, { body: key, metadata: {}, tags: { of: key } }] as const);
  const film = { body: PARTS.join(''), metadata: {}, tags: {} };
  expect(await objectsOf(target)).toEqual({ ...Object.fromEntries(made), [IN_PARTS]: film });
  // No bucket had a policy before.
  const policies = new BucketPolicies(s3);
  for (const { bucket } of [source, target])
    expect((await policies.read(`arn:aws:s3:::${bucket}`)).document).toBeUndefined();
}, 300_000);
