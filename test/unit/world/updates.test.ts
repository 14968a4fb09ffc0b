import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import { itemRequests, REFUSED } from './item-requests.ts';

const FAILED = expect.objectContaining({ name: 'ConditionalCheckFailedException' });
const { table, update, stored } = itemRequests();

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
    table().load([{ id: { S: 'a' }, x: { N: '1' }, y: { N: '5' } }]);
    await update('a', 'SET x = y, y = x - :one', { ':one': { N: '1' } });
    expect(stored('a')).toEqual({ id: { S: 'a' }, x: { N: '5' }, y: { N: '0' } });
  });

  it('add to numbers and to sets, and take from sets', async () => {
    table().load([{ id: { S: 'a' }, n: { N: '1' }, s: { SS: ['x', 'y'] }, gone: { SS: ['z'] } }]);
    await update('a', 'ADD n :n, s :s DELETE gone :z', {
      ':n': { N: '2' },
      ':s': { SS: ['y', 'w'] },
      ':z': { SS: ['z'] },
    });
    const { s, ...rest } = stored('a') as Item;
    expect(rest).toEqual({ id: { S: 'a' }, n: { N: '3' } });
    expect(s?.SS?.toSorted()).toEqual(['w', 'x', 'y']);
  });

  it('reach into documents', async () => {
    table().load([{ id: { S: 'a' }, m: { M: { x: { N: '1' } } }, l: { L: [{ S: 'a' }, { S: 'b' }] } }]);
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
    ['of a document and of a place in it', 'SET m = :v REMOVE m.x', { ':v': { S: 'b' } }],
    ['of a place and of its document', 'SET m.x = :v REMOVE m', { ':v': { S: 'b' } }],
    ['with a clause that comes twice', 'SET v = :v SET w = :v', { ':v': { S: 'b' } }],
    ['with nothing to do', '', {}],
    ['that take a number from a set of texts', 'DELETE s :v', { ':v': { NS: ['1'] } }],
    ['that read a missing attribute', 'SET v = missing', {}],
    ['that add text', 'SET v = t + :v', { ':v': { N: '1' } }],
  ])('%s are refused', async (_, expression, values) => {
    table().load([{ id: { S: 'a' }, t: { S: 'text' }, s: { SS: ['x'] }, m: { M: { x: { S: 'x' } } } }]);
    await expect(update('a', expression, values as Item)).rejects.toEqual(REFUSED);
  });

  it('return what is asked for', async () => {
    table().load([{ id: { S: 'a' }, v: { N: '1' }, w: { N: '9' } }]);
    const set = (ReturnValues: UpdateItemCommandInput['ReturnValues'], value: string) =>
      update('a', 'SET v = :v', { ':v': { N: value } }, { ReturnValues });
    expect((await set('UPDATED_OLD', '2')).Attributes).toEqual({ v: { N: '1' } });
    expect((await set('UPDATED_NEW', '3')).Attributes).toEqual({ v: { N: '3' } });
    expect((await set('ALL_OLD', '4')).Attributes).toMatchObject({ v: { N: '3' }, w: { N: '9' } });
    expect((await set('ALL_NEW', '5')).Attributes).toMatchObject({ v: { N: '5' }, w: { N: '9' } });
    expect((await set('NONE', '6')).Attributes).toBeUndefined();
  });
});
