import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type Faults, USUAL_FAULTS } from '../../simulation/world/faults.ts';
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

describe('a request', () => {
  it('takes effect at one moment and is answered at another: others go between', async () => {
    const between = await count(100, async (seed) => {
      const world = newWorld(seed);
      let answered = false;
      let seenBefore = false;
      world.onWrite(() => {
        seenBefore ||= !answered;
      });
      world.scheduler.spawn('writer', async (task) => {
        await put(world, task, 'x');
        answered = true;
      });
      let early = false;
      world.scheduler.spawn('reader', async (task) => {
        for (let turn = 0; turn < 5; turn++) {
          const { Item } = await world
            .client(task)
            .send(new GetItemCommand({ TableName: 'items', Key: KEY, ConsistentRead: true }));
          early ||= Item !== undefined && !answered;
        }
      });
      await world.scheduler.run();
      expect(seenBefore).toBe(true);
      return early;
    });
    expect(between).toBeGreaterThan(5);
  });

  it('that was throttled had no effect', async () => {
    const world = newWorld(1, { throttled: 1 });
    await expect(world.run((task) => put(world, task, 'x'))).rejects.toMatchObject({
      name: expect.stringMatching(/^(ThrottlingException|ProvisionedThroughputExceededException)$/),
    });
    expect(value(world)).toBeUndefined();
    expect(world.faultCounts).toEqual({ throttled: 1 });
  });

  it('whose connection broke before had no effect; after, it had one', async () => {
    for (const [fault, expected] of [
      ['lostRequest', undefined],
      ['lostAnswer', 'x'],
    ] as const) {
      const world = newWorld(1, { [fault]: 1 });
      await expect(world.run((task) => put(world, task, 'x'))).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(value(world)).toBe(expected);
    }
  });

  it('that failed in the server may have had an effect or not', async () => {
    const effects = await count(50, async (seed) => {
      const world = newWorld(seed, { serverError: 1 });
      await expect(world.run((task) => put(world, task, 'x'))).rejects.toMatchObject({
        name: 'InternalServerError',
      });
      return value(world) !== undefined;
    });
    expect(effects).toBeGreaterThan(10);
    expect(effects).toBeLessThan(40);
  });

  it('may take effect after its caller gave up and wrote something else', async () => {
    const late = await count(200, async (seed) => {
      const world = newWorld(seed, { lateEffect: 0.5 });
      await world.run(async (task) => {
        await put(world, task, 'first').catch(() => {});
        await put(world, task, 'second').catch(() => {});
      });
      return value(world) === 'first';
    });
    expect(late).toBeGreaterThan(5);
  });

  it('takes effect within its bound of time, or never', async () => {
    const late = await count(200, async (seed) => {
      const world = newWorld(seed, { lateEffect: 1 });
      let latest = 0;
      world.onWrite(() => {
        latest = world.scheduler.clock;
      });
      let sentAt = 0;
      world.scheduler.spawn('sender', async (task) => {
        sentAt = task.runtime.now();
        await world
          .client(task, { maxAttempts: 1, requestMilliseconds: 3 })
          .send(new PutItemCommand({ TableName: 'items', Item: KEY }))
          .catch(() => {});
      });
      world.scheduler.spawn('other', async (task) => {
        for (let turn = 0; turn < 10; turn++) await task.point('works');
      });
      await world.scheduler.run();
      expect(latest - sentAt).toBeLessThanOrEqual(3);
      return latest === 0;
    });
    expect(late).toBeGreaterThan(20);
  });

  it('is sent again by the client, so that its own first attempt can stand in its way', async () => {
    const world = newWorld(1, { lostAnswer: 1 });
    await expect(
      world.run((task) =>
        world.client(task, { maxAttempts: 2 }).send(
          new PutItemCommand({
            TableName: 'items',
            Item: KEY,
            ConditionExpression: 'attribute_not_exists(id)',
          }),
        ),
      ),
    ).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(world.faultCounts.lostAnswer).toBe(2);
    expect(world.trace().some((line) => line.includes('ConditionalCheckFailedException'))).toBe(true);
  });

  it('is sent again until it succeeds, as often as the client may', async () => {
    const world = newWorld(1, { throttled: 0.5 });
    await world.run((task) => put(world, task, 'x', 50));
    expect(value(world)).toBe('x');
  });

  it('that its caller aborts may take effect none the less', async () => {
    const effects = await count(100, async (seed) => {
      const world = newWorld(seed);
      let name = '';
      await world.run(async (task) => {
        const controller = new AbortController();
        const sent = world
          .client(task)
          .send(new PutItemCommand({ TableName: 'items', Item: { ...KEY, v: { S: 'x' } } }), {
            abortSignal: controller.signal,
          });
        controller.abort();
        await sent.catch((error: Error) => {
          name = error.name;
        });
      });
      expect(name).toBe('AbortError');
      return value(world) === 'x';
    });
    expect(effects).toBe(100);
  });

  it('of a task that is killed arrives or not; of a paused one it arrives', async () => {
    const outcome = (how: 'kill' | 'pause') =>
      count(100, async (seed) => {
        const world = newWorld(seed);
        const sender = world.scheduler.spawn('sender', (task) => put(world, task, 'x'));
        world.scheduler.spawn('other', async (task) => {
          while (sender.wire.length === 0 && value(world) === undefined) await task.point('waits');
          sender[how]();
          for (let turn = 0; turn < 100; turn++) await task.point('works');
          if (how === 'pause') expect(value(world)).toBe('x');
        });
        expect(await world.scheduler.run()).toMatchObject({ kind: 'done', threw: [] });
        return value(world) === 'x';
      });
    const afterDeath = await outcome('kill');
    expect(afterDeath).toBeGreaterThan(30);
    expect(afterDeath).toBeLessThan(98);
    expect(await outcome('pause')).toBe(100);
  });

  it('that carries many items lets others go between them, and may stop half way', async () => {
    const items = ['a', 'b', 'c', 'd'].map((id) => ({ PutRequest: { Item: { id: { S: id } } } }));
    const halves = await count(50, async (seed) => {
      const world = newWorld(seed, { halfDone: 0.2, interleaved: 0.5 });
      await world
        .run((task) =>
          world.client(task, { maxAttempts: 1 }).send(new BatchWriteItemCommand({ RequestItems: { items } })),
        )
        .catch((error: Error) => expect(error.name).toBe('InternalServerError'));
      const written = world.table('items').items().length;
      return written > 0 && written < 4;
    });
    expect(halves).toBeGreaterThan(10);
  });

  it('may be slow to arrive, and its answer slow to come: others go on meanwhile', async () => {
    for (const fault of ['slowRequest', 'slowAnswer'] as const) {
      let overtaken = 0;
      for (let seed = 0; seed < 50; seed++) {
        const slow = newWorld(seed, { [fault]: 1 });
        let turns = 0;
        slow.scheduler.spawn('other', async ({ runtime }) => {
          for (; turns < 50; turns++) await runtime.sleep(10);
        });
        const answeredAt = await slow.run(async (task) => {
          await put(slow, task, 'x');
          return turns;
        });
        expect(value(slow)).toBe('x');
        if (answeredAt > 10) overtaken++;
      }
      expect(overtaken).toBeGreaterThan(10);
    }
  });

  it('that is still on its way arrives after the last task has ended', async () => {
    const world = newWorld(1, { lateEffect: 1 });
    await world.run((task) => put(world, task, 'x').catch(() => {}));
    expect(value(world)).toBe('x');
  });

  it('can be changed or held around each attempt, as a router does', async () => {
    const world = newWorld(1, { throttled: 0.5 });
    world.createTable({ name: 'moved', partitionKey: { name: 'id', type: 'S' } });
    const attempts: string[] = [];
    await world.run((task) =>
      world
        .client(task, {
          maxAttempts: 50,
          aroundAttempt: async (operation, input, send) => {
            attempts.push(operation);
            await task.runtime.sleep(100);
            return send({ ...input, TableName: 'moved' });
          },
        })
        .send(new PutItemCommand({ TableName: 'items', Item: KEY })),
    );
    expect(attempts).toHaveLength(1 + (world.faultCounts.throttled ?? 0));
    expect(world.table('items').items()).toEqual([]);
    expect(world.table('moved').items()).toEqual([KEY]);
  });

  it('that asks for more than the model does is a mistake of the test, not of the service', async () => {
    const world = newWorld(1);
    const indexed = new QueryCommand({ TableName: 'items', KeyConditions: {} });
    await expect(world.run((task) => world.client(task).send(indexed))).rejects.toThrow(
      'the modelled AWS does not know KeyConditions of QueryCommand',
    );
  });

  it('to an unknown command is a mistake of the test, not of the service', async () => {
    const world = newWorld(1);
    class UnknownCommand {
      readonly input = {};
    }
    await expect(world.run((task) => world.client(task).send(new UnknownCommand() as never))).rejects.toThrow(
      /does not know UnknownCommand/,
    );
  });
});

describe('a read without consistency', () => {
  it.each<[string, object]>([
    ['GetItem', new GetItemCommand({ TableName: 'items', Key: KEY })],
    ['BatchGetItem', new BatchGetItemCommand({ RequestItems: { items: { Keys: [KEY] } } })],
    [
      'Query',
      new QueryCommand({
        TableName: 'items',
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': KEY.id },
      }),
    ],
    ['Scan', new ScanCommand({ TableName: 'items' })],
  ])('may show what was there moments ago: %s', async (_, command) => {
    const stale = await count(100, async (seed) => {
      const world = newWorld(seed, { staleRead: 0.5 });
      return world.run(async (task) => {
        await put(world, task, 'old');
        await put(world, task, 'new');
        const answer = await world.client(task).send(command as GetItemCommand);
        return !JSON.stringify(answer).includes('"new"');
      });
    });
    expect(stale).toBeGreaterThan(20);
  });

  it('may show what was there moments ago; a consistent one never does', async () => {
    const stale = async (ConsistentRead: boolean) =>
      count(100, async (seed) => {
        const world = newWorld(seed, { staleRead: 0.5 });
        return world.run(async (task) => {
          await put(world, task, 'old');
          await put(world, task, 'new');
          const { Item } = await world
            .client(task)
            .send(new GetItemCommand({ TableName: 'items', Key: KEY, ConsistentRead }));
          return Item?.v?.S !== 'new';
        });
      });
    expect(await stale(false)).toBeGreaterThan(20);
    expect(await stale(true)).toBe(0);
  });

  it('shows the present once the past is long ago', async () => {
    const world = newWorld(1, { staleRead: 1 });
    await world.run(async (task) => {
      await put(world, task, 'old');
      await put(world, task, 'new');
      await task.runtime.sleep(60_000);
      const { Item } = await world.client(task).send(new GetItemCommand({ TableName: 'items', Key: KEY }));
      expect(Item?.v?.S).toBe('new');
    });
  });
});

describe('a counter', () => {
  it('loses no acknowledged increment, however many faults there are', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const world = newWorld(seed, USUAL_FAULTS);
      let acknowledged = 0;
      let unknown = 0;
      for (const name of ['a', 'b', 'c'])
        world.scheduler.spawn(name, async (task) => {
          for (let turn = 0; turn < 10; turn++)
            await world
              .client(task, { maxAttempts: 1 })
              .send(
                new UpdateItemCommand({
                  TableName: 'items',
                  Key: KEY,
                  UpdateExpression: 'ADD n :one',
                  ExpressionAttributeValues: { ':one': { N: '1' } },
                }),
              )
              .then(
                () => acknowledged++,
                () => unknown++,
              );
        });
      expect(await world.scheduler.run()).toMatchObject({ kind: 'done', threw: [] });
      const total = Number(world.table('items').get(KEY)?.n?.N);
      expect(total).toBeGreaterThanOrEqual(acknowledged);
      expect(total).toBeLessThanOrEqual(acknowledged + unknown);
    }
  });
});
