import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery, ScanCommand as ScanDocuments } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Network, ROUTE, RouterScene } from './router-network.ts';

let scene: RouterScene;
let network: Network;

beforeEach(() => {
  scene = new RouterScene();
  network = scene.network;
  network.route = { ...ROUTE, state: 'target', active: 'target' };
});

const key = { id: { S: 'x' } };
const versioned = { ...key, '_segue:m': { S: 'version' } };

describe('what the application reads from the target', () => {
  it('has no reserved attribute in the items of a query, and the key to go on with', async () => {
    network.answer = () => ({ body: { Items: [versioned, key], Count: 2, LastEvaluatedKey: key } });
    const answer = await scene.client.send(
      new QueryCommand({
        TableName: 'orders',
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: 'x' } },
        ProjectionExpression: 'id',
      }),
    );
    expect(answer).toMatchObject({ Items: [key, key], Count: 2, LastEvaluatedKey: key });
  });

  it('is counted as the target counts it', async () => {
    network.answer = () => ({ body: { Count: 3, ScannedCount: 5 } });
    const answer = await scene.client.send(new ScanCommand({ TableName: 'orders', Select: 'COUNT' }));
    expect(answer).toMatchObject({ Count: 3, ScannedCount: 5 });
    expect(answer).not.toHaveProperty('Items');
  });

  it('is hidden from the pages of a DynamoDBDocumentClient, each of which is routed on its own', async () => {
    network.route = ROUTE;
    network.answer = () => {
      if (network.sent.length > 1) return { body: { Items: [versioned], Count: 1 } };
      scene.turnTo('target');
      return { body: { Items: [key], Count: 1, LastEvaluatedKey: key } };
    };
    const documents = DynamoDBDocumentClient.from(scene.client);
    const pages = await Array.fromAsync(
      paginateQuery(
        { client: documents },
        {
          TableName: 'orders',
          KeyConditionExpression: 'id = :id',
          ExpressionAttributeValues: { ':id': 'x' },
        },
      ),
    );
    expect(pages.map(({ Items }) => Items)).toEqual([[{ id: 'x' }], [{ id: 'x' }]]);
    expect(network.tables).toEqual(['orders', 'orders-v2']);
    expect(network.sent[1]?.body.ExclusiveStartKey).toEqual(key);
    expect((await documents.send(new ScanDocuments({ TableName: 'orders' }))).Items).toEqual([{ id: 'x' }]);
  });
});

describe('what an answer of the target says beside the items', () => {
  it('names the tables as the application does in consumed capacity and item collections', async () => {
    network.answer = () => ({ body: { ConsumedCapacity: { TableName: 'orders-v2', CapacityUnits: 1 } } });
    const single = await scene.client.send(
      new GetItemCommand({ TableName: 'orders', Key: key, ReturnConsumedCapacity: 'TOTAL' }),
    );
    expect(single.ConsumedCapacity).toEqual({ TableName: 'orders', CapacityUnits: 1 });
    network.answer = () => ({
      body: {
        ConsumedCapacity: [
          { TableName: 'orders-v2', CapacityUnits: 1 },
          { TableName: 'customers', CapacityUnits: 2 },
        ],
        ItemCollectionMetrics: { 'orders-v2': [{ ItemCollectionKey: key }] },
      },
    });
    const many = await scene.client.send(
      new BatchWriteItemCommand({ RequestItems: { orders: [{ PutRequest: { Item: key } }] } }),
    );
    expect(many.ConsumedCapacity?.map(({ TableName }) => TableName)).toEqual(['orders', 'customers']);
    expect(many.ItemCollectionMetrics).toEqual({ orders: [{ ItemCollectionKey: key }] });
  });

  it('shows the item that a condition failed on, without the reserved attribute', async () => {
    network.answer = () => ({
      status: 400,
      body: { __type: 'ConditionalCheckFailedException', Item: versioned },
    });
    const put = new PutItemCommand({
      TableName: 'orders',
      Item: key,
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const failure = { name: 'ConditionalCheckFailedException', Item: key };
    await expect(scene.client.send(put)).rejects.toMatchObject(failure);
    const error = await scene.client.send(put).catch((error: unknown) => error);
    expect((error as { Item: object }).Item).toEqual(key);
  });

  it('shows the items that the conditions of a transaction failed on, without the reserved attribute', async () => {
    network.answer = () => ({
      status: 400,
      body: {
        __type: 'TransactionCanceledException',
        CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: versioned }, { Code: 'None' }],
      },
    });
    const error = await scene.client
      .send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Update: {
                TableName: 'orders',
                Key: key,
                UpdateExpression: 'SET a = b',
                ConditionExpression: 'attribute_not_exists(id)',
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
              },
            },
            { Put: { TableName: 'customers', Item: key } },
          ],
        }),
      )
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'TransactionCanceledException' });
    expect((error as { CancellationReasons: object[] }).CancellationReasons).toEqual([
      { Code: 'ConditionalCheckFailed', Item: key },
      { Code: 'None' },
    ]);
  });
});
