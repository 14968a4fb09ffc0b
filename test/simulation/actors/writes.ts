import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Key } from '../../../shared/model.ts';
import type { Setting } from '../setting.ts';
import { ITEM_BYTES } from '../stage.ts';
import type { Random } from '../world/random.ts';

/** One write of an application. Each has a value of its own, so that its effect is known from others'. */
export interface ApplicationWrite {
  readonly operation: 'PutItem' | 'UpdateItem' | 'DeleteItem';
  /** The request without its table. */
  readonly body: Record<string, unknown>;
}

const COMMANDS = {
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
  DeleteItem: DeleteItemCommand,
} as unknown as Record<ApplicationWrite['operation'], typeof PutItemCommand>;

/** The command that writes to the source. */
export function commandOf({ operation, body }: ApplicationWrite): PutItemCommand {
  return new COMMANDS[operation]({ TableName: 'source', ...body } as never);
}

export function isWrite(operation: string): boolean {
  return operation in COMMANDS;
}

/** What a target whose index demands another type refuses. */
export const POISON = 'poison';

export function operationOf(random: Random, setting: Setting, key: Key, name: string): ApplicationWrite {
  const value = chosenValue(random, setting, name);
  switch (random.int(0, 11)) {
    case 0:
      // An item of its key alone must not be taken for a tombstone.
      return { operation: 'PutItem', body: { Item: key } };
    case 1:
    case 2:
    case 3:
      return { operation: 'DeleteItem', body: { Key: key } };
    case 4:
      return {
        operation: 'PutItem',
        body: {
          Item: { ...key, v: { S: value } },
          ConditionExpression: 'attribute_not_exists(#id)',
          ExpressionAttributeNames: { '#id': 'id' },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      };
    // Updates are never too large: an item that still has its version would not take one.
    case 5:
      return {
        operation: 'UpdateItem',
        body: { ...update(key, name), ConditionExpression: 'attribute_exists(#v)' },
      };
    case 6:
    case 7:
      return { operation: 'UpdateItem', body: update(key, name) };
    default:
      return { operation: 'PutItem', body: { Item: { ...key, v: { S: value } } } };
  }
}

function chosenValue(random: Random, { poison, oversize }: Setting, name: string): string {
  if (random.chance(poison)) return `${POISON} ${name}`;
  return random.chance(oversize) ? name.padEnd(ITEM_BYTES - 20, '.') : name;
}

function update(key: Key, value: string) {
  return {
    Key: key,
    UpdateExpression: 'SET #v = :v',
    ExpressionAttributeNames: { '#v': 'v' },
    ExpressionAttributeValues: { ':v': { S: value } },
  };
}
