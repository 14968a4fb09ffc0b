import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { USUAL_FAULTS } from '../../simulation/world/faults.ts';
import { Scheduler, START_MILLISECONDS } from '../../simulation/world/scheduler.ts';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';

/** The order in which three tasks of three points each ran. */
async function order(seed: number): Promise<string> {
  const scheduler = new Scheduler({ seed });
  const seen: string[] = [];
  for (const name of ['a', 'b', 'c'])
    scheduler.spawn(name, async (task) => {
      for (let turn = 0; turn < 3; turn++) {
        await task.point('turn');
        seen.push(name);
      }
    });
  await scheduler.run();
  return seen.join('');
}

async function busyWorld(seed: number): Promise<string[]> {
  const world = new World({ seed, faults: USUAL_FAULTS });
  const table = world.createTable({ name: 'source', partitionKey: { name: 'id', type: 'S' }, stream: {} });
  world.mapping({
    name: 'apply',
    streamArn: table.stream?.arn as string,
    handler: async (event, task) => {
      for (const { dynamodb } of event.Records)
        await world
          .client(task)
          .send(
            new GetItemCommand({ TableName: 'source', Key: { id: { S: dynamodb?.Keys?.id?.S as string } } }),
          );
    },
  });
  for (const name of ['writer 1', 'writer 2'])
    world.scheduler.spawn(name, async (task) => {
      const put = (id: number) =>
        world.client(task).send(
          new PutItemCommand({
            TableName: 'source',
            Item: { id: { S: `${id}` }, by: { S: task.runtime.id() } },
          }),
        );
      for (let round = 0; round < 20; round++) {
        await Promise.allSettled([put(round), put(round % 3)]);
        await task.runtime.sleep(100 * task.runtime.random());
      }
    });
  await world.scheduler.run();
  return world.trace();
}

describe('scheduler', () => {
  it('replays a seed exactly, faults and all', async () => {
    const [first, second] = [await busyWorld(11), await busyWorld(11)];
    expect(first.length).toBeGreaterThan(100);
    expect(second).toEqual(first);
    expect(await busyWorld(12)).not.toEqual(first);
  });

  it('explores many orders', async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 300; seed++) orders.add(await order(seed));
    expect(orders.size).toBeGreaterThan(150);
  });

  it('lets every microtask end before the next step, however many there are', async () => {
    const scheduler = new Scheduler({ seed: 1 });
    let inside = 0;
    const code = async (task: Task) => {
      for (let turn = 0; turn < 10; turn++) {
        await task.point('turn');
        inside++;
        for (let microtask = 0; microtask < 50; microtask++) await undefined;
        expect(inside).toBe(1);
        inside--;
      }
    };
    for (let task = 0; task < 5; task++) scheduler.spawn(`task ${task}`, code);
    expect(await scheduler.run()).toMatchObject({ kind: 'done', threw: [] });
  });

  it('makes each send of a Promise.all a choice of its own', async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const scheduler = new Scheduler({ seed });
      let seen = '';
      scheduler.spawn('several', (task) =>
        Promise.all(['x', 'y', 'z'].map(async (name) => task.point(name).then(() => (seen += name)))),
      );
      await scheduler.run();
      orders.add(seen);
    }
    expect(orders.size).toBe(6);
  });

  it('wakes sleepers in the order of their time, and takes no real time for it', async () => {
    const scheduler = new Scheduler({ seed: 3 });
    const woken: string[] = [];
    const began = performance.now();
    for (const hours of [3, 1, 2])
      scheduler.spawn(`${hours}`, async ({ runtime, name }) => {
        await runtime.sleep(hours * 3_600_000);
        woken.push(name);
        expect(runtime.now()).toBeGreaterThanOrEqual(START_MILLISECONDS + hours * 3_600_000);
      });
    expect(await scheduler.run()).toMatchObject({ kind: 'done', threw: [] });
    expect(woken).toEqual(['1', '2', '3']);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('ends a sleep early, and without an error, when its signal is aborted', async () => {
    const scheduler = new Scheduler({ seed: 1 });
    scheduler.spawn('sleeper', async ({ runtime }) => {
      const controller = new AbortController();
      const asleep = runtime.sleep(3_600_000, controller.signal);
      await runtime.sleep(10);
      controller.abort();
      await asleep;
      expect(runtime.now()).toBeLessThan(START_MILLISECONDS + 60_000);
    });
    expect(await scheduler.run()).toMatchObject({ kind: 'done', threw: [] });
  });

  it('gives each task a clock of its own where clocks are skewed', async () => {
    const scheduler = new Scheduler({ seed: 5, skewMilliseconds: 10_000 });
    const clocks = ['a', 'b', 'c'].map((name) => scheduler.task(name).runtime.now() - START_MILLISECONDS);
    expect(new Set(clocks).size).toBe(3);
    for (const clock of clocks) expect(Math.abs(clock)).toBeLessThanOrEqual(10_000);
  });

  it('never resumes a killed task', async () => {
    const scheduler = new Scheduler({ seed: 2 });
    let turns = 0;
    let cleanedUp = false;
    const victim = scheduler.spawn('victim', async (task) => {
      try {
        for (;;) {
          await task.point('turn');
          turns++;
        }
      } finally {
        cleanedUp = true;
      }
    });
    let turnsAtDeath = 0;
    scheduler.spawn('killer', async (task) => {
      await task.runtime.sleep(20);
      victim.kill();
      turnsAtDeath = turns;
      for (let turn = 0; turn < 20; turn++) await task.point('goes on');
    });
    expect(await scheduler.run()).toMatchObject({ kind: 'done', threw: [] });
    expect(turnsAtDeath).toBeGreaterThan(0);
    expect(turns).toBe(turnsAtDeath);
    expect(cleanedUp).toBe(false);
    expect(await victim.done).toEqual({ kind: 'killed' });
  });

  it('lets a paused task go on after its successor, where it stood', async () => {
    const scheduler = new Scheduler({ seed: 4 });
    const seen: string[] = [];
    const zombie = scheduler.spawn('zombie', async (task) => {
      for (let turn = 0; turn < 100; turn++) await task.point('works');
      seen.push('zombie');
    });
    scheduler.spawn('successor', async (task) => {
      await task.point('begins');
      zombie.pause();
      for (let turn = 0; turn < 300; turn++) await task.point('works');
      seen.push('successor');
      zombie.resume();
    });
    await scheduler.run();
    expect(seen).toEqual(['successor', 'zombie']);
  });

  it('resumes paused tasks when nobody else is left', async () => {
    const scheduler = new Scheduler({ seed: 4 });
    const forgotten = scheduler.spawn('forgotten', async (task) => task.point('works'));
    forgotten.pause();
    scheduler.spawn(
      'poller',
      async ({ runtime }) => {
        for (;;) await runtime.sleep(10);
      },
      { background: true },
    );
    expect(await scheduler.run()).toMatchObject({ kind: 'done' });
    expect(forgotten.outcome).toEqual({ kind: 'returned' });
  });

  it('kills an invocation when its timeout is over, even a paused one', async () => {
    const scheduler = new Scheduler({ seed: 4 });
    const invocation = scheduler.spawn('invocation', async ({ runtime }) => runtime.sleep(10_000), {
      timeoutMilliseconds: 500,
    });
    invocation.pause();
    scheduler.spawn('other', async ({ runtime }) => runtime.sleep(1_000));
    await scheduler.run();
    expect(invocation.outcome).toEqual({ kind: 'killed' });
  });

  it('joins another task, and learns how it ended', async () => {
    const scheduler = new Scheduler({ seed: 4 });
    const worker = scheduler.spawn('worker', async ({ runtime }) => {
      await runtime.sleep(100);
      throw new Error('out of luck');
    });
    const waiter = scheduler.spawn('waiter', async (task) => {
      expect(await task.join(worker)).toMatchObject({ kind: 'threw' });
    });
    const ending = await scheduler.run();
    expect(ending.threw).toMatchObject([{ task: 'worker', error: { message: 'out of luck' } }]);
    expect(waiter.outcome).toEqual({ kind: 'returned' });
  });

  it('tells a deadlock, and who waits', async () => {
    const scheduler = new Scheduler({ seed: 1 });
    scheduler.spawn('waits for ever', () => new Promise(() => {}));
    scheduler.spawn('fine', async (task) => task.point('works'));
    expect(await scheduler.run()).toMatchObject({ kind: 'deadlock', waiting: ['waits for ever'] });
  });

  it('stops at its bound on steps', async () => {
    const scheduler = new Scheduler({ seed: 1, maxSteps: 500 });
    scheduler.spawn('never ends', async (task) => {
      for (;;) await task.point('again');
    });
    expect(await scheduler.run()).toMatchObject({ kind: 'exhausted', steps: 500, waiting: ['never ends'] });
  });

  it('does not wait for background tasks', async () => {
    const scheduler = new Scheduler({ seed: 1 });
    scheduler.spawn(
      'poller',
      async ({ runtime }) => {
        for (;;) await runtime.sleep(10);
      },
      { background: true },
    );
    scheduler.spawn('worker', async ({ runtime }) => runtime.sleep(1_000));
    expect(await scheduler.run()).toMatchObject({ kind: 'done' });
  });

  it('gives identifiers and names that no other has', () => {
    const scheduler = new Scheduler({ seed: 1 });
    const ids = ['worker', 'worker', 'other'].flatMap((name) => {
      const { runtime } = scheduler.task(name);
      return [runtime.id(), runtime.id()];
    });
    expect(new Set(ids).size).toBe(6);
  });
});
