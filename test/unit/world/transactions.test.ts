import { PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Faults } from '../../simulation/world/faults.ts';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';

const KEY = { id: { S: 'a' } };

function newWorld(seed: number, faults: Faults = {}): World {
  const world = new World({ seed, faults });
  world.createTable({ name: 'items', partitionKey: { name: 'id', type: 'S' } });
  return world;
}

const put = (world: World, task: Task, value: string, maxAttempts = 1) =>
  world
    .client(task, { maxAttempts })
    .send(new PutItemCommand({ TableName: 'items', Item: { ...KEY, v: { S: value } } }));
const value = (world: World) => world.table('items').get(KEY)?.v?.S;

/** How often a thing is so, in many seeds. */
async function count(seeds: number, so: (seed: number) => Promise<boolean>): Promise<number> {
  let times = 0;
  for (let seed = 0; seed < seeds; seed++) if (await so(seed)) times++;
  return times;
}

describe('a transaction', () => {
  const swap = (from: string, to: string) =>
    new TransactWriteItemsCommand({
      TransactItems: ['a', 'b'].map((id) => ({
        Update: {
          TableName: 'items',
          Key: { id: { S: id } },
          UpdateExpression: 'SET v = :to',
          ConditionExpression: 'v = :from',
          ExpressionAttributeValues: { ':from': { S: from }, ':to': { S: to } },
        },
      })),
    });

  it('does all or nothing, and says which condition failed', async () => {
    const world = newWorld(1);
    world.table('items').load([
      { ...KEY, v: { S: '1' } },
      { id: { S: 'b' }, v: { S: 'other' } },
    ]);
    await expect(world.run((task) => world.client(task).send(swap('1', '2')))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
    });
    expect(value(world)).toBe('1');
    world.table('items').load([{ id: { S: 'b' }, v: { S: '1' } }]);
    await world.run((task) => world.client(task).send(swap('1', '2')));
    expect(
      world
        .table('items')
        .items()
        .map(({ v }) => v?.S),
    ).toEqual(['2', '2']);
  });

  it('is seen whole or not at all, and makes other writes of its items conflict', async () => {
    const conflicts = await count(100, async (seed) => {
      const world = newWorld(seed, { interleaved: 0.8 });
      world.table('items').load([
        { ...KEY, v: { S: '1' } },
        { id: { S: 'b' }, v: { S: '1' } },
      ]);
      world.scheduler.spawn('transaction', (task) =>
        world
          .client(task)
          .send(swap('1', '2'))
          .catch(() => {}),
      );
      let conflict = false;
      world.scheduler.spawn('writer', async (task) => {
        for (let turn = 0; turn < 5; turn++)
          await put(world, task, 'x').catch((error: Error) => {
            conflict ||= error.name === 'TransactionConflictException';
          });
      });
      await world.scheduler.run();
      const [a, b] = ['a', 'b'].map((id) => world.table('items').get({ id: { S: id } })?.v?.S);
      expect([
        ['2', '2'],
        ['x', '2'],
        ['x', '1'],
      ]).toContainEqual([a, b]);
      return conflict;
    });
    expect(conflicts).toBeGreaterThan(5);
  });

  it('that is sent again does its work once', async () => {
    const world = newWorld(1, { lostAnswer: 0.8 });
    const add = new TransactWriteItemsCommand({
      TransactItems: [
        {
          Update: {
            TableName: 'items',
            Key: KEY,
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ],
    });
    await world.run((task) => world.client(task, { maxAttempts: 100 }).send(add));
    expect(world.faultCounts.lostAnswer).toBeGreaterThan(0);
    expect(world.table('items').get(KEY)?.n?.N).toBe('1');
  });

  const add = (token: string, amount = '1') =>
    new TransactWriteItemsCommand({
      ClientRequestToken: token,
      TransactItems: [
        {
          Update: {
            TableName: 'items',
            Key: KEY,
            UpdateExpression: 'ADD n :amount',
            ExpressionAttributeValues: { ':amount': { N: amount } },
          },
        },
      ],
    });
  const number = (world: World) => world.table('items').get(KEY)?.n?.N;

  it('with a token that was used does nothing for ten minutes, then its work again', async () => {
    const world = newWorld(1);
    await world.run(async (task) => {
      const client = world.client(task);
      await client.send(add('token'));
      await task.runtime.sleep(9 * 60_000);
      await client.send(add('token'));
      expect(number(world)).toBe('1');
      await task.runtime.sleep(2 * 60_000);
      await client.send(add('token'));
      expect(number(world)).toBe('2');
    });
  });

  it('with a token of another transaction is refused, and so is a token that is too long', async () => {
    const world = newWorld(1);
    await world.run(async (task) => {
      const client = world.client(task);
      await client.send(add('token'));
      await expect(client.send(add('token', '2'))).rejects.toMatchObject({
        name: 'IdempotentParameterMismatchException',
      });
      await expect(client.send(add('x'.repeat(37)))).rejects.toMatchObject({ name: 'ValidationException' });
    });
    expect(number(world)).toBe('1');
  });

  it('that failed can be sent again with its token', async () => {
    const world = newWorld(1);
    const text = { ...KEY, n: { S: 'text' } };
    world.table('items').load([text]);
    await world.run(async (task) => {
      const client = world.client(task);
      await expect(client.send(add('token'))).rejects.toMatchObject({
        CancellationReasons: [{ Code: 'ValidationError' }],
      });
      world.table('items').load([KEY]);
      await client.send(add('token'));
    });
    expect(number(world)).toBe('1');
  });

  it('that is still under way is refused when it comes again', async () => {
    const refused = await count(100, async (seed) => {
      const world = newWorld(seed, { interleaved: 0.9 });
      let names: string[] = [];
      for (const name of ['one', 'two'])
        world.scheduler.spawn(name, (task) =>
          world
            .client(task, { maxAttempts: 1 })
            .send(add('token'))
            .catch((error: Error) => {
              names = [...names, error.name];
            }),
        );
      await world.scheduler.run();
      expect(number(world)).toBe('1');
      return names.includes('TransactionInProgressException');
    });
    expect(refused).toBeGreaterThan(5);
  });

  it('that is throttled is cancelled, and not sent again by the client', async () => {
    const world = newWorld(1, { transactionThrottled: 1 });
    await expect(
      world.run((task) => world.client(task, { maxAttempts: 5 }).send(add('token'))),
    ).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [
        { Code: expect.stringMatching(/^(ThrottlingError|ProvisionedThroughputExceeded)$/) },
      ],
    });
    expect(world.faultCounts).toEqual({ transactionThrottled: 1 });
    expect(number(world)).toBeUndefined();
  });

  it('refuses more than 100 actions, and more than 4 MB', async () => {
    const puts = (number: number, bytes: number) =>
      new TransactWriteItemsCommand({
        TransactItems: Array.from({ length: number }, (_, index) => ({
          Put: { TableName: 'items', Item: { id: { S: `${index}` }, fill: { S: 'x'.repeat(bytes) } } },
        })),
      });
    const world = newWorld(1);
    for (const command of [puts(101, 1), puts(11, 400_000)])
      await expect(world.run((task) => world.client(task).send(command))).rejects.toMatchObject({
        name: 'ValidationException',
      });
    await world.run((task) => world.client(task).send(puts(100, 1)));
    expect(world.table('items').items()).toHaveLength(100);
  });

  it('refuses two actions on one item', async () => {
    const world = newWorld(1);
    const twice = new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName: 'items', Item: KEY } },
        { Delete: { TableName: 'items', Key: KEY } },
      ],
    });
    await expect(world.run((task) => world.client(task).send(twice))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
