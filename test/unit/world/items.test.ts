import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  ResourceNotFoundException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import { World } from '../../simulation/world/world.ts';

const REFUSED = expect.objectContaining({ name: 'ValidationException' });
const FAILED = expect.objectContaining({ name: 'ConditionalCheckFailedException' });

let world: World;

beforeEach(() => {
  world = new World({ seed: 1, limits: { itemBytes: 500 } });
  world.createTable({ name: 'items', partitionKey: { name: 'id', type: 'S' } });
});

const client = (send: (client: ReturnType<World['client']>) => Promise<unknown>) =>
  world.run(async (task) => send(world.client(task))) as Promise<Record<string, never>>;
const put = (Item: Item, rest: Partial<PutItemCommandInput> = {}) =>
  client((dynamodb) => dynamodb.send(new PutItemCommand({ TableName: 'items', Item, ...rest })));
const update = (
  id: string,
  UpdateExpression: string,
  values: Item = {},
  rest: Partial<UpdateItemCommandInput> = {},
) =>
  client((dynamodb) =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName: 'items',
        Key: { id: { S: id } },
        UpdateExpression,
        ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
        ...rest,
      }),
    ),
  );
const stored = (id: string) => world.table('items').get({ id: { S: id } });

describe('items', () => {
  it('are read as they were put, every type unchanged', async () => {
    const item: Item = {
      id: { S: 'all' },
      number: { N: '12345678901234567890.12345' },
      bytes: { B: Uint8Array.of(0, 255) },
      flag: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ S: 'a' }, { N: '1' }] },
      map: { M: { inner: { SS: ['b', 'a'] } } },
      numbers: { NS: ['1', '2'] },
      binaries: { BS: [Uint8Array.of(1)] },
      empty: { S: '' },
    };
    await put(item);
    const { Item: read } = await client((dynamodb) =>
      dynamodb.send(
        new GetItemCommand({ TableName: 'items', Key: { id: { S: 'all' } }, ConsistentRead: true }),
      ),
    );
    expect(read).toEqual(item);
  });

  it('keep numbers in their canonical form', async () => {
    await put({ id: { S: 'a' }, n: { N: '1.500' } });
    expect(stored('a')).toEqual({ id: { S: 'a' }, n: { N: '1.5' } });
  });

  it.each<[string, Item]>([
    ['without its key', { other: { S: 'a' } }],
    ['with a key of another type', { id: { N: '1' } }],
    ['with an empty key', { id: { S: '' } }],
    ['with an empty set', { id: { S: 'a' }, set: { SS: [] } }],
    ['with an empty set inside', { id: { S: 'a' }, map: { M: { set: { NS: [] } } } }],
    ['with a set that holds a member twice', { id: { S: 'a' }, set: { NS: ['1', '1.0'] } }],
    ['with a number of 39 digits', { id: { S: 'a' }, n: { N: '123456789012345678901234567890123456789' } }],
    ['over the limit of size', { id: { S: 'a' }, text: { S: 'x'.repeat(500) } }],
  ])('are refused %s', async (_, item) => {
    await expect(put(item)).rejects.toEqual(REFUSED);
  });

  it('of exactly the limit of size are taken: names and UTF-8 bytes count', async () => {
    const text = 'é'.repeat((500 - 'id'.length - 'a'.length - 'text'.length - 1) / 2);
    await put({ id: { S: 'a' }, text: { S: `${text}x` } });
    await expect(put({ id: { S: 'a' }, text: { S: `${text}xy` } })).rejects.toEqual(REFUSED);
  });

  it('of a table that is not there are refused', async () => {
    await expect(
      client((dynamodb) =>
        dynamodb.send(new GetItemCommand({ TableName: 'other', Key: { id: { S: 'a' } } })),
      ),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it('can not be changed by whoever read or wrote them', async () => {
    const item: Item = { id: { S: 'a' }, v: { N: '1' } };
    await put(item);
    item.v = { N: '2' };
    expect(stored('a')).toEqual({ id: { S: 'a' }, v: { N: '1' } });
  });
});

describe('conditions', () => {
  beforeEach(() =>
    world.table('items').load([{ id: { S: 'a' }, v: { N: '10' }, t: { S: 'text' }, set: { SS: ['x'] } }]),
  );

  const holds = (ConditionExpression: string, values: Item = {}) =>
    put(
      { id: { S: 'a' } },
      {
        ConditionExpression,
        ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
      },
    ).then(
      () => true,
      (error) => {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      },
    );

  it.each<[string, boolean, Item?]>([
    ['attribute_exists(v)', true],
    ['attribute_not_exists(v)', false],
    ['v = :n', true, { ':n': { N: '10.0' } }],
    ['v < :n', false, { ':n': { N: '9' } }],
    ['v >= :n AND v <= :n', true, { ':n': { N: '10' } }],
    ['v <> :n', false, { ':n': { N: '10' } }],
    ['missing <> :n', true, { ':n': { N: '10' } }],
    ['missing < :n', false, { ':n': { N: '10' } }],
    ['v < :s', false, { ':s': { S: 'zzz' } }],
    ['NOT (v = :n OR t = :t)', false, { ':n': { N: '1' }, ':t': { S: 'text' } }],
    ['v = :n OR t = :t AND v = :n', false, { ':n': { N: '1' }, ':t': { S: 'text' } }],
    ['begins_with(t, :p)', true, { ':p': { S: 'te' } }],
    ['contains(set, :x)', true, { ':x': { S: 'x' } }],
    ['size(t) = :n', true, { ':n': { N: '4' } }],
    ['v BETWEEN :low AND :high', true, { ':low': { N: '9' }, ':high': { N: '10' } }],
    ['v IN (:one, :ten)', true, { ':one': { N: '1' }, ':ten': { N: '10' } }],
    ['attribute_type(v, :type)', true, { ':type': { S: 'N' } }],
  ])('%s is %s', async (expression, expected, values) => {
    expect(await holds(expression, values)).toBe(expected);
  });

  it('compare text by its UTF-8 bytes', async () => {
    // U+FF5E sorts below U+1F600 in UTF-8, above it in UTF-16.
    world.table('items').load([{ id: { S: 'a' }, t: { S: '\uff5e' } }]);
    expect(await holds('t < :t', { ':t': { S: '\u{1f600}' } })).toBe(true);
  });

  it.each<[string, string, Partial<PutItemCommandInput>]>([
    ['a name that is not given', '#v = :n', { ExpressionAttributeValues: { ':n': { N: '1' } } }],
    ['a value that is not given', 'v = :n', {}],
    ['a name that is not used', 'attribute_exists(v)', { ExpressionAttributeNames: { '#x': 'x' } }],
    ['a value that is not used', 'attribute_exists(v)', { ExpressionAttributeValues: { ':x': { S: 'x' } } }],
    ['text behind the end', 'attribute_exists(v) v', {}],
    ['redundant parentheses', '((attribute_exists(v)))', {}],
  ])('with %s are refused', async (_, ConditionExpression, rest) => {
    await expect(put({ id: { S: 'a' } }, { ConditionExpression, ...rest })).rejects.toEqual(REFUSED);
  });

  it('that failed carry the item where it was asked for', async () => {
    const failing = { ConditionExpression: 'attribute_not_exists(id)' };
    await expect(put({ id: { S: 'a' } }, failing)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: undefined,
    });
    await expect(
      put({ id: { S: 'a' } }, { ...failing, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ).rejects.toMatchObject({
      Item: { v: { N: '10' } },
    });
  });
});

describe('updates', () => {
  it('create the item where there is none, even by REMOVE alone', async () => {
    await update('a', 'REMOVE v');
    expect(stored('a')).toEqual({ id: { S: 'a' } });
  });

  it('do not create it where their condition fails', async () => {
    await expect(
      update('a', 'REMOVE v', {}, { ConditionExpression: 'attribute_exists(id)' }),
    ).rejects.toEqual(FAILED);
    expect(stored('a')).toBeUndefined();
  });

  it('count, from a default', async () => {
    const counting = () =>
      update('a', 'SET n = if_not_exists(n, :zero) + :one', { ':zero': { N: '0' }, ':one': { N: '1' } });
    await counting();
    await counting();
    expect(stored('a')).toEqual({ id: { S: 'a' }, n: { N: '2' } });
  });

  it('see the item as it was, on every right-hand side', async () => {
    world.table('items').load([{ id: { S: 'a' }, x: { N: '1' }, y: { N: '5' } }]);
    await update('a', 'SET x = y, y = x - :one', { ':one': { N: '1' } });
    expect(stored('a')).toEqual({ id: { S: 'a' }, x: { N: '5' }, y: { N: '0' } });
  });

  it('add to numbers and to sets, and take from sets', async () => {
    world
      .table('items')
      .load([{ id: { S: 'a' }, n: { N: '1' }, s: { SS: ['x', 'y'] }, gone: { SS: ['z'] } }]);
    await update('a', 'ADD n :n, s :s DELETE gone :z', {
      ':n': { N: '2' },
      ':s': { SS: ['y', 'w'] },
      ':z': { SS: ['z'] },
    });
    expect(stored('a')).toEqual({ id: { S: 'a' }, n: { N: '3' }, s: { SS: ['x', 'y', 'w'] } });
  });

  it('reach into documents', async () => {
    world
      .table('items')
      .load([{ id: { S: 'a' }, m: { M: { x: { N: '1' } } }, l: { L: [{ S: 'a' }, { S: 'b' }] } }]);
    await update(
      'a',
      'SET m.#y = :v REMOVE l[0]',
      { ':v': { N: '2' } },
      { ExpressionAttributeNames: { '#y': 'y.z' } },
    );
    expect(stored('a')).toEqual({
      id: { S: 'a' },
      m: { M: { x: { N: '1' }, 'y.z': { N: '2' } } },
      l: { L: [{ S: 'b' }] },
    });
  });

  it.each([
    ['of a part of the key', 'SET id = :v', { ':v': { S: 'b' } }],
    ['of one attribute twice', 'SET v = :v REMOVE v', { ':v': { S: 'b' } }],
    ['that read a missing attribute', 'SET v = missing', {}],
    ['that add text', 'SET v = t + :v', { ':v': { N: '1' } }],
  ])('%s are refused', async (_, expression, values) => {
    world.table('items').load([{ id: { S: 'a' }, t: { S: 'text' } }]);
    await expect(update('a', expression, values as Item)).rejects.toEqual(REFUSED);
  });

  it('return what is asked for', async () => {
    world.table('items').load([{ id: { S: 'a' }, v: { N: '1' }, w: { N: '9' } }]);
    const set = (ReturnValues: UpdateItemCommandInput['ReturnValues'], value: string) =>
      update('a', 'SET v = :v', { ':v': { N: value } }, { ReturnValues });
    expect((await set('UPDATED_OLD', '2')).Attributes).toEqual({ v: { N: '1' } });
    expect((await set('UPDATED_NEW', '3')).Attributes).toEqual({ v: { N: '3' } });
    expect((await set('ALL_OLD', '4')).Attributes).toMatchObject({ v: { N: '3' }, w: { N: '9' } });
    expect((await set('ALL_NEW', '5')).Attributes).toMatchObject({ v: { N: '5' }, w: { N: '9' } });
    expect((await set('NONE', '6')).Attributes).toBeUndefined();
  });
});

describe('deletes', () => {
  it('succeed where nothing is, and return what was there', async () => {
    world.table('items').load([{ id: { S: 'a' } }]);
    const deleting = () =>
      client((dynamodb) =>
        dynamodb.send(
          new DeleteItemCommand({ TableName: 'items', Key: { id: { S: 'a' } }, ReturnValues: 'ALL_OLD' }),
        ),
      );
    expect((await deleting()).Attributes).toEqual({ id: { S: 'a' } });
    expect((await deleting()).Attributes).toBeUndefined();
  });

  it('refuse a key with attributes that are not of the key', async () => {
    await expect(
      client((dynamodb) =>
        dynamodb.send(new DeleteItemCommand({ TableName: 'items', Key: { id: { S: 'a' }, v: { N: '1' } } })),
      ),
    ).rejects.toEqual(REFUSED);
  });
});
