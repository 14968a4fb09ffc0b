import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { isNamed } from '../../../shared/errors.ts';
import { itemText } from '../../../shared/items.ts';
import type { Item, Key } from '../../../shared/model.ts';
import { routed } from '../../../shared/router.ts';
import type { Attempt } from '../ledger.ts';
import type { RouteWatch } from '../route-watch.ts';
import { NAME, RESERVED, type Stage } from '../stage.ts';
import { Random } from '../world/random.ts';
import type { Task } from '../world/task.ts';
import { commandOf, isWrite, operationOf } from './writes.ts';

const ATTEMPTS = 25;
const REQUEST_MILLISECONDS = 2_000;
/** A hold ends with the fence's deadline; slow requests and retries come on top. Beyond this somebody holds for ever. */
const LONGEST_WRITE_MILLISECONDS = 240_000;
/** Long after the last write, for the phases that come without one. */
const LONG_REST_MILLISECONDS = 20_000;
const BUSY_REST_MILLISECONDS = 500;
const MOST_BUSY_WRITES = 10;
const SLOW_CHANCE = 0.3;

/**
 * An application's process: writes and reads its keys, which nobody else writes, through a client of its own with the
 * router in it. It is busy while the route changes, and goes on for a while after the switch.
 */
export async function work(
  task: Task,
  stage: Stage,
  props: { readonly keys: readonly Key[]; readonly route: RouteWatch; readonly isOver: () => boolean },
): Promise<void> {
  const { route, isOver } = props;
  const { setting } = stage;
  const random = new Random(task.name).fork(String(stage.random.int(0, 1e9)));
  const application = new Application(task, stage, random);
  let busyWrites = 0;
  route.onWrite((state, before) => {
    if (state !== before) busyWrites = MOST_BUSY_WRITES;
  });
  for (let left = setting.writes; ; ) {
    const key = random.pick(props.keys);
    if (random.chance(0.2)) await application.read(key);
    await application.write(key);
    if (isOver()) return;
    const busy = (route.state === 'announced' || route.state === 'fenced') && busyWrites-- > 0;
    if (!busy) left--;
    const rest = random.int(0, random.chance(0.3) ? LONG_REST_MILLISECONDS : setting.restMilliseconds);
    await route.changeOr(task, busy ? random.int(0, BUSY_REST_MILLISECONDS) : left > 0 ? rest : undefined);
  }
}

/** One attempt to write before there is a route, or after it was retired: it must be refused. */
export async function writeWithoutRoute(task: Task, stage: Stage): Promise<void> {
  const application = new Application(task, stage, new Random(task.name));
  try {
    await application.write(stage.keys[0] as Key);
    stage.violate(`written without a route: by ${task.name}`);
  } catch (error) {
    if (isNamed(error, 'RouteError')) stage.count('refused without a route');
    else stage.count('unanswered without a route');
  }
}

class Application {
  readonly #task: Task;
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #client: DynamoDBClient;
  #count = 0;
  #attempt: Attempt | undefined;

  constructor(task: Task, stage: Stage, random: Random) {
    this.#task = task;
    this.#stage = stage;
    this.#random = random;
    const client = stage.world.client(task, {
      maxAttempts: ATTEMPTS,
      requestMilliseconds: REQUEST_MILLISECONDS,
      slow: { chance: SLOW_CHANCE, milliseconds: stage.setting.slowMilliseconds },
      aroundAttempt: (operation, input, send) => this.#around(operation, input, send),
    });
    this.#client = routed(client as DynamoDBClient, {
      migration: NAME,
      routeTable: 'route',
      runtime: task.runtime,
    });
  }

  /** @throws what the application would get. */
  async write(key: Key): Promise<void> {
    const { scheduler } = this.#stage.world;
    const began = scheduler.experienced;
    const name = `${this.#task.name} ${++this.#count}`;
    const write = operationOf(this.#random, this.#stage.setting, key, name);
    try {
      await this.#client.send(commandOf(write));
      if (this.#attempt) this.#stage.ledger.end(this.#attempt, true);
    } catch (error) {
      // The condition of the write did not hold: an answer like any other.
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      this.#assertHidden((error as { Item?: Item }).Item);
    }
    const milliseconds = scheduler.experienced - began;
    if (milliseconds > LONGEST_WRITE_MILLISECONDS)
      this.#stage.violate(`a write was held: ${this.#task.name} for ${Math.round(milliseconds / 1_000)} s`);
  }

  /** Reads an item, which must be what the application has made of it. */
  async read(key: Key): Promise<void> {
    const { ledger } = this.#stage;
    const before = ledger.allowed(key);
    const { Item: item } = await this.#client.send(
      new GetItemCommand({ TableName: 'source', Key: key, ConsistentRead: true }),
    );
    this.#assertHidden(item);
    const content = item && itemText(item);
    if (!before.has(content) && !ledger.allowed(key).has(content))
      this.#stage.violate(
        `another truth was read: ${this.#task.name} found ${content ?? 'nothing'} under ${itemText(key)}`,
      );
    this.#stage.count('read');
  }

  #assertHidden(item: Item | undefined): void {
    if (item && RESERVED in item)
      this.#stage.violate(`the reserved attribute was shown: to ${this.#task.name}`);
  }

  /** Notes each attempt on the application's items; what the router asks on its own is none. */
  async #around(
    operation: string,
    input: Record<string, unknown>,
    send: (input: Record<string, unknown>) => Promise<Record<string, unknown>>,
  ): Promise<Record<string, unknown>> {
    const id = ((input.Key ?? input.Item) as Item | undefined)?.id;
    if (!isWrite(operation) || !id || !this.#stage.keys.some((key) => key.id?.S === id.S)) return send(input);
    const attempt = this.#stage.ledger.begin(this.#task.name, { id });
    this.#attempt = attempt;
    try {
      return await send(input);
    } catch (error) {
      this.#stage.ledger.end(attempt, false);
      throw error;
    }
  }
}
