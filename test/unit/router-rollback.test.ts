import { GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { AT_TARGET, ROUTE, RouterScene } from './router-network.ts';

const key = { id: { S: 'x' } };
const MISMATCH = { status: 400, body: { __type: 'IdempotentParameterMismatchException' } };

const put = ({ client }: RouterScene) => client.send(new PutItemCommand({ TableName: 'orders', Item: key }));
const get = ({ client }: RouterScene) => client.send(new GetItemCommand({ TableName: 'orders', Key: key }));
const transact = ({ client }: RouterScene) =>
  client.send(
    new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'orders', Item: key } }] }),
  );

/** A scene after the switch. */
function atTarget(): RouterScene {
  const scene = new RouterScene();
  scene.network.route = AT_TARGET;
  return scene;
}

describe('the router while a rollback goes on', () => {
  it('sends to the target while the rollback is announced', async () => {
    const scene = atTarget();
    scene.network.route = { ...AT_TARGET, state: 'announced' };
    await put(scene);
    expect(scene.network.tables).toEqual(['orders-v2']);
  });

  it('reads from the target behind the fence, and writes to the source once that is active', async () => {
    const scene = atTarget();
    scene.network.route = { ...AT_TARGET, state: 'fenced', deadline: scene.now + 10_000 };
    const held = put(scene);
    await get(scene);
    expect(scene.network.tables).toEqual(['orders-v2']);
    scene.network.route = ROUTE;
    scene.now += 300;
    await held;
    expect(scene.network.tables).toEqual(['orders-v2', 'orders']);
  });

  it('gives the target back when it lifts a fence whose deadline is over', async () => {
    const scene = atTarget();
    const { network } = scene;
    network.route = { ...AT_TARGET, state: 'fenced', deadline: scene.now - 1 };
    let state: unknown;
    network.lift = ({ body }) => {
      state = (body.ExpressionAttributeValues as Record<string, unknown>)[':state'];
      network.route = AT_TARGET;
      return { body: { Attributes: marshall(AT_TARGET) } };
    };
    await put(scene);
    expect(state).toEqual({ S: 'target' });
    expect(network.tables).toEqual(['orders-v2']);
  });
});

describe('the router after a rollback', () => {
  it('hides the versions that are left on the source', async () => {
    const scene = atTarget();
    scene.network.route = { ...ROUTE, switchedAt: scene.now };
    scene.network.answer = () => ({ body: { Item: { ...key, '_segue:m': { S: 'version' } } } });
    expect((await get(scene)).Item).toEqual(key);
    expect(scene.network.tables).toEqual(['orders']);
  });

  it('does a transaction once whose answer from the target was lost', async () => {
    const scene = atTarget();
    const { network } = scene;
    network.answer = () => {
      if (network.sent.length > 1) return MISMATCH;
      network.route = { ...ROUTE, switchedAt: scene.now };
      scene.now += 2_000;
      return 'silence';
    };
    expect((await transact(scene)).$metadata.attempts).toBe(2);
    const tokens = network.sent.map(({ body }) => body.ClientRequestToken);
    expect(tokens[0]).toEqual(tokens[1]);
    expect(JSON.stringify(network.sent.map(({ body }) => body.TransactItems))).toMatch(
      /"orders-v2".*"orders"/,
    );
  });

  it('is refused by the source for a token that was never sent to the target', async () => {
    const scene = new RouterScene();
    scene.network.answer = () => MISMATCH;
    await expect(transact(scene)).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });
});

describe('what a router says of itself', () => {
  /** A request, and time for the report that it brings. */
  const heard = async (scene: RouterScene) => {
    await put(scene);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return scene.network;
  };

  it.each([
    { active: 'source', route: ROUTE, passive: 'orders-v2' },
    { active: 'target', route: AT_TARGET, passive: 'orders' },
  ])('is proven on the passive side while the $active is active', async ({ route, passive }) => {
    const scene = new RouterScene();
    scene.network.route = route;
    const { proven, reports } = await heard(scene);
    expect(proven).toEqual([passive, passive, passive]);
    expect(reports).toMatchObject([{ ready: { BOOL: true } }]);
  });

  it('is of no interest any more once the migration is over', async () => {
    const scene = atTarget();
    scene.network.route = { ...AT_TARGET, final: true };
    const { proven, reports } = await heard(scene);
    expect([proven, reports]).toEqual([[], []]);
  });
});
