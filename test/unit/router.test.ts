import { GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { systemRuntime } from '../../shared/runtime.ts';
import { type Network, ROUTE, RouterScene } from './router-network.ts';

let scene: RouterScene;
let network: Network;

beforeEach(() => {
  scene = new RouterScene();
  network = scene.network;
});

const put = () =>
  scene.client.send(
    new PutItemCommand({
      TableName: 'orders',
      Item: { id: { S: 'x' }, n: { N: '12345678901234567890123456789012345678' } },
    }),
  );

describe('the router in a client of the SDK', () => {
  it('sends to the side that the route names, with the item untouched', async () => {
    await put();
    network.route = { ...ROUTE, state: 'target', active: 'target' };
    scene.now += 2_000;
    await put();
    expect(network.tables).toEqual(['orders', 'orders-v2']);
    expect(network.sent[1]?.body.Item).toEqual({
      id: { S: 'x' },
      n: { N: '12345678901234567890123456789012345678' },
    });
    expect(network.sent[1]?.headers.authorization).toContain('AWS4-HMAC-SHA256');
  });

  it('acts on a cached route only as long as the route allows', async () => {
    await put();
    network.route = { ...ROUTE, state: 'target', active: 'target' };
    scene.now += 999;
    await put();
    scene.now += 2;
    await put();
    expect(network.tables).toEqual(['orders', 'orders', 'orders-v2']);
  });

  it('routes each attempt anew, inside the retries of the SDK', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return {};
      network.route = { ...ROUTE, state: 'target', active: 'target' };
      scene.now += 2_000;
      return { status: 500, body: { __type: 'InternalServerError' } };
    };
    await put();
    expect(network.tables).toEqual(['orders', 'orders-v2']);
  });

  it('gives up an attempt that gets no answer in time, and tries again where the route points then', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return {};
      network.route = { ...ROUTE, state: 'target', active: 'target' };
      scene.now += 2_000;
      return 'silence';
    };
    await put();
    expect(network.tables).toEqual(['orders', 'orders-v2']);
  });

  it('fails with a TimeoutError when no attempt gets an answer in time', async () => {
    network.answer = () => 'silence';
    const error = await put().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RouteError);
    expect(error).toMatchObject({
      name: 'TimeoutError',
      message: 'no answer within 500 ms',
      $metadata: { attempts: 4 },
    });
  });

  it('holds writes while fenced and lets reads through', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: scene.now + 10_000 };
    const held = put();
    await scene.client.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'x' } } }));
    expect(network.sent.map(({ operation }) => operation)).toEqual(['GetItem']);
    network.route = { ...ROUTE, state: 'target', active: 'target' };
    scene.now += 300;
    await held;
    expect(network.tables).toEqual(['orders', 'orders-v2']);
  });

  it('lifts a fence whose deadline is over', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: scene.now - 1 };
    network.lift = () => {
      network.route = ROUTE;
      return { body: { Attributes: marshall(ROUTE) } };
    };
    await put();
    expect(network.tables).toEqual(['orders']);
  });

  it('reads the route again when somebody else was faster, however long it has tried', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: scene.now - 1 };
    network.lift = () => {
      network.route = ROUTE;
      scene.now += 60_000;
      return { status: 400, body: { __type: 'ConditionalCheckFailedException' } };
    };
    await put();
    expect(network.tables).toEqual(['orders']);
  });

  it('fails a write behind an overdue fence only when it could not be lifted for seconds', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: scene.now - 1 };
    let tries = 0;
    network.lift = () => {
      tries++;
      scene.now += 2_000;
      return { status: 400, body: { __type: 'AccessDeniedException' } };
    };
    await expect(put()).rejects.toThrow('held behind the fence beyond its deadline');
    expect(tries).toBe(3);
  });

  it('tries for as long again in each attempt of the SDK, where a retry might help', async () => {
    const patient = new RouterScene({}, 2);
    patient.network.route = { ...ROUTE, state: 'fenced', deadline: patient.now - 1 };
    let lifts = 0;
    patient.network.lift = () => {
      lifts++;
      patient.now += 2_000;
      return { status: 500, body: { __type: 'InternalServerError' } };
    };
    await expect(
      patient.client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'x' } } })),
    ).rejects.toMatchObject({ name: 'RouteError', cause: { name: 'InternalServerError' } });
    // Two lifts in each attempt, each of them with its own retry.
    expect(lifts).toBe(2 * 2 * 2);
  });

  it('lets requests to other tables through', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: scene.now + 10_000 };
    await scene.client.send(new PutItemCommand({ TableName: 'customers', Item: { id: { S: 'x' } } }));
    expect(network.tables).toEqual(['customers']);
  });

  it('gives requests to other tables the time that they take', async () => {
    network.answer = async () => {
      await systemRuntime.sleep(ROUTE.attemptMilliseconds / 5);
      return {};
    };
    const { $metadata } = await scene.client.send(
      new PutItemCommand({ TableName: 'customers', Item: { id: { S: 'x' } } }),
    );
    expect($metadata.attempts).toBe(1);
  });

  it('hides the reserved attribute, also from a DynamoDBDocumentClient', async () => {
    network.route = { ...ROUTE, state: 'target', active: 'target' };
    network.answer = () => ({ body: { Item: { id: { S: 'x' }, '_segue:m': { S: 'version' } } } });
    const documents = DynamoDBDocumentClient.from(scene.client);
    expect((await documents.send(new GetCommand({ TableName: 'orders', Key: { id: 'x' } }))).Item).toEqual({
      id: 'x',
    });
    await documents.send(new PutCommand({ TableName: 'orders', Item: { id: 'x', count: 1 } }));
    expect(network.tables).toEqual(['orders-v2', 'orders-v2']);
  });
});

describe('a transaction whose outcome on the source is not known', () => {
  const MISMATCH = { status: 400, body: { __type: 'IdempotentParameterMismatchException' } };
  const transact = () =>
    scene.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName: 'orders', Item: { id: { S: 'x' } } } }],
      }),
    );
  const tables = () =>
    network.sent.map(({ body }) => (body.TransactItems as [{ Put: { TableName: string } }])[0].Put.TableName);

  it('is done when the target refuses its token: the source had taken it before the switch', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return MISMATCH;
      network.route = { ...ROUTE, state: 'target', active: 'target' };
      scene.now += 2_000;
      return 'silence';
    };
    expect((await transact()).$metadata.attempts).toBe(2);
    expect(tables()).toEqual(['orders', 'orders-v2']);
    const tokens = network.sent.map(({ body }) => body.ClientRequestToken);
    expect(tokens[0]).toEqual(tokens[1]);
  });

  it('is sent to the target when its token is not known there', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return {};
      network.route = { ...ROUTE, state: 'target', active: 'target' };
      scene.now += 2_000;
      return { status: 500, body: { __type: 'InternalServerError' } };
    };
    await transact();
    expect(tables()).toEqual(['orders', 'orders-v2']);
  });

  it('is refused when it was never sent to the source, or longer ago than a token lives', async () => {
    network.route = { ...ROUTE, state: 'target', active: 'target' };
    network.answer = () => MISMATCH;
    await expect(transact()).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
    network.sent.length = 0;
    network.route = ROUTE;
    scene.now += 2_000;
    network.answer = () => {
      if (network.sent.length > 1) return MISMATCH;
      network.route = { ...ROUTE, state: 'target', active: 'target' };
      scene.now += 10 * 60_000;
      return 'silence';
    };
    await expect(transact()).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });
});
