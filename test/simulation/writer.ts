import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Key } from '../../shared/model.ts';
import { Router } from '../../shared/router.ts';
import type { Ledger } from './ledger.ts';
import { Random } from './world/random.ts';
import type { Task } from './world/task.ts';
import type { World } from './world/world.ts';

const MIGRATION = 'm';

export interface WriterProps {
  readonly world: World;
  readonly seed: string;
  /** Keys that nobody else writes. */
  readonly keys: readonly Key[];
  readonly ledger: Ledger;
  /** Whether to go on. */
  readonly goOn: () => boolean;
  readonly thinkMilliseconds: number;
}

type Operation = 'PutItem' | 'UpdateItem' | 'DeleteItem';
const COMMANDS = {
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
  DeleteItem: DeleteItemCommand,
} as unknown as Record<Operation, typeof PutItemCommand>;

/** Errors after which the SDK tries again. */
const RETRIED = new Set([
  'TimeoutError',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'InternalServerError',
  'RequestLimitExceeded',
]);
const ATTEMPTS = 12;

/** An application's process: writes its keys through a router of its own, with the SDK's retries around each attempt. */
export async function write(
  task: Task,
  { world, seed, keys, ledger, goOn, thinkMilliseconds }: WriterProps,
): Promise<void> {
  const random = new Random(seed).fork(task.name);
  const client = world.client(task, { maxAttempts: 1, requestMilliseconds: 2_000 });
  const router = new Router({
    migration: MIGRATION,
    routeTable: 'route',
    client: world.client(task),
    runtime: task.runtime,
  });
  const counts = new Map<Key, number>();
  for (let op = 1; goOn(); op++) {
    const key = random.pick(keys);
    const [operation, body] = operationOf(random, key, `${task.name} ${op}`);
    for (let attempt = 1; ; attempt++) {
      try {
        ledger.begin(task.name, key);
        // Each attempt writes a value of its own, so that its effect is known from others'.
        await router.attempt(operation, { TableName: 'source', ...body(attempt) }, async (routed) => {
          const output = await client.send(new COMMANDS[operation](routed as never));
          return { output: output as unknown as Record<string, unknown> };
        });
        ledger.end(task.name, true);
        counts.set(key, (counts.get(key) ?? 0) + 1);
        break;
      } catch (error) {
        ledger.end(task.name, false);
        const again = error instanceof Error && (RETRIED.has(error.name) || 'code' in error);
        if (!again || attempt >= ATTEMPTS) throw error;
        await task.runtime.sleep(random.int(1, 50 * attempt));
      }
    }
    await task.runtime.sleep(random.int(0, thinkMilliseconds));
  }
}

function operationOf(
  random: Random,
  key: Key,
  value: string,
): [Operation, (attempt: number) => Record<string, unknown>] {
  const kind = random.int(0, 9);
  if (kind < 5) return ['PutItem', (attempt) => ({ Item: { ...key, v: { S: `${value}/${attempt}` } } })];
  // An item of its key alone must not be taken for a tombstone.
  if (kind < 6) return ['PutItem', () => ({ Item: key })];
  if (kind < 8) return ['DeleteItem', () => ({ Key: key })];
  return [
    'UpdateItem',
    (attempt) => ({
      Key: key,
      UpdateExpression: 'SET #v = :v',
      ExpressionAttributeNames: { '#v': 'v' },
      ExpressionAttributeValues: { ':v': { S: `${value}/${attempt}` } },
    }),
  ];
}
