import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import type { _Record, ShardIteratorType } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { World } from '../../simulation/world/world.ts';
import { allRecords, item, key, newWorld, recordsOf, sequenceOf, shardsOf } from './stream-reader.ts';

describe('a stream', () => {
  it('has every change once with both images, and none for a write that changes nothing', async () => {
    const world = newWorld(1);
    const table = world.table('source');
    table.load([item('a', 1)]);
    table.load([{ v: { N: '1.0' }, id: { S: 'a' } }]);
    table.load([item('a', 2)]);
    table.remove(key('a'));
    table.remove(key('a'));
    const records = await allRecords(world);
    expect(
      records.map(({ eventName, dynamodb }) => [eventName, dynamodb?.OldImage, dynamodb?.NewImage]),
    ).toEqual([
      ['INSERT', undefined, item('a', 1)],
      ['MODIFY', item('a', 1), item('a', 2)],
      ['REMOVE', item('a', 2), undefined],
    ]);
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(3);
  });

  it('has sequence numbers of 21 to 40 digits that grow for each item, across splits too', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const world = newWorld(seed, { shards: 2, faults: { shardSplit: 0.2 } });
      for (let v = 0; v < 40; v++) world.table('source').load([item('abcd'[v % 4] as string, v)]);
      const byKey = Map.groupBy(await allRecords(world), ({ dynamodb }) => dynamodb?.Keys?.id?.S);
      for (const records of byKey.values()) {
        expect(records).toHaveLength(10);
        const inOrder = records.toSorted(
          (a, b) => Number(a.dynamodb?.NewImage?.v?.N) - Number(b.dynamodb?.NewImage?.v?.N),
        );
        for (const [index, record] of inOrder.entries()) {
          expect(record.dynamodb?.SequenceNumber).toMatch(/^[1-9]\d{20,39}$/);
          if (index > 0) expect(sequenceOf(record) > sequenceOf(inOrder[index - 1] as _Record)).toBe(true);
        }
      }
    }
  });

  it('has numbers in different shards that say nothing about time, and are of different length', async () => {
    const lengths = new Set<number>();
    let against = 0;
    for (let seed = 0; seed < 30; seed++) {
      const world = newWorld(seed, { shards: 4 });
      for (let v = 0; v < 10; v++) world.table('source').load([item(`key ${v}`, v)]);
      const records = (await allRecords(world)).sort(
        (a, b) => Number(a.dynamodb?.NewImage?.v?.N) - Number(b.dynamodb?.NewImage?.v?.N),
      );
      for (const record of records) lengths.add(record.dynamodb?.SequenceNumber?.length as number);
      if (
        records.some(
          (record, index) => index > 0 && sequenceOf(record) < sequenceOf(records[index - 1] as _Record),
        )
      )
        against++;
    }
    expect(lengths.size).toBeGreaterThan(3);
    expect(against).toBeGreaterThan(20);
  });

  it('has numbers that may gain a digit within a shard', async () => {
    let gained = 0;
    for (let seed = 0; seed < 30; seed++) {
      const world = newWorld(seed);
      for (let v = 0; v < 10; v++) world.table('source').load([item('a', v)]);
      const numbers = (await allRecords(world)).map(({ dynamodb }) => dynamodb?.SequenceNumber as string);
      expect(numbers.every((number) => /^[1-9]\d{20,39}$/.test(number))).toBe(true);
      if (numbers[0]?.length !== numbers.at(-1)?.length) gained++;
    }
    expect(gained).toBeGreaterThan(3);
  });

  it('may begin a child below its parent where that fault is asked for', () => {
    const world = newWorld(1, { faults: { shardSplit: 1, sequenceRestart: 1 } });
    world.table('source').load([item('a', 1)]);
    world.table('source').load([item('a', 2)]);
    const [first, second] = (world.table('source').stream?.shards ?? [])
      .flatMap(({ records }) => records)
      .map(({ record }) => record);
    expect(sequenceOf(second as _Record) < sequenceOf(first as _Record)).toBe(true);
  });

  it('gives a creation time in whole seconds', async () => {
    const world = newWorld(1);
    await world.run(async (task) => {
      await task.runtime.sleep(12_345);
      world.table('source').load([item('a', 1)]);
    });
    const [record] = await allRecords(world);
    const created = record?.dynamodb?.ApproximateCreationDateTime?.getTime() as number;
    expect(created % 1000).toBe(0);
  });

  it('marks what time to live removed', async () => {
    const world = newWorld(1);
    world.table('source').load([item('a', 1)]);
    world.table('source').expire(key('a'));
    const [, record] = await allRecords(world);
    expect(record).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    });
  });

  it('carries only what its view type says', async () => {
    const world = new World({ seed: 1 });
    world.createTable({
      name: 'source',
      partitionKey: { name: 'id', type: 'S' },
      stream: { shards: 1, viewType: 'KEYS_ONLY' },
    });
    world.table('source').load([item('a', 1)]);
    const [record] = await allRecords(world);
    expect(record?.dynamodb).toMatchObject({ Keys: key('a'), StreamViewType: 'KEYS_ONLY' });
    expect(record?.dynamodb?.NewImage).toBeUndefined();
  });

  it('lists its shards page by page, each child with its parent, ended ones with their last number', async () => {
    const world = newWorld(4, { shards: 3 });
    const { stream } = world.table('source');
    stream?.split(stream.shards[0] as NonNullable<typeof stream>['shards'][number]);
    const shards = await world.run(async (task) => {
      await task.runtime.sleep(1_000);
      return shardsOf(world, task);
    });
    expect(shards.length).toBeGreaterThan(3);
    const parents = shards.flatMap(({ ParentShardId }) => (ParentShardId ? [ParentShardId] : []));
    expect(new Set(parents).size).toBe(1);
    const ended = shards.filter(({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber);
    expect(ended.map(({ ShardId }) => ShardId)).toEqual([parents[0]]);
  });

  it('ends an ended shard without a next iterator, and never an open one', async () => {
    const world = newWorld(1);
    const { stream } = world.table('source');
    world.table('source').load([item('a', 1)]);
    const [parent] = stream?.shards ?? [];
    if (parent) stream?.split(parent);
    await world.run(async (task) => {
      await task.runtime.sleep(1_000);
      for (const { ShardId } of await shardsOf(world, task)) {
        const { records, ended } = await recordsOf(world, task, ShardId as string);
        expect(ended).toBe(ShardId === parent?.id);
        expect(records).toHaveLength(ended ? 1 : 0);
      }
    });
  });

  it('gives empty pages although records are there, and in the end gives them', async () => {
    const world = newWorld(1, { faults: { emptyRecords: 1 } });
    world.table('source').load([item('a', 1), item('b', 1)]);
    expect(await allRecords(world)).toHaveLength(2);
    expect(world.faultCounts.emptyRecords).toBeGreaterThan(1);
  });

  it('shows a record some time after its write', async () => {
    const delays = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const world = newWorld(seed);
      world.table('source').load([item('a', 1)]);
      const [written] = world.table('source').stream?.shards[0]?.records ?? [];
      delays.add((written?.visibleAt ?? 0) - (written?.writtenAt ?? 0));
    }
    expect(delays.size).toBeGreaterThan(10);
    expect(Math.max(...delays)).toBeLessThanOrEqual(500);
  });

  it('can be read from, after, and behind any record', async () => {
    const world = newWorld(1);
    world.table('source').load([item('a', 1), item('a', 2), item('a', 3)]);
    const records = await allRecords(world);
    const second = records[1]?.dynamodb?.SequenceNumber as string;
    await world.run(async (task) => {
      const [shard] = await shardsOf(world, task);
      const from = async (type: ShardIteratorType, sequence?: string) =>
        (await recordsOf(world, task, shard?.ShardId as string, type, sequence)).records.map(
          ({ dynamodb }) => dynamodb?.NewImage?.v?.N,
        );
      expect(await from('AT_SEQUENCE_NUMBER', second)).toEqual(['2', '3']);
      expect(await from('AFTER_SEQUENCE_NUMBER', second)).toEqual(['3']);
      expect(await from('LATEST')).toEqual([]);
    });
  });
});

describe('turning a stream on', () => {
  const enable = new UpdateTableCommand({
    TableName: 'plain',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  const describeTable = new DescribeTableCommand({ TableName: 'plain' });

  function plainWorld(seed: number): World {
    const world = new World({ seed });
    world.createTable({ name: 'plain', partitionKey: { name: 'id', type: 'S' }, items: [item('a', 1)] });
    return world;
  }

  it('takes a while; every write after it says ENABLED is captured, one before perhaps', async () => {
    let early = 0;
    for (let seed = 0; seed < 40; seed++) {
      const world = plainWorld(seed);
      await world.run(async (task) => {
        const client = world.client(task);
        expect((await client.send(describeTable)).Table).toMatchObject({
          TableStatus: 'ACTIVE',
          ItemCount: 1,
        });
        await client.send(enable);
        world.table('plain').load([item('early', 1)]);
        while ((await client.send(describeTable)).Table?.TableStatus !== 'ACTIVE')
          await task.runtime.sleep(100);
        expect((await client.send(describeTable)).Table?.StreamSpecification?.StreamEnabled).toBe(true);
        world.table('plain').load([item('late', 1)]);
      });
      const keys = (world.table('plain').stream?.shards ?? [])
        .flatMap(({ records }) => records)
        .map(({ record }) => record.dynamodb?.Keys?.id?.S);
      expect(keys).toContain('late');
      if (keys.includes('early')) early++;
    }
    expect(early).toBeLessThan(40);
  });

  it('is refused where one is on; off and on again is a new stream', async () => {
    const world = plainWorld(1);
    await world.run(async (task) => {
      const client = world.client(task);
      await client.send(enable);
      await task.runtime.sleep(10_000);
      const first = (await client.send(describeTable)).Table?.LatestStreamArn;
      await expect(client.send(enable)).rejects.toMatchObject({ name: 'ValidationException' });
      await client.send(
        new UpdateTableCommand({ TableName: 'plain', StreamSpecification: { StreamEnabled: false } }),
      );
      expect((await client.send(describeTable)).Table?.StreamSpecification).toBeUndefined();
      await client.send(enable);
      await task.runtime.sleep(10_000);
      expect((await client.send(describeTable)).Table?.LatestStreamArn).not.toBe(first);
    });
  });
});
