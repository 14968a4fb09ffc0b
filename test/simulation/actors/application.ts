import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { isNamed } from '../../../shared/errors.ts';
import { itemText } from '../../../shared/items.ts';
import type { Item, Key } from '../../../shared/model.ts';
import { routed } from '../../../shared/router.ts';
import { routerHolds } from '../invariants/routers.ts';
import type { Attempt } from '../ledger.ts';
import type { RouteWatch } from '../route-watch.ts';
import { NAME, RESERVED, ROUTER_ROLE, type Stage } from '../stage.ts';
import { Random } from '../world/random.ts';
import type { Task } from '../world/task.ts';
import { type ApplicationWrite, keysWritten, unprocessedOf, writeOf } from './writes.ts';

const ATTEMPTS = 25;
const REQUEST_MILLISECONDS = 2_000;
/** A hold ends with the fence's deadline; slow requests and retries come on top. Beyond this somebody holds for ever. */
const LONGEST_WRITE_MILLISECONDS = 240_000;
/** Long after the last write, for the phases that come without one. */
const LONG_REST_MILLISECONDS = 20_000;
const BUSY_REST_MILLISECONDS = 500;
/** Phases in which the migrator writes the target beside the application's own writes. */
const BEFORE_THE_SWITCH = ['copy', 'verify', 'ready'] as const;
const AFTER_IT = ['reverse', 'sweep'] as const;
const MOMENT_CHANCE = 0.3;
const MOST_BUSY_WRITES = 10;
const SLOW_CHANCE = 0.3;
/** The SDK sends no transaction again that was cancelled, and no write that met one: an application does. */
const CONFLICTS = ['TransactionConflictException', 'TransactionCanceledException'];
const LONGEST_PAUSE_MILLISECONDS = 500;

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
  const application = new Application(task, stage, random, route);
  let busyWrites = 0;
  route.onWrite((state, before) => {
    if (state !== before) busyWrites = MOST_BUSY_WRITES;
  });
  for (let left = setting.writes; ; ) {
    if (random.chance(0.2)) await application.read(props.keys);
    await application.write(props.keys);
    if (isOver()) return;
    const busy = (route.state === 'announced' || route.state === 'fenced') && busyWrites-- > 0;
    if (!busy) left--;
    if (busy) await route.changeOr(task, random.int(0, BUSY_REST_MILLISECONDS));
    else if (left > 0 && random.chance(MOMENT_CHANCE)) {
      // Just when somebody reads or writes the same items.
      const phase = random.pick(route.active === 'target' ? AFTER_IT : BEFORE_THE_SWITCH);
      await stage.moments.next(task, phase, LONG_REST_MILLISECONDS);
      await task.runtime.sleep(random.int(0, random.pick([5, 50, 500])));
    } else {
      const rest = random.int(0, random.chance(0.3) ? LONG_REST_MILLISECONDS : setting.restMilliseconds);
      await route.changeOr(task, left > 0 ? rest : undefined);
    }
  }
}

/** One attempt to write before there is a route, or after it was retired: it must be refused. */
export async function writeWithoutRoute(task: Task, stage: Stage): Promise<void> {
  const application = new Application(task, stage, new Random(task.name));
  try {
    await application.write(stage.keys.slice(0, 1));
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
  readonly #route: RouteWatch | undefined;
  #count = 0;
  /** Attempts of the write under way. */
  #attempts: Attempt[] = [];

  constructor(task: Task, stage: Stage, random: Random, route?: RouteWatch) {
    this.#task = task;
    this.#route = route;
    this.#stage = stage;
    this.#random = random;
    const client = stage.world.client(task, {
      maxAttempts: ATTEMPTS,
      requestMilliseconds: REQUEST_MILLISECONDS,
      role: ROUTER_ROLE,
      slow: { chance: SLOW_CHANCE, milliseconds: stage.setting.slowMilliseconds },
      aroundAttempt: (operation, input, send) => this.#around(operation, input, send),
    });
    this.#client = routed(client as DynamoDBClient, {
      migration: NAME,
      routeTable: 'route',
      runtime: task.runtime,
    });
  }

  /** Writes some of these keys. @throws what the application would get. */
  async write(keys: readonly Key[]): Promise<void> {
    const { scheduler } = this.#stage.world;
    const began = scheduler.experienced;
    const name = `${this.#task.name} ${++this.#count}`;
    let left: ApplicationWrite | undefined = writeOf(this.#random, this.#stage.setting, keys, name);
    while (left) left = await this.#send(left);
    const milliseconds = scheduler.experienced - began;
    if (milliseconds > LONGEST_WRITE_MILLISECONDS)
      this.#stage.violate(`a write was held: ${this.#task.name} for ${Math.round(milliseconds / 1_000)} s`);
  }

  /** Reads one of these keys, or all: each item must be what the application has made of it. */
  async read(keys: readonly Key[]): Promise<void> {
    const { ledger } = this.#stage;
    const wanted = this.#random.chance(0.7) ? [this.#random.pick(keys)] : keys;
    const before = wanted.map((key) => ledger.allowed(key));
    const items = await this.#items(wanted);
    for (const [index, key] of wanted.entries()) {
      const item = items.get(itemText(key));
      // Of one that came back as unprocessed nothing is known.
      if (item === 'unprocessed') continue;
      this.#assertHidden(item);
      const content = item && itemText(item);
      if (!before[index]?.has(content) && !ledger.allowed(key).has(content))
        this.#stage.violate(
          `another truth was read: ${this.#task.name} found ${content ?? 'nothing'} under ${itemText(key)}`,
        );
      this.#stage.count('read');
    }
  }

  async #items(keys: readonly Key[]): Promise<Map<string, Item | 'unprocessed'>> {
    const [key] = keys;
    if (keys.length === 1 && key) {
      const { Item: item } = await this.#client.send(
        new GetItemCommand({ TableName: 'source', Key: key, ConsistentRead: true }),
      );
      return new Map(item ? [[itemText(key), item]] : []);
    }
    const { Responses, UnprocessedKeys } = await this.#client.send(
      new BatchGetItemCommand({ RequestItems: { source: { Keys: [...keys], ConsistentRead: true } } }),
    );
    const found = (Responses?.source ?? []).map(
      (item) => [itemText({ id: item.id as never }), item] as const,
    );
    const left = UnprocessedKeys?.source?.Keys ?? [];
    return new Map<string, Item | 'unprocessed'>([
      ...found,
      ...left.map((one) => [itemText(one as Key), 'unprocessed'] as const),
    ]);
  }

  /** @returns what is left to be sent. */
  async #send(write: ApplicationWrite): Promise<ApplicationWrite | undefined> {
    const { ledger } = this.#stage;
    this.#attempts = [];
    const once = write instanceof TransactWriteItemsCommand;
    try {
      const unprocessed = unprocessedOf(await this.#client.send(write as never));
      const left = unprocessed ? keysWritten('BatchWriteItem', unprocessed.input as never) : [];
      // A transaction that is sent again does its work once: what an earlier attempt did, counts.
      ledger.acknowledge(once ? this.#attempts : this.#attempts.slice(-1), left);
      return unprocessed;
    } catch (error) {
      return await this.#refused(write, error);
    } finally {
      if (once) this.#assertOnce();
    }
  }

  /** A condition that did not hold is an answer like any other; after a conflict the write is sent again. */
  async #refused(write: ApplicationWrite, error: unknown): Promise<ApplicationWrite | undefined> {
    const { CancellationReasons: reasons = [] } = error as Partial<TransactionCanceledException>;
    for (const { Item: item } of [error as { Item?: Item }, ...reasons]) this.#assertHidden(item);
    if (
      isNamed(error, 'ConditionalCheckFailedException') ||
      reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')
    )
      return undefined;
    if (!isNamed(error, ...CONFLICTS)) throw error;
    this.#stage.count('conflict of a transaction');
    await this.#task.runtime.sleep(this.#random.int(1, LONGEST_PAUSE_MILLISECONDS));
    return write;
  }

  #assertOnce(): void {
    const done = this.#attempts.flatMap(({ effects }) => effects.map(({ effect }) => effect.content));
    if (done.length > 0) this.#stage.count('transaction');
    // Each write has a content of its own; an effect of an earlier write that comes late is none of this one.
    const twice = done.find((content, index) => content !== undefined && done.indexOf(content) < index);
    if (twice !== undefined)
      this.#stage.violate(`a transaction took effect twice: ${this.#task.name} wrote ${twice}`);
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
    const written = keysWritten(operation, input).filter(({ id }) =>
      this.#stage.keys.some((key) => key.id?.S === id?.S),
    );
    if (written.length === 0) return send(input);
    if (this.#route) routerHolds(this.#stage, this.#route, this.#task.name, input);
    const attempt = this.#stage.ledger.begin(this.#task.name, written);
    this.#attempts.push(attempt);
    try {
      return await send(input);
    } finally {
      attempt.underWay = false;
    }
  }
}
