import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import { itemRequests, REFUSED } from './item-requests.ts';

const { currentWorld, table, request, put, stored } = itemRequests();
/** A value inside so many lists and maps. */
const nested = (levels: number): AttributeValue =>
  Array.from({ length: levels }).reduce<AttributeValue>(
    (inner, _, level) => (level % 2 === 0 ? { L: [inner] } : { M: { x: inner } }),
    { S: 'x' },
  );
describe('items', () => {
  it('are read as they were put, every type unchanged', async () => {
    const item: Item = {
      id: { S: 'all' },
      number: { N: '12345678901234567890.12345' },
      bytes: { B: Uint8Array.of(0, 255) },
      flag: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ S: 'a' }, { N: '1' }] },
      map: { M: { inner: { SS: ['a'] } } },
      numbers: { NS: ['1'] },
      binaries: { BS: [Uint8Array.of(1)] },
      empty: { S: '' },
    };
    await put(item);
    const { Item: read } = await request((dynamodb) =>
      dynamodb.send(
        new GetItemCommand({ TableName: 'items', Key: { id: { S: 'all' } }, ConsistentRead: true }),
      ),
    );
    expect(read).toEqual(item);
  });

  it('keep neither the order of their attributes nor that of a set', async () => {
    await put({ id: { S: 'a' }, v: { N: '1' }, set: { SS: ['a', 'b'] } });
    expect(JSON.stringify(stored('a'))).not.toBe(
      JSON.stringify({ id: { S: 'a' }, v: { N: '1' }, set: { SS: ['a', 'b'] } }),
    );
    expect(stored('a')?.set?.SS?.toSorted()).toEqual(['a', 'b']);
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
    ['with a value of two types', { id: { S: 'a' }, v: { S: 'x', N: '1' } as never }],
    ['with a value of no type', { id: { S: 'a' }, v: {} as never }],
    ['with a null that is not true', { id: { S: 'a' }, v: { NULL: false } as never }],
    ['with more than 32 levels', { id: { S: 'a' }, v: nested(32) }],
    ['with a set that holds a member twice', { id: { S: 'a' }, set: { NS: ['1', '1.0'] } }],
    ['with a number of 39 digits', { id: { S: 'a' }, n: { N: '123456789012345678901234567890123456789' } }],
    ['over the limit of size', { id: { S: 'a' }, text: { S: 'x'.repeat(500) } }],
  ])('are refused %s', async (_, item) => {
    await expect(put(item)).rejects.toEqual(REFUSED);
  });

  it('of 32 levels are taken', async () => {
    await put({ id: { S: 'a' }, v: nested(31) });
    expect(stored('a')).toBeDefined();
  });

  it('of exactly the limit of size are taken: names and UTF-8 bytes count', async () => {
    const text = 'é'.repeat((500 - 'id'.length - 'a'.length - 'text'.length - 1) / 2);
    await put({ id: { S: 'a' }, text: { S: `${text}x` } });
    await expect(put({ id: { S: 'a' }, text: { S: `${text}xy` } })).rejects.toEqual(REFUSED);
  });

  it('of a table that is not there are refused', async () => {
    await expect(
      request((dynamodb) =>
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

describe('deletes', () => {
  it('succeed where nothing is, and return what was there', async () => {
    table().load([{ id: { S: 'a' } }]);
    const deleting = () =>
      request((dynamodb) =>
        dynamodb.send(
          new DeleteItemCommand({ TableName: 'items', Key: { id: { S: 'a' } }, ReturnValues: 'ALL_OLD' }),
        ),
      );
    expect((await deleting()).Attributes).toEqual({ id: { S: 'a' } });
    expect((await deleting()).Attributes).toBeUndefined();
  });

  it('refuse a key with attributes that are not of the key', async () => {
    await expect(
      request((dynamodb) =>
        dynamodb.send(new DeleteItemCommand({ TableName: 'items', Key: { id: { S: 'a' }, v: { N: '1' } } })),
      ),
    ).rejects.toEqual(REFUSED);
  });
});

describe('puts and deletes', () => {
  it('return what was there, or nothing: there is nothing else to return', async () => {
    await put({ id: { S: 'a' }, v: { N: '1' } });
    expect((await put({ id: { S: 'a' } }, { ReturnValues: 'ALL_OLD' })).Attributes).toMatchObject({
      v: { N: '1' },
    });
    await expect(put({ id: { S: 'a' } }, { ReturnValues: 'ALL_NEW' })).rejects.toEqual(REFUSED);
  });
});

describe('a binary key', () => {
  it('is taken up to 2,048 bytes', async () => {
    currentWorld().createTable({ name: 'binary', partitionKey: { name: 'id', type: 'B' }, itemBytes: 4_096 });
    const putOf = (bytes: number) =>
      request((dynamodb) =>
        dynamodb.send(
          new PutItemCommand({ TableName: 'binary', Item: { id: { B: new Uint8Array(bytes).fill(255) } } }),
        ),
      );
    await putOf(2_048);
    await expect(putOf(2_049)).rejects.toEqual(REFUSED);
    expect(currentWorld().table('binary').items()).toHaveLength(1);
  });
});
