import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { ROUTE_PROTOCOL } from '../../shared/route.ts';
import { routed } from '../../shared/router.ts';
import { type Network, ROUTE, RouterScene } from './router-network.ts';

let scene: RouterScene;
let network: Network;

beforeEach(() => {
  scene = new RouterScene();
  network = scene.network;
});

const put = (table = 'orders') =>
  scene.client.send(new PutItemCommand({ TableName: table, Item: { id: { S: 'x' } } }));
const get = () => scene.client.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'x' } } }));

describe('a route that can not be read', () => {
  it.each([
    ['AccessDeniedException', 'User is not authorized'],
    ['ResourceNotFoundException', 'Requested resource not found'],
  ])('fails each request with %s, which says what was not read', async (name, message) => {
    network.read = () => ({ status: 400, body: { __type: name, message } });
    for (const send of [put, get, () => put('customers')]) {
      const error = await send().catch((error: unknown) => error);
      expect(error).toBeInstanceOf(RouteError);
      expect(error).toMatchObject({
        name,
        message: `the route of m can't be read from the table route: ${name}: ${message}`,
        cause: { name, message },
      });
    }
    expect(network.sent).toEqual([]);
    expect(network.reads).toBe(3);
  });

  it('is read again by the retries of the SDK', async () => {
    const { read } = network;
    network.read = () =>
      network.reads <= 5 ? { status: 500, body: { __type: 'InternalServerError' } } : read();
    await put();
    // The read's own retries, and those of the request that waits for it.
    expect(network.reads).toBe(6);
    expect(network.tables).toEqual(['orders']);
  });

  it.each(['announced', 'fenced'] as const)('is held for 250 ms while it is %s', async (state) => {
    network.route = { ...ROUTE, state, deadline: scene.now + 10_000 };
    await get();
    scene.now += 249;
    await get();
    expect(network.reads).toBe(1);
    scene.now += 1;
    await get();
    expect(network.reads).toBe(2);
  });

  it('is followed as long as it may be held', async () => {
    await put();
    network.read = () => ({ status: 400, body: { __type: 'AccessDeniedException' } });
    scene.now += 999;
    await put();
    scene.now += 1;
    await expect(put()).rejects.toThrow("the route of m can't be read");
    expect(network.tables).toEqual(['orders', 'orders']);
  });

  it('is read anew by the next request when a read hangs, for all who wait', async () => {
    const { read } = network;
    network.read = () => (network.reads === 1 ? 'silence' : read());
    const first = put();
    await expect.poll(() => network.reads).toBe(1);
    scene.now += 1_999;
    const second = put();
    scene.now += 1;
    await Promise.all([put(), second, first]);
    expect(network.reads).toBe(2);
    expect(network.tables).toEqual(['orders', 'orders', 'orders']);
  });

  it('fails a request when each answer is too old as it comes, after half a minute', async () => {
    network.route = { ...ROUTE, state: 'announced' };
    const { read } = network;
    network.read = () => {
      scene.now += 300;
      return read();
    };
    const began = scene.now;
    await expect(get()).rejects.toThrow(
      "the route of m can't be read from the table route: for 30 s each answer was too old when it came",
    );
    expect(scene.now - began).toBeLessThan(31_000);
    expect(network.sent).toEqual([]);
  });
});

describe('a route that nobody may follow', () => {
  it('refuses every request while it is missing, also for other tables', async () => {
    network.route = undefined;
    for (const send of [put, get, () => put('customers')])
      await expect(send()).rejects.toThrow(/there is no route for this migration/);
    expect(network.sent).toEqual([]);
    network.route = ROUTE;
    await put();
    expect(network.tables).toEqual(['orders']);
  });

  it('refuses every request while it speaks a newer protocol', async () => {
    network.route = { ...ROUTE, protocol: ROUTE_PROTOCOL + 1 };
    await expect(put()).rejects.toThrow(/update the application's router/);
    await expect(put()).rejects.toThrow(/update the application's router/);
    expect(network.sent).toEqual([]);
    network.route = ROUTE;
    await put();
    expect(network.tables).toEqual(['orders']);
  });
});

describe('a client', () => {
  it('follows one migration', () => {
    const again = routed(scene.client, { migration: 'm', routeTable: 'route' });
    expect(again).toBe(scene.client);
    expect(() => routed(scene.client, { migration: 'another', routeTable: 'route' })).toThrow(
      /this client follows the route of m already: make another client for another/,
    );
  });

  it('of an SDK whose requests are not JSON is refused, not let pass', async () => {
    scene.client.middlewareStack.add(
      (next) => (args) => {
        const { TableName } = args.input as { TableName?: string };
        if (TableName === 'orders') (args.request as { body: unknown }).body = new Uint8Array([0xa1, 0x69]);
        return next(args);
      },
      { step: 'build' },
    );
    await expect(put()).rejects.toThrow(
      "the router can't read a PutItem as this version of the AWS SDK sends it: its body is not JSON",
    );
    expect(network.sent).toEqual([]);
  });
});
