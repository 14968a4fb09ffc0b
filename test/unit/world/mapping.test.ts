import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import type { Faults } from '../../simulation/world/faults.ts';
import type { Mapping, MappingProps } from '../../simulation/world/mapping.ts';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';

const item = (id: string, v: number): Item => ({ id: { S: id }, v: { N: `${v}` } });
const WRITES = Array.from({ length: 24 }, (_, index) => item('abcd'[index % 4] as string, index));

interface Delivery {
  readonly id: string;
  readonly v: number;
  readonly task: string;
}

const delivery = ({ dynamodb }: DynamoDBRecord, task: Task): Delivery => ({
  id: dynamodb?.Keys?.id?.S as string,
  v: Number(dynamodb?.NewImage?.v?.N),
  task: task.name,
});

interface Run {
  readonly world: World;
  readonly mapping: Mapping;
  readonly deliveries: Delivery[];
}

/** A table with one shard, and what its mapping delivers. */
function mapped(props: Partial<MappingProps> = {}) {
  const world = new World({ seed: 1 });
  const table = world.createTable({
    name: 'source',
    partitionKey: { name: 'id', type: 'S' },
    stream: { shards: 1 },
  });
  const deliveries: Delivery[] = [];
  const mapping = world.mapping({
    name: 'apply',
    streamArn: table.stream?.arn as string,
    handler: async ({ Records }, task) => {
      for (const record of Records) deliveries.push(delivery(record, task));
    },
    ...props,
  });
  return { world, table, mapping, deliveries };
}

/** Writes and waits until the mapping has nothing more to do. */
async function run(seed: number, faults: Faults, props: Partial<MappingProps> = {}): Promise<Run> {
  const world = new World({ seed, faults });
  const table = world.createTable({
    name: 'source',
    partitionKey: { name: 'id', type: 'S' },
    stream: { shards: 2 },
  });
  const deliveries: Delivery[] = [];
  const mapping = world.mapping({
    name: 'apply',
    streamArn: table.stream?.arn as string,
    handler: async ({ Records }, task) => {
      for (const record of Records) {
        await task.point('applies');
        deliveries.push(delivery(record, task));
      }
    },
    ...props,
  });
  world.scheduler.spawn('writer', async (task) => {
    for (const write of WRITES) {
      await task.runtime.sleep(50);
      table.load([write]);
    }
    do await task.runtime.sleep(1_000);
    while (!mapping.idle);
    await task.runtime.sleep(61_000);
  });
  expect(await world.scheduler.run()).toMatchObject({ kind: 'done', threw: [] });
  return { world, mapping, deliveries };
}

const values = (deliveries: readonly Delivery[], id: string) =>
  deliveries.filter((one) => one.id === id).map(({ v }) => v);
const ascending = (list: readonly number[]) =>
  list.every((value, index) => index === 0 || value > (list[index - 1] as number));
const delivered = (deliveries: readonly Delivery[]) => new Set(deliveries.map(({ v }) => v)).size;

describe('an event source mapping', () => {
  it('delivers every record once and each item in order where nothing goes wrong, across splits too', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { deliveries } = await run(seed, { shardSplit: 0.2 });
      expect(deliveries).toHaveLength(WRITES.length);
      for (const id of ['a', 'b', 'c', 'd']) expect(ascending(values(deliveries, id))).toBe(true);
    }
  });

  it('keeps the order of each item with several batches of a shard at once', async () => {
    let parallel = 0;
    for (let seed = 0; seed < 20; seed++) {
      let running = 0;
      const { deliveries } = await run(seed, {}, { parallelization: 3 });
      expect(deliveries).toHaveLength(WRITES.length);
      for (const id of ['a', 'b', 'c', 'd']) expect(ascending(values(deliveries, id))).toBe(true);
      for (const [index, { task }] of deliveries.entries())
        if (index > 1 && task !== deliveries[index - 1]?.task && task === deliveries[index - 2]?.task)
          running++;
      if (running > 0) parallel++;
    }
    expect(parallel).toBeGreaterThan(0);
  });

  it.each<[string, Faults]>([
    ['redelivered', { redelivered: 0.5 }],
    ['duplicated', { duplicated: 0.5 }],
    ['invocationKilled', { invocationKilled: 0.5 }],
    ['successForgotten', { successForgotten: 0.5 }],
  ])('delivers every record at least once, some again: %s', async (fault, faults) => {
    let again = 0;
    for (let seed = 0; seed < 10; seed++) {
      const { world, deliveries } = await run(seed, faults);
      expect(delivered(deliveries)).toBe(WRITES.length);
      expect(world.faultCounts[fault]).toBeGreaterThan(0);
      again += deliveries.length - WRITES.length;
    }
    expect(again).toBeGreaterThan(0);
  });

  it('delivers an old batch to a new invocation after newer ones were done', async () => {
    const { deliveries } = await run(1, { redelivered: 0.5 });
    expect(['a', 'b', 'c', 'd'].every((id) => ascending(values(deliveries, id)))).toBe(false);
  });

  it('delivers a batch again until its invocation succeeds, and nothing behind it before', async () => {
    let failures = 0;
    const done: Delivery[] = [];
    await run(
      3,
      {},
      {
        handler: async ({ Records }, task) => {
          await task.point('applies');
          if (task.runtime.random() < 0.5) {
            failures++;
            throw new Error('throttled');
          }
          for (const record of Records) done.push(delivery(record, task));
        },
      },
    );
    expect(failures).toBeGreaterThan(0);
    expect(done).toHaveLength(WRITES.length);
    for (const id of ['a', 'b', 'c', 'd']) expect(ascending(values(done, id))).toBe(true);
  });

  it('kills an invocation that takes too long, and delivers again', async () => {
    let first = true;
    const { deliveries, world } = await run(1, {}, { timeoutMilliseconds: 3_000 });
    expect(delivered(deliveries)).toBe(WRITES.length);
    const stuck = await run(
      1,
      {},
      {
        timeoutMilliseconds: 3_000,
        handler: async (_, task) => {
          const hangs = first;
          first = false;
          if (hangs) await task.runtime.sleep(3_600_000);
        },
      },
    );
    expect(stuck.world.trace().some((line) => line.includes('killed'))).toBe(true);
    expect(world.trace().some((line) => line.includes('killed'))).toBe(false);
    expect(stuck.mapping.idle).toBe(true);
  });

  it('begins late; LATEST misses what happens until then', async () => {
    let missed = 0;
    for (let seed = 0; seed < 10; seed++) {
      const { deliveries } = await run(seed, {}, { startingPosition: 'LATEST' });
      if (delivered(deliveries) < WRITES.length) missed++;
    }
    expect(missed).toBeGreaterThan(3);
  });

  it('goes on where it stopped when it is disabled and enabled again', async () => {
    const { world, table, mapping, deliveries } = mapped();
    await world.run(async ({ runtime }) => {
      table.load([item('a', 1)]);
      await runtime.sleep(10_000);
      mapping.disable();
      table.load([item('a', 2)]);
      await runtime.sleep(10_000);
      expect(deliveries.map(({ v }) => v)).toEqual([1]);
      expect(mapping.backlog).toBe(1);
      mapping.enable();
      await runtime.sleep(10_000);
    });
    expect(deliveries.map(({ v }) => v)).toEqual([1, 2]);
  });

  it('goes through shards that end for their age, and loses what was trimmed while it stood still', async () => {
    const { world, table, mapping, deliveries } = mapped({ pollMilliseconds: 60_000 });
    await world.run(async ({ runtime }) => {
      for (const v of [1, 2, 3]) {
        table.load([item('a', v)]);
        await runtime.sleep(5 * 3_600_000);
      }
      expect(deliveries.map(({ v }) => v)).toEqual([1, 2, 3]);
      mapping.disable();
      table.load([item('a', 4)]);
      await runtime.sleep(25 * 3_600_000);
      table.load([item('a', 5)]);
      mapping.enable();
      await runtime.sleep(600_000);
    });
    expect(deliveries.map(({ v }) => v)).toEqual([1, 2, 3, 5]);
    expect(world.faultCounts.trimmedUnread).toBeGreaterThan(0);
  });

  it('hands over records as Lambda does', async () => {
    const world = new World({ seed: 1 });
    const table = world.createTable({
      name: 'source',
      partitionKey: { name: 'id', type: 'S' },
      stream: { shards: 1 },
    });
    const records: DynamoDBRecord[] = [];
    world.mapping({
      name: 'apply',
      streamArn: table.stream?.arn as string,
      handler: async (event) => {
        records.push(...event.Records);
      },
    });
    await world.run(async ({ runtime }) => {
      table.load([
        { id: { S: 'a' }, bytes: { B: Uint8Array.of(1, 2, 3) }, list: { L: [{ BS: [Uint8Array.of(255)] }] } },
      ]);
      table.expire({ id: { S: 'a' } });
      await runtime.sleep(20_000);
    });
    expect(records[0]).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: table.stream?.arn,
      dynamodb: {
        Keys: { id: { S: 'a' } },
        NewImage: { bytes: { B: 'AQID' }, list: { L: [{ BS: ['/w=='] }] } },
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    expect(Number.isInteger(records[0]?.dynamodb?.ApproximateCreationDateTime)).toBe(true);
    expect(records[1]).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    });
  });
});
