import {
  DeleteObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import type { Side } from '../../shared/direction.ts';
import { BucketPolicies } from '../../shared/resources/buckets/bucket-policies.ts';
import { relativeKey } from '../../shared/stores/s3/s3-key.ts';
import { s3 } from './aws.ts';
import { bucketPair } from './buckets.ts';
import { Execution } from './execution.ts';
import type { ObjectApplication } from './object-application.ts';
import { MORE, ObjectScene, objectsOf } from './object-scene.ts';
import { ROUTER_ROLE } from './policies.ts';
import { strangerOfS3 } from './stranger.ts';
import { contentOf } from './table-content.ts';
import { tablePair } from './tables.ts';
import { until } from './until.ts';

const FENCE = { policy: 'deny', routerRoles: [ROUTER_ROLE], settleSeconds: 5 };
/** Nobody is accused within these seconds. */
const AFTER_SWITCH_MILLISECONDS = 4_000;

/** Waits until the application works on a side, and has had answers there; then stops it, and counts. */
async function worksOn(
  scene: ObjectScene,
  application: ObjectApplication,
  execution: Execution,
  epoch: number,
): Promise<void> {
  const { migration, buckets } = scene;
  await migration.reaches(`is in direction ${epoch}`, execution, (status) => status.epoch === epoch);
  const before = application.acknowledged;
  await until('the application goes on', async () => application.acknowledged >= before + 20);
  await application.stop();
  expect(application.failures).toEqual([]);
  const { state } = await migration.route();
  expect(await objectsOf(buckets[state as Side])).toEqual(scene.expected);
}

const policies = new BucketPolicies(s3);
const policyOf = async (bucket: string) => (await policies.read(`arn:aws:s3:::${bucket}`)).document;

/** Whose requests a policy has denied. */
async function isDenied(client: S3Client, Bucket: string, Key: string): Promise<boolean> {
  const answers = await Promise.allSettled([
    client.send(new PutObjectCommand({ Bucket, Key, Body: 'by somebody' })),
    client.send(new DeleteObjectCommand({ Bucket, Key })),
  ]);
  const refused = answers.filter(({ status }) => status === 'rejected');
  for (const { reason } of refused as PromiseRejectedResult[]) expect(reason.name).toBe('AccessDenied');
  return refused.length === answers.length;
}

/** Whoever stands by makes the side equal that is kept in step. */
async function mends(scene: ObjectScene, side: Side): Promise<void> {
  await scene.disturb(side);
  const [gone = ''] = scene.still.keys();
  await until('it is as it should be', async () => {
    const found = await objectsOf(scene.buckets[side]);
    return found[gone] && !found[MORE];
  });
}

/** The cutover finds both sides different once more, after everything was compared. */
async function approveAndDisturb(scene: ObjectScene, side: Side): Promise<void> {
  const { migration } = scene;
  await migration.approveNow();
  const announced = async () => (await migration.route()).state === 'announced';
  await until('the cutover is announced', announced, { everyMilliseconds: 100 });
  await scene.disturb(side);
}

/** What was listed as written to the side that a direction has left. */
async function straysOf({ migration }: ObjectScene, epoch: number): Promise<string[]> {
  const listed = await migration.journal.inEpoch(epoch).lists.all('stray');
  return listed.map(({ key }) => relativeKey(key));
}

it('a table and a bucket go there and back and there again under live writes, fenced, and nothing is lost or comes back', async () => {
  await using scene = await ObjectScene.open('shop-there-and-back', tablePair('with-objects-back'), {
    ...bucketPair('objects-there-and-back'),
    existingItems: 'replace',
  });
  const { migration, buckets, tables } = scene;
  const { source, target } = buckets;
  const stranger = await strangerOfS3('forgotten-job');
  const theirs = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Sid: 'Readers',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::210987654321:role/reader' },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${source.bucket}/*`,
    },
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket: source.bucket, Policy: theirs }));
  const execution = await Execution.start(
    // Nobody writes the table: there is no router of DynamoDB.
    migration.spec({ cutover: { complete: 'required', fence: FENCE, pauseSeconds: 30, routers: 0 } }),
  );
  let application = scene.startApplication();
  await migration.standsReady(execution);
  expect(await isDenied(stranger, source.bucket, `${source.prefix}a`)).toBe(true);
  expect(await isDenied(stranger, source.bucket, 'elsewhere')).toBe(false);
  await mends(scene, 'target');
  await approveAndDisturb(scene, 'target');
  await worksOn(scene, application, execution, 2);

  await until('nobody but the migrator writes the side that was left', async () =>
    (await policyOf(source.bucket))?.includes(ROUTER_ROLE) === false ? true : undefined,
  );
  expect(await isDenied(stranger, source.bucket, `${source.prefix}a`)).toBe(true);
  const { switchedAt = 0 } = (await migration.status()).switched ?? {};
  await until(
    'the seconds of the switch are over',
    async () => Date.now() > switchedAt + AFTER_SWITCH_MILLISECONDS,
  );
  // The account's root is denied nothing here.
  await s3.send(
    new PutObjectCommand({ Bucket: source.bucket, Key: `${source.prefix}astray`, Body: 'by somebody' }),
  );
  await until('it is listed', async () => (await straysOf(scene, 2)).length > 0);

  await mends(scene, 'source');
  application = scene.startApplication();
  await migration.waitsForAPerson(execution, 2);
  await approveAndDisturb(scene, 'source');
  await worksOn(scene, application, execution, 3);
  expect((await migration.route()).state).toBe('source');

  application = scene.startApplication();
  await migration.waitsForAPerson(execution, 3);
  await migration.approveNow();
  await worksOn(scene, application, execution, 4);

  // Whoever would go back now finds the same on the side that was left.
  await until('the source has what the target has', async () => {
    const [left, active] = await Promise.all([objectsOf(source), objectsOf(target)]);
    return JSON.stringify(left) === JSON.stringify(active);
  });
  await migration.end();
  await execution.succeeded();
  for (const side of [source, target]) expect(await objectsOf(side)).toEqual(scene.expected);
  expect(await contentOf(tables.target)).toEqual(await contentOf(tables.source));
  const [gone] = scene.still.keys();
  expect([...new Set([...(await straysOf(scene, 2)), gone])].sort()).toEqual(['astray', MORE, gone].sort());
  for (const epoch of [3, 4]) expect(await straysOf(scene, epoch)).toEqual([]);
  expect(await policyOf(source.bucket)).toBe(theirs);
  expect(await policyOf(target.bucket)).toBeUndefined();
  expect(await migration.route()).toMatchObject({ state: 'target', final: true });
}, 1_200_000);
