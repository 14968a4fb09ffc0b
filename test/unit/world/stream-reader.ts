import {
  type _Record,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
  type ShardIteratorType,
} from '@aws-sdk/client-dynamodb-streams';
import type { Item } from '../../../shared/model.ts';
import type { Faults } from '../../simulation/world/faults.ts';
import type { Task } from '../../simulation/world/task.ts';
import { World, type WorldProps } from '../../simulation/world/world.ts';

export const item = (id: string, v: number): Item => ({ id: { S: id }, v: { N: `${v}` } });
export const key = (id: string): Item => ({ id: { S: id } });

export function newWorld(
  seed: number,
  {
    shards = 1,
    faults = {},
    limits = {},
  }: { shards?: number; faults?: Faults; limits?: WorldProps['limits'] } = {},
): World {
  const world = new World({ seed, faults, limits: limits ?? {} });
  world.createTable({ name: 'source', partitionKey: { name: 'id', type: 'S' }, stream: { shards } });
  return world;
}

export const arnOf = (world: World) => world.table('source').stream?.arn as string;

export async function shardsOf(world: World, task: Task): Promise<Shard[]> {
  const shards: Shard[] = [];
  let start: string | undefined;
  do {
    const { StreamDescription } = await world.streamsClient(task).send(
      new DescribeStreamCommand({
        StreamArn: arnOf(world),
        ...(start ? { ExclusiveStartShardId: start } : {}),
      }),
    );
    shards.push(...(StreamDescription?.Shards ?? []));
    start = StreamDescription?.LastEvaluatedShardId;
  } while (start);
  return shards;
}

/** Reads a shard to its end, or to silence. */
export async function recordsOf(
  world: World,
  task: Task,
  ShardId: string,
  ShardIteratorType: ShardIteratorType = 'TRIM_HORIZON',
  SequenceNumber?: string,
) {
  const client = world.streamsClient(task);
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamArn: arnOf(world),
      ShardId,
      ShardIteratorType,
      ...(SequenceNumber ? { SequenceNumber } : {}),
    }),
  );
  const records: _Record[] = [];
  let empty = 0;
  let next = ShardIterator;
  while (next && empty < 5) {
    const { Records = [], NextShardIterator } = await client.send(
      new GetRecordsCommand({ ShardIterator: next }),
    );
    records.push(...Records);
    empty = Records.length === 0 ? empty + 1 : 0;
    next = NextShardIterator;
    await task.runtime.sleep(200);
  }
  return { records, ended: next === undefined };
}

export async function allRecords(world: World): Promise<_Record[]> {
  return world.run(async (task) => {
    await task.runtime.sleep(2_000);
    const records: _Record[] = [];
    for (const { ShardId } of await shardsOf(world, task))
      records.push(...(await recordsOf(world, task, ShardId as string)).records);
    return records;
  });
}

export const sequenceOf = ({ dynamodb }: _Record) => BigInt(dynamodb?.SequenceNumber as string);
