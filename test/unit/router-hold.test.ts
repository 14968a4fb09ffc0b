import { BatchWriteItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../shared/runtime.ts';
import { type Network, ROUTE, RouterScene } from './router-network.ts';

let scene: RouterScene;
let network: Network;

beforeEach(() => {
  scene = new RouterScene();
  network = scene.network;
  network.route = { ...ROUTE, state: 'fenced', deadline: scene.now + 10_000 };
});

const item = { id: { S: 'x' } };
const put = (table: string) => new PutItemCommand({ TableName: table, Item: item });

describe('behind the fence', () => {
  it.each([
    [
      'a batch',
      () =>
        scene.client.send(
          new BatchWriteItemCommand({
            RequestItems: {
              customers: [{ PutRequest: { Item: item } }],
              orders: [{ PutRequest: { Item: item } }],
            },
          }),
        ),
    ],
    [
      'a transaction',
      () =>
        scene.client.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              { Put: { TableName: 'customers', Item: item } },
              {
                ConditionCheck: {
                  TableName: 'orders',
                  Key: item,
                  ConditionExpression: 'attribute_exists(id)',
                },
              },
            ],
          }),
        ),
    ],
  ])('%s that names a routed table waits as a whole; what names none goes on', async (_, send) => {
    const held = send();
    await scene.client.send(put('customers'));
    expect(network.sent).toHaveLength(1);
    scene.turnTo('target');
    await held;
    expect(network.sent).toHaveLength(2);
  });

  it('a write that its application has given up is not sent when the fence is lifted', async () => {
    const giveUp = new AbortController();
    const held = scene.client.send(put('orders'), { abortSignal: giveUp.signal });
    await expect.poll(() => network.reads).toBeGreaterThan(2);
    giveUp.abort();
    scene.turnTo('source');
    await expect(held).rejects.toMatchObject({ name: 'AbortError' });
    expect(network.sent).toEqual([]);
  });

  it('however many writes a process holds, it reads the route as often as for one', async () => {
    let sleeps = 0;
    const held = new RouterScene({
      runtime: {
        ...systemRuntime,
        now: () => held.now,
        // One sleeper after the other, each a bit later.
        sleep: async (milliseconds, signal) => {
          if (signal) return systemRuntime.sleep(milliseconds, signal);
          sleeps++;
          await systemRuntime.sleep(milliseconds / 10);
          held.now += 1;
        },
      },
    });
    held.network.route = { ...ROUTE, state: 'fenced', deadline: held.now + 60_000 };
    const writes = Array.from({ length: 20 }, () => held.client.send(put('orders')));
    await expect.poll(() => sleeps, { timeout: 5_000 }).toBeGreaterThan(300);
    expect(held.network.reads).toBeLessThan(sleeps / 4);
    held.turnTo('source');
    await Promise.all(writes);
    expect(held.network.tables).toEqual(writes.map(() => 'orders'));
  });
});
