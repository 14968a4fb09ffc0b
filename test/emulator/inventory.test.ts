import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, inject, it } from 'vitest';
import { RouteTable } from '../../shared/route.ts';
import { systemRuntime } from '../../shared/runtime.ts';
import { PublishedInventory } from '../contract/s3/published-inventory.ts';
import { dynamodb, s3 } from './aws.ts';
import { assertSucceeded, Execution } from './execution.ts';
import { reportOf } from './left-behind.ts';
import { OBJECT_STACK, shopBuckets } from './object-stack.ts';

const NAME = 'films';
const PAIR = shopBuckets('films');
const { source: SOURCE, target: TARGET } = PAIR;
const LISTS = { bucket: OBJECT_STACK.inventoryBuckets[0], prefix: `daily/${SOURCE.bucket}/all` };
const LISTED = Array.from({ length: 3_500 }, (_, number) => ({ Key: `film ${number}`, Size: 1_000 }));

it('the units of a bucket are planned by the newest list of its inventory', async () => {
  const outputs = inject('objectOutputs');
  for (const Bucket of [SOURCE.bucket, TARGET.bucket, LISTS.bucket])
    await s3.send(new CreateBucketCommand({ Bucket }));
  const inventory = new PublishedInventory(LISTS);
  inventory.publish({
    at: '2026-11-21T01-00Z',
    sourceBucket: SOURCE.bucket,
    files: [LISTED.slice(0, 900), LISTED.slice(900)],
  });
  for (const [Key, Body] of inventory.objects)
    await s3.send(new PutObjectCommand({ Bucket: LISTS.bucket, Key, Body }));
  await new RouteTable(dynamodb, outputs.RouteTable, NAME, systemRuntime).create([], 'none', [PAIR]);
  const execution = await Execution.start(
    { name: NAME, dryRun: true, resources: [{ ...PAIR, inventory: LISTS }] },
    outputs.StateMachineArn,
  );
  assertSucceeded(await execution.ended(60));

  const { json } = await reportOf(NAME, outputs);
  // The list is older than the bucket, which is empty by now.
  expect(json.resources).toMatchObject([{ itemsAtPlan: LISTED.length, units: 3 }]);
  expect(json.notes).toContain(
    `s3://${SOURCE.bucket}/: its objects are estimated, from the inventory list of 2026-11-21T01-00Z`,
  );
});
