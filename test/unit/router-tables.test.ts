import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { type Network, ROUTE, RouterScene } from './router-network.ts';

let scene: RouterScene;
let network: Network;

beforeEach(() => {
  scene = new RouterScene();
  network = scene.network;
});

const key = { id: { S: 'x' } };
const versioned = { ...key, '_segue:m': { S: 'version' } };
const body = () => network.sent.at(-1)?.body;

describe.each([
  ['source', 'orders'],
  ['target', 'orders-v2'],
] as const)('while the route names the %s', (state, table) => {
  beforeEach(() => {
    scene.turnTo(state);
  });

  it('the routed part of a batch of writes goes there, and what is left comes back under the name that was used', async () => {
    const [write] = [[{ PutRequest: { Item: key } }]];
    network.answer = () => ({ body: { UnprocessedItems: { [table]: write } } });
    const { UnprocessedItems } = await scene.client.send(
      new BatchWriteItemCommand({ RequestItems: { orders: write, customers: write } }),
    );
    expect(body()?.RequestItems).toEqual({ [table]: write, customers: write });
    expect(UnprocessedItems).toEqual({ orders: write });
  });

  it('the routed part of a batch of reads goes there', async () => {
    network.answer = () => ({
      body: {
        Responses: { [table]: state === 'target' ? [versioned] : [key], customers: [key] },
        UnprocessedKeys: { [table]: { Keys: [key] } },
      },
    });
    const { Responses, UnprocessedKeys } = await scene.client.send(
      new BatchGetItemCommand({ RequestItems: { orders: { Keys: [key] }, customers: { Keys: [key] } } }),
    );
    expect(Object.keys(body()?.RequestItems ?? {})).toEqual([table, 'customers']);
    expect(Responses).toEqual({ orders: [key], customers: [key] });
    expect(UnprocessedKeys).toEqual({ orders: { Keys: [key] } });
  });

  it('the routed part of a transaction goes there', async () => {
    await scene.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'orders', Item: key }, Delete: undefined },
          { Delete: { TableName: 'customers', Key: key } },
        ],
      }),
    );
    expect(body()?.TransactItems).toEqual([
      { Put: { TableName: table, Item: key } },
      { Delete: { TableName: 'customers', Key: key } },
    ]);
    network.answer = () => ({ body: { Responses: [{ Item: key }, {}] } });
    const { Responses } = await scene.client.send(
      new TransactGetItemsCommand({
        TransactItems: [
          { Get: { TableName: 'orders', Key: key } },
          { Get: { TableName: 'customers', Key: key } },
        ],
      }),
    );
    expect(body()?.TransactItems).toEqual([
      { Get: { TableName: table, Key: key } },
      { Get: { TableName: 'customers', Key: key } },
    ]);
    expect(Responses).toEqual([{ Item: key }, {}]);
  });

  it('batches and transactions of a DynamoDBDocumentClient go there', async () => {
    const documents = DynamoDBDocumentClient.from(scene.client);
    await documents.send(
      new BatchWriteCommand({ RequestItems: { orders: [{ PutRequest: { Item: { id: 'x' } } }] } }),
    );
    expect(body()?.RequestItems).toEqual({ [table]: [{ PutRequest: { Item: key } }] });
    await documents.send(
      new TransactWriteCommand({ TransactItems: [{ Put: { TableName: 'orders', Item: { id: 'x' } } }] }),
    );
    expect(body()?.TransactItems).toEqual([{ Put: { TableName: table, Item: key } }]);
  });

  it('a table that is named by its ARN is routed, and its answer comes under that ARN', async () => {
    const arn = (name: string) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;
    await scene.client.send(new PutItemCommand({ TableName: arn('orders'), Item: key }));
    expect(body()?.TableName).toBe(arn(table));
    network.answer = () => ({ body: { Responses: { [arn(table)]: [key] } } });
    const { Responses } = await scene.client.send(
      new BatchGetItemCommand({ RequestItems: { [arn('orders')]: { Keys: [key] } } }),
    );
    expect(Responses).toEqual({ [arn('orders')]: [key] });
  });

  it('PartiQL that names a routed table is refused, and other PartiQL goes on', async () => {
    const statement = (text: string) => scene.client.send(new ExecuteStatementCommand({ Statement: text }));
    await expect(statement('SELECT * FROM "orders"')).rejects.toThrow(
      /ExecuteStatement names orders, which is being migrated: PartiQL is not routed, use the item operations/,
    );
    expect(network.sent).toEqual([]);
    await statement('SELECT * FROM "customers"');
    expect(network.sent).toHaveLength(1);
  });

  it('what is about a table itself stays with the table that it names', async () => {
    await scene.client.send(new DescribeTableCommand({ TableName: 'orders' }));
    expect(network.tables).toEqual(['orders']);
  });
});

describe('a request that the application, or something in its client, has made in an unusual way', () => {
  it('is routed by what is sent, whatever was asked for', async () => {
    scene.client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: unknown; headers: Record<string, string> };
        if ((args.input as { TableName?: string }).TableName !== 'alias') return next(args);
        request.body = JSON.stringify({ TableName: 'orders', Key: key });
        request.headers['content-length'] = String(request.body?.toString().length);
        return next(args);
      },
      { step: 'build' },
    );
    network.route = { ...ROUTE, state: 'target', active: 'target' };
    await scene.client.send(new GetItemCommand({ TableName: 'alias', Key: key }));
    expect(network.tables).toEqual(['orders-v2']);
  });

  it('is not held like one of a routed table because that name stands in an item', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: scene.now + 10_000 };
    const item = { ...key, of: { S: 'orders' } };
    await scene.client.send(new PutItemCommand({ TableName: 'customers', Item: item }));
    expect(body()).toMatchObject({ TableName: 'customers', Item: item });
  });

  it('is refused after the switch when a batch names both tables: what is meant for either would be lost', async () => {
    network.route = { ...ROUTE, state: 'target', active: 'target' };
    const batch = new BatchWriteItemCommand({
      RequestItems: {
        orders: [{ PutRequest: { Item: key } }],
        'orders-v2': [{ PutRequest: { Item: { id: { S: 'y' } } } }],
      },
    });
    const error = await scene.client.send(batch).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RouteError);
    expect(error).toMatchObject({
      message: expect.stringContaining('a batch names the table orders-v2 and the one that was moved there'),
    });
    expect(network.sent).toEqual([]);
  });
});
