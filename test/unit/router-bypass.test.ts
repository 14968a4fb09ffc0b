import {
  type DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import type { Way } from '../../shared/router-bypass.ts';
import { type Network, ROUTE, RouterScene } from './router-network.ts';

let scene: RouterScene;
let network: Network;
let client: DynamoDBClient;
let side: Way | undefined;

beforeEach(() => {
  side = 'route';
  scene = new RouterScene({ bypass: { side: () => side, tables: { orders: 'orders-v2' } } });
  ({ network, client } = scene);
});

const key = { id: { S: 'x' } };
const put = () => client.send(new PutItemCommand({ TableName: 'orders', Item: key }));
const get = () => client.send(new GetItemCommand({ TableName: 'orders', Key: key }));

describe('the kill switch', () => {
  it('follows the route until it is thrown', async () => {
    network.route = { ...ROUTE, state: 'target', active: 'target' };
    await put();
    side = undefined;
    await put();
    expect(network.tables).toEqual(['orders-v2', 'orders-v2']);
  });

  it.each([
    ['source', 'orders'],
    ['target', 'orders-v2'],
  ] as const)('sends to the %s whatever the route says, and reads no route', async (where, table) => {
    side = where;
    network.route = undefined;
    await put();
    network.route = { ...ROUTE, state: 'fenced', deadline: scene.now + 10_000 };
    await put();
    await get();
    expect(network.tables).toEqual([table, table, table]);
    expect(network.reads).toBe(0);
  });

  it('is asked at each attempt', async () => {
    network.read = () => {
      side = 'source';
      return { status: 500, body: { __type: 'InternalServerError' } };
    };
    await put();
    expect(network.tables).toEqual(['orders']);
    side = 'route';
    network.read = () => ({ status: 400, body: { __type: 'AccessDeniedException' } });
    await expect(put()).rejects.toThrow("the route of m can't be read");
  });

  it('hides the reserved attribute of the target, and refuses PartiQL of a table that was moved', async () => {
    side = 'target';
    const versioned = { ...key, '_segue:m': { S: 'version' } };
    network.answer = () => ({ body: { Item: versioned } });
    expect((await get()).Item).toEqual(key);
    network.answer = () => ({
      status: 400,
      body: { __type: 'ConditionalCheckFailedException', Item: versioned },
    });
    const error = await put().catch((error: unknown) => error);
    expect((error as { Item: object }).Item).toEqual(key);
    const statement = () => client.send(new ExecuteStatementCommand({ Statement: 'DELETE FROM "orders"' }));
    network.answer = () => ({});
    await expect(statement()).rejects.toThrow('PartiQL is not routed');
    side = 'source';
    await statement();
  });

  it('shuts the gate of the cutover: the router reports itself as not ready, at once and from time to time', async () => {
    await put();
    await expect.poll(() => network.reports.length).toBe(1);
    expect(network.reports[0]?.ready?.BOOL).toBe(true);
    side = 'source';
    await put();
    await put();
    scene.now += 5_000;
    await put();
    await expect.poll(() => network.reports.length).toBe(3);
    for (const { ready, reason, sk } of network.reports.slice(1)) {
      expect(ready?.BOOL).toBe(false);
      expect(reason?.S).toBe('it is bypassed: its requests go to the source, whatever the route says');
      expect(sk).toEqual(network.reports[0]?.sk);
    }
    side = 'route';
    scene.now += 5_000;
    await put();
    await expect.poll(() => network.reports.at(-1)?.ready?.BOOL).toBe(true);
  });

  it('whose tables are not those of the route is found before it is needed: the router is not ready', async () => {
    const wrong = new RouterScene({ bypass: { side: () => 'route', tables: { orders: 'orders-v3' } } });
    await wrong.client.send(new PutItemCommand({ TableName: 'orders', Item: key }));
    await expect.poll(() => wrong.network.reports.length).toBe(1);
    expect(wrong.network.reports[0]).toMatchObject({
      ready: { BOOL: false },
      reason: {
        S: 'its bypass names the tables orders:orders-v3, the route orders:orders-v2: make them the same',
      },
    });
    expect(wrong.network.tables).toEqual(['orders']);
  });

  it('refuses a side that there is not', async () => {
    side = 'traget' as Way;
    const error = await put().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RouteError);
    expect(error).toMatchObject({
      message: 'the router\'s bypass says "traget": it must be one of route, source, target',
    });
    expect(network.sent).toEqual([]);
  });
});
