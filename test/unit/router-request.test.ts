import { describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { answerFor, assertRoutable, renamed, requestKind, tablesOf } from '../../shared/router-request.ts';

const toTarget = (table: string) => (table === 'orders' ? 'orders-v2' : table);
const tables = [{ source: 'orders', target: 'orders-v2', keys: [{ name: 'id', type: 'S' as const }] }];

describe('a routed request', () => {
  it.each([
    ['PutItem', 'write'],
    ['BatchWriteItem', 'write'],
    ['TransactWriteItems', 'write'],
    ['Query', 'read'],
    ['TransactGetItems', 'read'],
    ['DescribeTable', 'other'],
  ])('%s is a %s', (operation, kind) => {
    expect(requestKind(operation)).toBe(kind);
  });

  it('is renamed wherever it names a table, other tables stay', () => {
    expect(renamed({ TableName: 'orders', Item: { TableName: { S: 'orders' } } }, toTarget)).toEqual({
      TableName: 'orders-v2',
      Item: { TableName: { S: 'orders' } },
    });
    expect(renamed({ RequestItems: { orders: [1], other: [2] } }, toTarget)).toEqual({
      RequestItems: { 'orders-v2': [1], other: [2] },
    });
    expect(
      renamed(
        { TransactItems: [{ Put: { TableName: 'orders' } }, { ConditionCheck: { TableName: 'other' } }] },
        toTarget,
      ),
    ).toEqual({
      TransactItems: [{ Put: { TableName: 'orders-v2' } }, { ConditionCheck: { TableName: 'other' } }],
    });
  });

  it('names all of its tables', () => {
    expect(
      tablesOf({ TransactItems: [{ Put: { TableName: 'a' } }, { Delete: { TableName: 'b' } }] }),
    ).toEqual(['a', 'b']);
    expect(tablesOf({ Statement: 'x' })).toEqual([]);
  });

  it('is refused as PartiQL when it names a routed table, and let pass when it does not', () => {
    expect(() => assertRoutable('ExecuteStatement', { Statement: 'SELECT * FROM "orders"' }, tables)).toThrow(
      RouteError,
    );
    expect(() =>
      assertRoutable(
        'BatchExecuteStatement',
        { Statements: [{ Statement: 'DELETE FROM orders WHERE id=?' }] },
        tables,
      ),
    ).toThrow(RouteError);
    expect(() =>
      assertRoutable('ExecuteStatement', { Statement: 'SELECT * FROM "orders-v1"' }, tables),
    ).not.toThrow();
    expect(() => assertRoutable('PutItem', { TableName: 'orders' }, tables)).not.toThrow();
  });
});

describe('the answer to a routed request', () => {
  const back = (table: string) => (table === 'orders-v2' ? 'orders' : table);

  it('comes without the reserved attribute, wherever an item stands in it', () => {
    const item = { id: { S: 'x' }, '_segue:m': { S: 'v' } };
    const clean = { id: { S: 'x' } };
    expect(answerFor({ Item: item }, '_segue:m', back)).toEqual({ Item: clean });
    expect(answerFor({ Attributes: item }, '_segue:m', back)).toEqual({ Attributes: clean });
    expect(answerFor({ Items: [item, clean], Count: 2 }, '_segue:m', back)).toEqual({
      Items: [clean, clean],
      Count: 2,
    });
    expect(answerFor({ Responses: [{ Item: item }, {}] }, '_segue:m', back)).toEqual({
      Responses: [{ Item: clean }, {}],
    });
  });

  it('comes under the names that the application used', () => {
    const item = { id: { S: 'x' }, '_segue:m': { S: 'v' } };
    expect(
      answerFor(
        { Responses: { 'orders-v2': [item], other: [] }, UnprocessedKeys: { 'orders-v2': { Keys: [] } } },
        '_segue:m',
        back,
      ),
    ).toEqual({
      Responses: { orders: [{ id: { S: 'x' } }], other: [] },
      UnprocessedKeys: { orders: { Keys: [] } },
    });
    expect(answerFor({ UnprocessedItems: { 'orders-v2': [] } }, '_segue:m', back)).toEqual({
      UnprocessedItems: { orders: [] },
    });
  });
});
