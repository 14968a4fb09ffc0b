import { UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import type { Stream } from '../../simulation/world/stream.ts';
import type { Task } from '../../simulation/world/task.ts';
import type { World } from '../../simulation/world/world.ts';
import { allRecords, arnOf, item, newWorld, recordsOf, shardsOf } from './stream-reader.ts';

const HOUR = 3_600_000;
const streamOf = (world: World) => world.table('source').stream as Stream;

async function iteratorOf(world: World, task: Task, ShardId: string | undefined) {
  const { ShardIterator } = await world
    .streamsClient(task)
    .send(
      new GetShardIteratorCommand({ StreamArn: arnOf(world), ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
  return ShardIterator;
}

describe('a stream', () => {
  it('forgets records after 24 hours, and refuses who asks for them', async () => {
    const world = newWorld(1);
    world.table('source').load([item('a', 1)]);
    const [record] = await allRecords(world);
    const sequence = record?.dynamodb?.SequenceNumber as string;
    await world.run(async (task) => {
      await task.runtime.sleep(25 * 3_600_000);
      const [shard] = await shardsOf(world, task);
      expect((await recordsOf(world, task, shard?.ShardId as string)).records).toEqual([]);
      await expect(
        recordsOf(world, task, shard?.ShardId as string, 'AFTER_SEQUENCE_NUMBER', sequence),
      ).rejects.toMatchObject({
        name: 'TrimmedDataAccessException',
      });
    });
  });

  it('ends a shard after 4 hours, also where nothing is written, and lists what followed it', async () => {
    const world = newWorld(1);
    await world.run(async (task) => {
      const [first] = await shardsOf(world, task);
      await task.runtime.sleep(9 * HOUR);
      const shards = await shardsOf(world, task);
      expect(shards.map(({ ShardId, ParentShardId }) => [ShardId, ParentShardId])).toEqual([
        [first?.ShardId, undefined],
        [shards[1]?.ShardId, first?.ShardId],
        [shards[2]?.ShardId, shards[1]?.ShardId],
      ]);
      const ended = shards.map(({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber);
      expect(ended.map((number) => number !== undefined)).toEqual([true, true, false]);
      world.table('source').load([item('a', 1)]);
      const last = shards[2]?.ShardId as string;
      await task.runtime.sleep(1_000);
      expect((await recordsOf(world, task, last)).records).toHaveLength(1);
    });
  });

  it('does not know a shard any more that ended a day ago', async () => {
    const world = newWorld(1);
    await world.run(async (task) => {
      const [first] = await shardsOf(world, task);
      await task.runtime.sleep(29 * HOUR);
      expect((await shardsOf(world, task)).map(({ ShardId }) => ShardId)).not.toContain(first?.ShardId);
      await expect(iteratorOf(world, task, first?.ShardId)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });
  });

  it('can be read for a day after it was turned off, and is gone then', async () => {
    const world = newWorld(1);
    world.table('source').load([item('a', 1)]);
    await world.run(async (task) => {
      const describeStream = new DescribeStreamCommand({ StreamArn: arnOf(world) });
      const off = { StreamEnabled: false };
      await world
        .client(task)
        .send(new UpdateTableCommand({ TableName: 'source', StreamSpecification: off }));
      world.table('source').load([item('a', 2)]);
      await task.runtime.sleep(23 * HOUR);
      const { StreamDescription } = await world.streamsClient(task).send(describeStream);
      expect(StreamDescription?.StreamStatus).toBe('DISABLED');
      const [shard] = await shardsOf(world, task);
      const { records, ended } = await recordsOf(world, task, shard?.ShardId as string);
      expect([records.length, ended]).toEqual([1, true]);
      await task.runtime.sleep(2 * HOUR);
      await expect(world.streamsClient(task).send(describeStream)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });
  });

  it('refuses an iterator after 15 minutes', async () => {
    const world = newWorld(1);
    await world.run(async (task) => {
      const client = world.streamsClient(task);
      const [shard] = await shardsOf(world, task);
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({
          StreamArn: arnOf(world),
          ShardId: shard?.ShardId,
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      );
      await task.runtime.sleep(16 * 60_000);
      await expect(client.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject({
        name: 'ExpiredIteratorException',
      });
    });
  });

  it('gives at most 1 MB and 1,000 records at once', async () => {
    const world = newWorld(1, { limits: { pageRecords: 1_000 } });
    const fill = { S: 'x'.repeat(300_000) };
    for (let index = 0; index < 12; index++) world.table('source').load([{ id: { S: `${index}` }, fill }]);
    await world.run(async (task) => {
      await task.runtime.sleep(1_000);
      const client = world.streamsClient(task);
      const [shard] = await shardsOf(world, task);
      const sizes: number[] = [];
      let ShardIterator = await iteratorOf(world, task, shard?.ShardId);
      while (sizes.reduce((sum, size) => sum + size, 0) < 12) {
        const { Records = [], NextShardIterator } = await client.send(
          new GetRecordsCommand({ ShardIterator }),
        );
        sizes.push(Records.length);
        ShardIterator = NextShardIterator;
      }
      expect(Math.max(...sizes)).toBe(3);
      await expect(client.send(new GetRecordsCommand({ ShardIterator, Limit: 1_001 }))).rejects.toMatchObject(
        { name: 'ValidationException' },
      );
    });
  });

  it('can be asked for the children of one shard', async () => {
    const world = newWorld(1, { shards: 2 });
    const [parent] = streamOf(world).shards;
    if (parent) streamOf(world).split(parent);
    await world.run(async (task) => {
      await task.runtime.sleep(1_000);
      const { StreamDescription } = await world.streamsClient(task).send(
        new DescribeStreamCommand({
          StreamArn: arnOf(world),
          ShardFilter: { Type: 'CHILD_SHARDS', ShardId: parent?.id },
        }),
      );
      const children = StreamDescription?.Shards ?? [];
      expect(children.length).toBeGreaterThan(0);
      expect(children.every(({ ParentShardId }) => ParentShardId === parent?.id)).toBe(true);
    });
  });

  it('lists its shards so often in a second, and refuses who asks for more', async () => {
    const world = newWorld(1, { limits: { descriptionsPerSecond: 10 } });
    await world.run(async (task) => {
      const client = world.streamsClient(task, { maxAttempts: 1 });
      const list = () => client.send(new DescribeStreamCommand({ StreamArn: arnOf(world) }));
      for (let count = 0; count < 10; count++) await list();
      await expect(list()).rejects.toMatchObject({ name: 'LimitExceededException' });
      await task.runtime.sleep(1_000);
      await list();
    });
  });
});
