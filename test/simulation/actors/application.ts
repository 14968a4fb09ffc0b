import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Key } from '../../../shared/model.ts';
import { Router } from '../../../shared/router.ts';
import type { RouteWatch } from '../route-watch.ts';
import { NAME, type Stage } from '../stage.ts';
import { Random } from '../world/random.ts';
import type { Task } from '../world/task.ts';
import { operationOf } from './writes.ts';

/** Errors after which the SDK tries again. */
const RETRIED = new Set([
  'TimeoutError',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'InternalServerError',
  'RequestLimitExceeded',
]);
const ATTEMPTS = 20;
const REQUEST_MILLISECONDS = 2_000;
/** A hold ends with the fence's deadline; slow requests and retries come on top. Beyond this somebody holds for ever. */
const LONGEST_WRITE_MILLISECONDS = 180_000;
const COMMANDS = {
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
  DeleteItem: DeleteItemCommand,
} as unknown as Record<'PutItem' | 'UpdateItem' | 'DeleteItem', typeof PutItemCommand>;

/**
 * An application's process: writes its keys, which nobody else writes, through a router of its own, with the SDK's
 * retries around each attempt. It writes before, at each change of the route, and after the switch.
 */
export async function write(
  task: Task,
  stage: Stage,
  props: { readonly keys: readonly Key[]; readonly route: RouteWatch; readonly isOver: () => boolean },
): Promise<void> {
  const { route, isOver } = props;
  const { setting } = stage;
  const random = new Random(task.name).fork(String(stage.random.int(0, 1e9)));
  const writer = new Writer(task, stage, random);
  for (let left = setting.writes; ; ) {
    await writer.write(random.pick(props.keys));
    if (isOver()) return;
    left--;
    const rest = random.int(0, random.chance(0.3) ? 20_000 : setting.restMilliseconds);
    await route.changeOr(task, left > 0 ? rest : undefined);
  }
}

class Writer {
  readonly #task: Task;
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #client: ReturnType<Stage['world']['client']>;
  readonly #router: Router;
  #count = 0;

  constructor(task: Task, stage: Stage, random: Random) {
    this.#task = task;
    this.#stage = stage;
    this.#random = random;
    this.#client = stage.world.client(task, { maxAttempts: 1, requestMilliseconds: REQUEST_MILLISECONDS });
    this.#router = new Router({
      migration: NAME,
      routeTable: 'route',
      client: stage.world.client(task),
      runtime: task.runtime,
    });
  }

  /** One write with its retries. @throws what the application would get. */
  async write(key: Key): Promise<void> {
    const { scheduler } = this.#stage.world;
    const began = scheduler.experienced;
    const { operation, body } = operationOf(
      this.#random,
      this.#stage.setting,
      key,
      `${this.#task.name} ${++this.#count}`,
    );
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#attempt(operation, key, body(attempt));
        break;
      } catch (error) {
        if (isRefusal(error)) break;
        if (!isRetried(error) || attempt >= ATTEMPTS) throw error;
        await this.#task.runtime.sleep(this.#random.int(1, 50 * attempt));
      }
    }
    const milliseconds = scheduler.experienced - began;
    if (milliseconds > LONGEST_WRITE_MILLISECONDS)
      this.#stage.violate(`a write was held: ${this.#task.name} for ${Math.round(milliseconds / 1_000)} s`);
  }

  async #attempt(operation: keyof typeof COMMANDS, key: Key, body: Record<string, unknown>): Promise<void> {
    const { ledger } = this.#stage;
    let acknowledged = false;
    ledger.begin(this.#task.name, key);
    try {
      await this.#router.attempt(operation, { TableName: 'source', ...body }, async (routed) => {
        const output = await this.#client.send(new COMMANDS[operation](routed as never));
        return { output: output as unknown as Record<string, unknown> };
      });
      acknowledged = true;
    } finally {
      ledger.end(this.#task.name, acknowledged);
    }
  }
}

/** The condition of the write did not hold: an answer like any other. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

function isRetried(error: unknown): boolean {
  return error instanceof Error && (RETRIED.has(error.name) || 'code' in error);
}
