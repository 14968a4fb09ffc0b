import {
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import type { Faults } from '../../simulation/world/faults.ts';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';

const REFUSED = { name: 'ValidationException' };
const item = (pk: string, sk: number): Item => ({
  pk: { S: pk },
  sk: { N: `${sk}` },
  text: { S: `${pk}${sk}` },
});
const ITEMS = ['a', 'b', 'c', 'd', 'e'].flatMap((pk) => [10, 9, 2].map((sk) => item(pk, sk)));

function newWorld(seed: number, faults: Faults = {}, pageItems = 4): World {
  const world = new World({ seed, faults, limits: { pageItems } });
  for (const name of ['source', 'target', 'unlike'])
    world.createTable({
      name,
      partitionKey: { name: 'pk', type: 'S' },
      sortKey: { name: 'sk', type: 'N' },
      items: ITEMS,
      unlikeOthers: name === 'unlike',
    });
  return world;
}

async function pages(world: World, task: Task, input: Partial<ScanCommandInput> = {}): Promise<Item[][]> {
  const client = world.client(task, { maxAttempts: 10 });
  const result: Item[][] = [];
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: 'source',
        ConsistentRead: true,
        ...(start ? { ExclusiveStartKey: start } : {}),
        ...input,
      }),
    );
    result.push(Items);
    start = LastEvaluatedKey;
  } while (start);
  return result;
}

const scanned = (world: World, input: Partial<ScanCommandInput> = {}) =>
  world.run(async (task) => (await pages(world, task, input)).flat());
const texts = (items: readonly Item[]) => items.map(({ text }) => text?.S);

describe('Scan', () => {
  it('reads every item once, in small pages of uneven size', async () => {
    const world = newWorld(2);
    const read = await world.run((task) => pages(world, task));
    expect(texts(read.flat()).sort()).toEqual(texts(ITEMS).sort());
    expect(new Set(read.map(({ length }) => length)).size).toBeGreaterThan(1);
    expect(Math.max(...read.map(({ length }) => length))).toBeLessThanOrEqual(4);
  });

  it('covers the table with its segments, a partition always in the same one', async () => {
    const world = newWorld(1);
    const segments: Item[][] = [];
    for (let Segment = 0; Segment < 4; Segment++)
      segments.push(await scanned(world, { Segment, TotalSegments: 4 }));
    expect(texts(segments.flat()).sort()).toEqual(texts(ITEMS).sort());
    for (const pk of ['a', 'b', 'c', 'd', 'e'])
      expect(segments.filter((items) => items.some((found) => found.pk?.S === pk))).toHaveLength(1);
  });

  it('goes through two tables in the same order, unless they hash otherwise', async () => {
    const world = newWorld(1);
    const source = texts(await scanned(world));
    expect(texts(await scanned(world, { TableName: 'target' }))).toEqual(source);
    const unlike = texts(await scanned(world, { TableName: 'unlike' }));
    expect(unlike).not.toEqual(source);
    expect([...unlike].sort()).toEqual([...source].sort());
  });

  it('refuses a start key of another segment, and a segment that there is not', async () => {
    const world = newWorld(1);
    const [first] = await scanned(world, { Segment: 0, TotalSegments: 2 });
    const key = { pk: first?.pk, sk: first?.sk } as Item;
    const from = (Segment: number) => scanned(world, { Segment, TotalSegments: 2, ExclusiveStartKey: key });
    await expect(from(1)).rejects.toMatchObject(REFUSED);
    await expect(scanned(world, { Segment: 2, TotalSegments: 2 })).rejects.toMatchObject(REFUSED);
  });

  it('refuses a segment without their number, and a number without a segment', async () => {
    for (const half of [{ Segment: 0 }, { TotalSegments: 2 }])
      await expect(scanned(newWorld(1), half)).rejects.toMatchObject(REFUSED);
  });

  it('ends a page at its limit of bytes', async () => {
    const world = new World({ seed: 1, limits: { pageItems: 100, pageBytes: 1_000 } });
    const large = (id: string): Item => ({ id: { S: id }, fill: { S: 'x'.repeat(400) } });
    world.createTable({
      name: 'source',
      partitionKey: { name: 'id', type: 'S' },
      items: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map(large),
    });
    const read = await world.run((task) => pages(world, task));
    expect(read.flat()).toHaveLength(10);
    expect(Math.max(...read.map(({ length }) => length))).toBeLessThanOrEqual(3);
  });

  it('goes on behind a start key that was removed meanwhile', async () => {
    const world = newWorld(1, {}, 1);
    const order = texts(await scanned(world));
    const third = world.table('source').items()[2] as Item;
    const key = { pk: third.pk, sk: third.sk } as Item;
    world.table('source').remove(key);
    const { Items } = await world.run((task) =>
      world.client(task).send(new ScanCommand({ TableName: 'source', ExclusiveStartKey: key })),
    );
    expect(texts(Items ?? [])).toEqual([order[3]]);
  });

  it('names a last key at its limit even if nothing follows: the next page is empty', async () => {
    const world = newWorld(1, {}, 1);
    const read = await world.run((task) => pages(world, task));
    expect(read).toHaveLength(ITEMS.length + 1);
    expect(read.at(-1)).toEqual([]);
  });

  it('filters after it has counted, so that pages may be empty', async () => {
    const world = newWorld(1, {}, 2);
    const read = await world.run((task) =>
      pages(world, task, {
        FilterExpression: 'sk = :two',
        ExpressionAttributeValues: { ':two': { N: '2' } },
      }),
    );
    expect(read.flat()).toHaveLength(5);
    expect(read.some(({ length }) => length === 0)).toBe(true);
  });

  it('projects, counts, and tells what it consumed', async () => {
    const world = newWorld(1);
    const send = (input: Partial<ScanCommandInput>) =>
      world.run((task) => world.client(task).send(new ScanCommand({ TableName: 'source', ...input })));
    const projected = await send({
      ProjectionExpression: 'pk, #s',
      ExpressionAttributeNames: { '#s': 'sk' },
    });
    for (const found of projected.Items ?? []) expect(Object.keys(found)).toEqual(['pk', 'sk']);
    const counted = await send({ Select: 'COUNT', ReturnConsumedCapacity: 'TOTAL', ConsistentRead: true });
    expect(counted.Items).toBeUndefined();
    expect(counted.Count).toBeGreaterThan(0);
    expect(counted.ConsumedCapacity?.CapacityUnits).toBe(1);
  });

  it('sees every write that completed before it began, and no snapshot of what happens meanwhile', async () => {
    let torn = 0;
    for (let seed = 0; seed < 200; seed++) {
      const world = newWorld(seed, { interleaved: 0.3 });
      let read: Item[] = [];
      const before = item('before', 1);
      world.table('source').load([before]);
      world.scheduler.spawn('scanner', async (task) => {
        read = (await pages(world, task)).flat();
      });
      const written = ['f', 'g', 'h', 'i', 'j'].map((pk) => item(pk, 1));
      world.scheduler.spawn('writer', async (task) => {
        for (const next of written) {
          await task.point('writes');
          world.table('source').load([next]);
        }
      });
      await world.scheduler.run();
      expect(texts(read)).toContain('before1');
      const seen = written.map(({ text }) => texts(read).includes(text?.S));
      if (seen.indexOf(false) >= 0 && seen.lastIndexOf(true) > seen.indexOf(false)) torn++;
    }
    expect(torn).toBeGreaterThan(10);
  });

  it('without ConsistentRead may miss what was just written, and show what was just removed', async () => {
    let [missed, shown] = [0, 0];
    for (let seed = 0; seed < 50; seed++) {
      const world = newWorld(seed, { staleRead: 0.5 });
      const fresh = item('fresh', 1);
      world.table('source').load([fresh]);
      world.table('source').remove({ pk: { S: 'a' }, sk: { N: '9' } });
      const read = texts(await scanned(world, { ConsistentRead: false }));
      if (!read.includes('fresh1')) missed++;
      if (read.includes('a9')) shown++;
    }
    expect(missed).toBeGreaterThan(10);
    expect(shown).toBeGreaterThan(10);
  });
});

describe('Query', () => {
  const queried = (
    world: World,
    KeyConditionExpression: string,
    values: Item,
    input: Partial<QueryCommandInput> = {},
  ) =>
    world.run(async (task) => {
      const items: Item[] = [];
      let start: Item | undefined;
      do {
        const answer = await world.client(task).send(
          new QueryCommand({
            TableName: 'source',
            ConsistentRead: true,
            KeyConditionExpression,
            ExpressionAttributeValues: values,
            ...(start ? { ExclusiveStartKey: start } : {}),
            ...input,
          }),
        );
        items.push(...(answer.Items ?? []));
        start = answer.LastEvaluatedKey;
      } while (start);
      return texts(items);
    });
  const A: Item = { ':pk': { S: 'a' } };

  it('reads a partition in the order of its sort keys, numbers by value, either way', async () => {
    expect(await queried(newWorld(1), 'pk = :pk', A)).toEqual(['a2', 'a9', 'a10']);
    expect(await queried(newWorld(1), 'pk = :pk', A, { ScanIndexForward: false })).toEqual([
      'a10',
      'a9',
      'a2',
    ]);
  });

  it.each<[string, Item, string[]]>([
    ['pk = :pk AND sk >= :x', { ':x': { N: '9' } }, ['a9', 'a10']],
    ['pk = :pk AND sk < :x', { ':x': { N: '9' } }, ['a2']],
    ['sk = :x AND pk = :pk', { ':x': { N: '9.0' } }, ['a9']],
    ['pk = :pk AND sk BETWEEN :x AND :y', { ':x': { N: '3' }, ':y': { N: '9' } }, ['a9']],
  ])('takes %s', async (expression, values, expected) => {
    expect(await queried(newWorld(1), expression, { ...A, ...values })).toEqual(expected);
  });

  it('takes a prefix of a sort key', async () => {
    const world = new World({ seed: 1 });
    world.createTable({
      name: 'source',
      partitionKey: { name: 'pk', type: 'S' },
      sortKey: { name: 'sk', type: 'S' },
      items: ['unit#1', 'unit#2', 'route'].map((sk) => ({ pk: { S: 'a' }, sk: { S: sk }, text: { S: sk } })),
    });
    expect(await queried(world, 'pk = :pk AND begins_with(sk, :x)', { ...A, ':x': { S: 'unit#' } })).toEqual([
      'unit#1',
      'unit#2',
    ]);
  });

  it.each<[string, Item]>([
    ['sk = :x', { ':x': { N: '9' } }],
    ['pk > :pk', A],
    ['pk = :pk AND text = :x', { ...A, ':x': { S: 'a' } }],
    ['pk = :pk AND sk <> :x', { ...A, ':x': { N: '9' } }],
    ['pk = :pk OR sk = :x', { ...A, ':x': { N: '9' } }],
    ['pk = :pk AND sk = :x', { ...A, ':x': { S: '9' } }],
    ['pk = :pk AND sk BETWEEN :x AND :y', { ...A, ':x': { N: '9' }, ':y': { N: '2' } }],
    ['pk = :pk', { ':pk': { N: '1' } }],
  ])('refuses %s', async (expression, values) => {
    await expect(queried(newWorld(1), expression, values)).rejects.toMatchObject(REFUSED);
  });

  it('refuses to filter by a part of the key, and a start key of another partition', async () => {
    const world = newWorld(1);
    const byKey = { FilterExpression: '#sk > :zero', ExpressionAttributeNames: { '#sk': 'sk' } };
    await expect(queried(world, 'pk = :pk', { ...A, ':zero': { N: '0' } }, byKey)).rejects.toMatchObject(
      REFUSED,
    );
    const elsewhere = { ExclusiveStartKey: { pk: { S: 'b' }, sk: { N: '2' } } };
    await expect(queried(world, 'pk = :pk', A, elsewhere)).rejects.toMatchObject(REFUSED);
  });
});
