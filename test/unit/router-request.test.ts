import { describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { answerFor, assertNoneNamed, renamed, requestKind, tablesOf } from '../../shared/router-request.ts';

const toTarget = (table: string) => (table === 'orders' ? 'orders-v2' : table);
const tables = [{ source: 'orders', target: 'orders-v2', keys: [{ name: 'id', type: 'S' as const }] }];

describe('a routed request', () => {
  it.each([
    ['PutItem', 'write'],
    ['BatchWriteItem', 'write'],
    ['TransactWriteItems', 'write'],
    ['Query', 'read'],
    ['TransactGetItems', 'read'],
    ['ExecuteStatement', 'statement'],
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

  it('is refused as PartiQL when a statement names a routed table, and let pass when none does', () => {
    const refused = (body: Record<string, unknown>) => () =>
      assertNoneNamed('ExecuteStatement', body, tables);
    expect(refused({ Statement: 'SELECT * FROM "orders"' })).toThrow(RouteError);
    expect(refused({ Statement: 'SELECT * FROM "orders"."by-day"' })).toThrow(RouteError);
    expect(refused({ Statements: [{ Statement: 'SELECT 1' }, { Statement: 'DELETE FROM orders' }] })).toThrow(
      RouteError,
    );
    expect(refused({ TransactStatements: [{ Statement: 'UPDATE "orders" SET a=?' }] })).toThrow(RouteError);
    expect(refused({ Statement: 'SELECT * FROM "orders-v1"' })).not.toThrow();
    expect(
      refused({ Statement: 'SELECT * FROM "customers" WHERE id=?', Parameters: [{ S: 'orders' }] }),
    ).not.toThrow();
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
