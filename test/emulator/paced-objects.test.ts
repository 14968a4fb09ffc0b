import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, inject, it } from 'vitest';
import { Journal } from '../../shared/journal/journal.ts';
import { inParallel } from '../../shared/parallel.ts';
import { RouteTable } from '../../shared/route.ts';
import { systemRuntime } from '../../shared/runtime.ts';
import { readStatus } from '../../shared/status.ts';
import { dynamodb, s3, sfn } from './aws.ts';
import { Execution } from './execution.ts';
import { shopBuckets } from './object-stack.ts';
import { until } from './until.ts';

const NAME = 'scans';
const PAIR = shopBuckets('scans');
const { source: SOURCE, target: TARGET } = PAIR;
const OBJECTS = 500;
const REQUESTS_PER_SECOND = 50;
/** Of the one worker that so small a pace has: he is never ahead of it by more than his lease. */
const LEASE_SECONDS = 5;

it('the objects of a bucket are copied at the pace that is set, until it is taken back', async () => {
  const { JournalTable, RouteTable: routeTable, SteeringArn, StateMachineArn } = inject('objectOutputs');
  for (const { bucket } of [SOURCE, TARGET]) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const numbers = Array.from({ length: OBJECTS }, (_, number) => number);
  await inParallel(numbers, 16, (number) =>
    s3.send(new PutObjectCommand({ Bucket: SOURCE.bucket, Key: `scan-${number}`, Body: String(number) })),
  );
  const route = new RouteTable(dynamodb, routeTable, NAME, systemRuntime);
  await route.create([], 'none', [PAIR]);
  const execution = await Execution.start(
    {
      name: NAME,
      resources: [PAIR],
      copy: { requestsPerSecond: REQUESTS_PER_SECOND },
    },
    StateMachineArn,
  );
  const journal = new Journal(dynamodb, JournalTable, NAME, systemRuntime);
  const copied = async () => {
    const {
      counts = {},
      unitsDone = 0,
      units = 0,
    } = (await readStatus(journal, Date.now()))?.progress.copy ?? {};
    const isDone = units > 0 && unitsDone === units;
    return { at: Date.now(), items: counts.items ?? 0, requests: counts.requests ?? 0, isDone, counts };
  };
  const steer = async (input: object) => {
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: SteeringArn,
        input: JSON.stringify({ migration: NAME, by: 'alice', ...input }),
      }),
    );
    return until('the action is done', async () => {
      const { status: state, output } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return state !== 'RUNNING' && `${state} ${output ?? ''}`;
    });
  };

  const begun = await until('a page is copied', async () => {
    const now = await copied();
    return now.items > 0 && now;
  });
  const most = await until('most objects are copied', async () => {
    const now = await copied();
    return now.items >= 0.8 * OBJECTS && now;
  });
  const seconds = (most.at - begun.at) / 1_000;
  const requests = most.requests - begun.requests;
  // Each object is looked at and copied, beside the listings.
  expect(requests / (most.items - begun.items)).toBeGreaterThanOrEqual(2);
  const allowed = REQUESTS_PER_SECOND * (seconds + LEASE_SECONDS);
  expect(requests / allowed).toBeLessThan(1.1);
  expect(requests / (REQUESTS_PER_SECOND * seconds)).toBeGreaterThan(0.4);

  expect(await steer({ action: 'pace', off: true })).toContain('not limited');
  await until('everything is copied', async () => (await copied()).isDone);
  expect(await steer({ action: 'abort' })).toContain('SUCCEEDED');
  await execution.succeeded();
  expect((await copied()).counts).toMatchObject({ items: OBJECTS, inserted: OBJECTS });
}, 240_000);
