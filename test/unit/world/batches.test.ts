import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import type { Faults } from '../../simulation/world/faults.ts';
import { World } from '../../simulation/world/world.ts';

const REFUSED = { name: 'ValidationException' };

function newWorld(seed: number, faults: Faults = {}): World {
  const world = new World({ seed, faults, limits: { itemBytes: 1_000 } });
  world.createTable({ name: 'items', partitionKey: { name: 'id', type: 'S' }, stream: { shards: 1 } });
  return world;
}

const item = (id: string, rest: Item = {}): Item => ({ id: { S: id }, ...rest });
const ids = (world: World) =>
  world
    .table('items')
    .items()
    .map(({ id }) => id?.S)
    .sort();

describe('BatchWriteItem', () => {
  const write = (world: World, items: readonly Item[]) =>
    world.run((task) =>
      world.client(task, { maxAttempts: 1 }).send(
        new BatchWriteItemCommand({
          RequestItems: { items: items.map((Item) => ({ PutRequest: { Item } })) },
        }),
      ),
    );

  it('overwrites without a condition, and deletes', async () => {
    const world = newWorld(1);
    world.table('items').load([item('a', { v: { N: '1' } }), item('b')]);
    await world.run((task) =>
      world.client(task).send(
        new BatchWriteItemCommand({
          RequestItems: {
            items: [{ PutRequest: { Item: item('a') } }, { DeleteRequest: { Key: item('b') } }],
          },
        }),
      ),
    );
    expect(world.table('items').items()).toEqual([item('a')]);
  });

  it('is refused as a whole for a key that comes twice, and for more than 25 operations', async () => {
    const world = newWorld(1);
    await expect(write(world, [item('a'), item('b'), item('a')])).rejects.toMatchObject(REFUSED);
    await expect(
      write(
        world,
        Array.from({ length: 26 }, (_, index) => item(`${index}`)),
      ),
    ).rejects.toMatchObject(REFUSED);
    expect(ids(world)).toEqual([]);
  });

  it('is refused as a whole for a table without operations, and for an operation that is two', async () => {
    const world = newWorld(1);
    const send = (items: WriteRequest[]) =>
      world.run((task) => world.client(task).send(new BatchWriteItemCommand({ RequestItems: { items } })));
    await expect(send([])).rejects.toMatchObject(REFUSED);
    const both = { PutRequest: { Item: item('a') }, DeleteRequest: { Key: item('b') } };
    await expect(send([both])).rejects.toMatchObject(REFUSED);
  });

  it('is refused as a whole for one item that is too large or without its key', async () => {
    for (const bad of [item('b', { text: { S: 'x'.repeat(1_000) } }), { other: { S: 'key' } }]) {
      const world = newWorld(1);
      await expect(write(world, [item('a'), bad])).rejects.toMatchObject(REFUSED);
      expect(ids(world)).toEqual([]);
    }
  });

  it('gives back what it did not process', async () => {
    const world = newWorld(3, { unprocessed: 0.5 });
    const { UnprocessedItems } = await write(
      world,
      ['a', 'b', 'c', 'd'].map((id) => item(id)),
    );
    const back = (UnprocessedItems?.items ?? []).map(({ PutRequest }) => PutRequest?.Item?.id?.S as string);
    expect(back.length).toBeGreaterThan(0);
    expect([...back, ...ids(world)].sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('BatchGetItem', () => {
  const read = (world: World, keys: readonly string[]) =>
    world.run((task) =>
      world.client(task, { maxAttempts: 1 }).send(
        new BatchGetItemCommand({
          RequestItems: { items: { Keys: keys.map((id) => item(id)), ConsistentRead: true } },
        }),
      ),
    );

  it('reads what is there, in any order', async () => {
    const world = newWorld(1);
    world.table('items').load([item('a'), item('b')]);
    const { Responses } = await read(world, ['b', 'missing', 'a']);
    expect(Responses?.items).toHaveLength(2);
    expect(Responses?.items).toEqual(expect.arrayContaining([item('a'), item('b')]));
  });

  it('gives back the keys that it did not process', async () => {
    const world = newWorld(1, { unprocessed: 0.5 });
    world.table('items').load(['a', 'b', 'c', 'd'].map((id) => item(id)));
    const { Responses, UnprocessedKeys } = await read(world, ['a', 'b', 'c', 'd']);
    const keys = UnprocessedKeys?.items?.Keys ?? [];
    expect(keys.length).toBeGreaterThan(0);
    expect([...(Responses?.items ?? []), ...keys].map(({ id }) => id?.S).sort()).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  it.each<[string, readonly string[]]>([
    ['a key that comes twice', ['a', 'b', 'a']],
    ['more than 100 keys', Array.from({ length: 101 }, (_, index) => `${index}`)],
    ['no keys', []],
    ['an empty key', ['a', '']],
  ])('is refused as a whole for %s', async (_, keys) => {
    await expect(read(newWorld(1), keys)).rejects.toMatchObject(REFUSED);
  });

  it('reads 100 keys at once', async () => {
    const world = newWorld(1);
    const keys = Array.from({ length: 100 }, (_, index) => `${index}`);
    world.table('items').load(keys.map((id) => item(id)));
    expect((await read(world, keys)).Responses?.items).toHaveLength(100);
  });

  it('leaves unprocessed what does not fit into one answer', async () => {
    const world = new World({ seed: 1, limits: { answerBytes: 1_500 } });
    world.createTable({ name: 'items', partitionKey: { name: 'id', type: 'S' } });
    const keys = ['a', 'b', 'c', 'd'];
    world.table('items').load(keys.map((id) => item(id, { text: { S: 'x'.repeat(1_000) } })));
    const { Responses, UnprocessedKeys } = await read(world, keys);
    expect(Responses?.items).toHaveLength(2);
    expect(UnprocessedKeys?.items).toEqual({ Keys: [item('c'), item('d')], ConsistentRead: true });
  });
});

describe('BatchExecuteStatement', () => {
  const insert = (world: World, items: readonly Item[]) =>
    world.run((task) =>
      world.client(task, { maxAttempts: 1 }).send(
        new BatchExecuteStatementCommand({
          Statements: items.map((inserted) => ({
            Statement: `INSERT INTO "items" VALUE {${Object.keys(inserted)
              .map((name) => `'${name.replaceAll("'", "''")}': ?`)
              .join(', ')}}`,
            Parameters: Object.values(inserted),
          })),
        }),
      ),
    );

  it('inserts what is absent, says DuplicateItem for the rest, and leaves that as it was', async () => {
    const world = newWorld(1);
    world.table('items').load([item('b', { v: { N: '1' } })]);
    const { Responses } = await insert(world, [item('a', { "it's": { N: '1.0' } }), item('b')]);
    expect(Responses?.map(({ Error: error }) => error?.Code)).toEqual([undefined, 'DuplicateItem']);
    expect(world.table('items').get(item('a'))).toEqual(item('a', { "it's": { N: '1' } }));
    expect(world.table('items').get(item('b'))).toEqual(item('b', { v: { N: '1' } }));
  });

  it('makes a stream record like any other write', async () => {
    const world = newWorld(1);
    await insert(world, [item('a')]);
    expect(world.table('items').stream?.shards[0]?.records[0]?.record.eventName).toBe('INSERT');
  });

  it.each<[string, readonly Item[]]>([
    ['two statements with one key', [item('a'), item('b'), item('a')]],
    ['an empty set', [item('a'), item('b', { set: { SS: [] } })]],
    ['more than 25 statements', Array.from({ length: 26 }, (_, index) => item(`${index}`))],
    ['a statement of more than 8,192 characters', [item('a', { ['x'.repeat(8_192)]: { S: '' } })]],
  ])('is refused as a whole for %s', async (_, items) => {
    const world = newWorld(1);
    await expect(insert(world, items)).rejects.toMatchObject(REFUSED);
    expect(ids(world)).toEqual([]);
  });

  it('tells an item that is too large, or without its key, from the others', async () => {
    const world = newWorld(1);
    const { Responses } = await insert(world, [
      item('a', { text: { S: 'x'.repeat(1_000) } }),
      { other: { S: 'key' } },
      item('c'),
    ]);
    expect(Responses?.map(({ Error: error }) => error?.Code)).toEqual([
      'ValidationError',
      'ValidationError',
      undefined,
    ]);
    expect(ids(world)).toEqual(['c']);
  });

  it('throttles single statements inside a success, or loses the outcome of one', async () => {
    const codes = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const world = newWorld(seed, { statementFailed: 0.5 });
      const { Responses = [] } = await insert(
        world,
        ['a', 'b', 'c'].map((id) => item(id)),
      );
      for (const [index, id] of ['a', 'b', 'c'].entries()) {
        const code = Responses[index]?.Error?.Code ?? 'none';
        const inserted = ids(world).includes(id);
        if (code !== 'InternalServerError') expect(inserted).toBe(code === 'none');
        codes.add(code === 'InternalServerError' ? `${code} ${inserted}` : code);
      }
    }
    expect([...codes].sort()).toEqual([
      'InternalServerError false',
      'InternalServerError true',
      'ProvisionedThroughputExceeded',
      'RequestLimitExceeded',
      'ThrottlingError',
      'none',
    ]);
  });

  it('knows no other statement, and no parameter in place of the tuple', async () => {
    const world = newWorld(1);
    const { Responses } = await world.run((task) =>
      world.client(task).send(
        new BatchExecuteStatementCommand({
          Statements: [{ Statement: 'INSERT INTO "items" VALUE ?', Parameters: [{ M: item('a') }] }],
        }),
      ),
    );
    expect(Responses?.[0]?.Error?.Code).toBe('ValidationError');
  });
});
