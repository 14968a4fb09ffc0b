import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Network, RouterScene, type Sent } from './router-network.ts';

let scene: RouterScene;
let network: Network;

beforeEach(() => {
  scene = new RouterScene();
  network = scene.network;
});

const put = () => scene.client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'x' } } }));

describe('a router', () => {
  it('reports itself as ready when it could put, update and delete on the target, every 5 s of use', async () => {
    const proofs: Sent[] = [];
    const { prove } = network;
    network.prove = (sent) => {
      proofs.push(sent);
      return prove(sent);
    };
    await put();
    await expect.poll(() => network.reports.length).toBe(1);
    expect(proofs.map(({ operation, body }) => [operation, body.TableName])).toEqual([
      ['PutItem', 'orders-v2'],
      ['DeleteItem', 'orders-v2'],
      ['UpdateItem', 'orders-v2'],
    ]);
    expect(network.reports[0]).toMatchObject({
      name: { S: 'm' },
      sk: { S: expect.stringMatching(/^router#/) },
      ready: { BOOL: true },
      at: { N: '1000000' },
      expiresAt: { N: '1030' },
    });
    scene.now += 4_999;
    await put();
    scene.now += 1;
    await put();
    await expect.poll(() => network.reports.length).toBe(2);
  });

  it('says what it may not do on the target, and goes on with its work', async () => {
    network.prove = ({ operation }) => ({
      status: 400,
      body:
        operation === 'DeleteItem'
          ? { __type: 'AccessDeniedException', message: 'no DeleteItem on orders-v2' }
          : { __type: 'ConditionalCheckFailedException' },
    });
    await put();
    await expect.poll(() => network.reports.length).toBe(1);
    expect(network.reports[0]).toMatchObject({
      ready: { BOOL: false },
      reason: { S: 'orders-v2: AccessDeniedException: no DeleteItem on orders-v2' },
    });
    expect(network.tables).toEqual(['orders']);
  });

  it('makes no request wait for its report', async () => {
    network.prove = () => 'silence';
    await put();
    expect(network.tables).toEqual(['orders']);
    expect(network.reports).toEqual([]);
  });

  it('has nothing to report after the switch', async () => {
    scene.turnTo('target');
    await put();
    scene.now += 60_000;
    await put();
    expect(network.tables).toEqual(['orders-v2', 'orders-v2']);
    expect(network.reports).toEqual([]);
  });
});
