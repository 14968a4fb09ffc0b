import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item, Key } from '../../../shared/model.ts';
import type { Setting } from '../setting.ts';
import { ITEM_BYTES } from '../stage.ts';
import type { Random } from '../world/random.ts';

/** One write of an application. Each has a value of its own, so that its effect is known from others'. */
export type ApplicationWrite =
  | PutItemCommand
  | UpdateItemCommand
  | DeleteItemCommand
  | BatchWriteItemCommand
  | TransactWriteItemsCommand;

/** What a target whose index demands another type refuses. */
export const POISON = 'poison';

const SOURCE = 'source';
const MOST_KEYS_AT_ONCE = 3;
const NOT_THERE_YET = {
  ConditionExpression: 'attribute_not_exists(#id)',
  ExpressionAttributeNames: { '#id': 'id' },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;

/** A write of one of these keys, or a batch or a transaction of some of them. */
export function writeOf(
  random: Random,
  setting: Setting,
  keys: readonly Key[],
  name: string,
): ApplicationWrite {
  const kind = random.int(0, 11);
  if (kind === 0) return batchOf(random, setting, someOf(random, keys), name);
  if (kind === 1) return transactionOf(random, someOf(random, keys), name);
  return singleOf(random, setting, random.pick(keys), name);
}

/** A batch again, with what came back as unprocessed; undefined if nothing did. */
export function unprocessedOf(output: object): BatchWriteItemCommand | undefined {
  const { UnprocessedItems: left = {} } = output as { UnprocessedItems?: Record<string, never> };
  return Object.keys(left).length > 0 ? new BatchWriteItemCommand({ RequestItems: left }) : undefined;
}

/** The keys that a request writes, by the operation and the body as they are sent; none of one that does not write. */
export function keysWritten(operation: string, body: Record<string, unknown>): Key[] {
  const { Item: item, Key: key, RequestItems: tables = {}, TransactItems: actions = [] } = body as Body;
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [keyOf(item ?? key)];
    case 'BatchWriteItem':
      return Object.values(tables)
        .flat()
        .map(({ PutRequest, DeleteRequest }) => keyOf(PutRequest?.Item ?? DeleteRequest?.Key));
    case 'TransactWriteItems':
      return actions
        .filter(({ ConditionCheck }) => !ConditionCheck)
        .map(({ Put, Update, Delete }) => keyOf(Put?.Item ?? (Update ?? Delete)?.Key));
    default:
      return [];
  }
}

interface Body {
  readonly Item?: Item;
  readonly Key?: Key;
  readonly RequestItems?: Readonly<
    Record<string, readonly { readonly PutRequest?: { Item: Item }; readonly DeleteRequest?: { Key: Key } }[]>
  >;
  readonly TransactItems?: readonly {
    readonly Put?: { Item: Item };
    readonly Update?: { Key: Key };
    readonly Delete?: { Key: Key };
    readonly ConditionCheck?: object;
  }[];
}

function keyOf({ id }: Item = {}): Key {
  return { id: id ?? { S: '' } };
}

function singleOf(random: Random, setting: Setting, key: Key, name: string): ApplicationWrite {
  const value = chosenValue(random, setting, name);
  const put = { TableName: SOURCE, Item: { ...key, v: { S: value } } };
  switch (random.int(0, 11)) {
    case 0:
      // An item of its key alone must not be taken for a tombstone.
      return new PutItemCommand({ TableName: SOURCE, Item: key });
    case 1:
    case 2:
    case 3:
      return new DeleteItemCommand({ TableName: SOURCE, Key: key });
    case 4:
      return new PutItemCommand({ ...put, ...NOT_THERE_YET });
    // Updates are never too large: an item that still has its version would not take one.
    case 5:
      return new UpdateItemCommand({ ...update(key, name), ConditionExpression: 'attribute_exists(#v)' });
    case 6:
    case 7:
      return new UpdateItemCommand(update(key, name));
    default:
      return new PutItemCommand(put);
  }
}

function batchOf(
  random: Random,
  setting: Setting,
  keys: readonly Key[],
  name: string,
): BatchWriteItemCommand {
  const requests = keys.map((key, index) =>
    random.chance(0.3)
      ? { DeleteRequest: { Key: key } }
      : { PutRequest: { Item: { ...key, v: { S: chosenValue(random, setting, `${name}.${index}`) } } } },
  );
  return new BatchWriteItemCommand({ RequestItems: { [SOURCE]: requests } });
}

/** The last of several actions may be a check of a key that it does not write. */
function transactionOf(random: Random, keys: readonly Key[], name: string): TransactWriteItemsCommand {
  const checked = keys.length > 1 && random.chance(0.3) ? keys.length - 1 : undefined;
  return new TransactWriteItemsCommand({
    TransactItems: keys.map((key, index) => {
      const value = `${name}.${index}`;
      if (index === checked) return { ConditionCheck: { TableName: SOURCE, Key: key, ...NOT_THERE_YET } };
      const put = { TableName: SOURCE, Item: { ...key, v: { S: value } } };
      switch (random.int(0, 4)) {
        case 0:
          return { Delete: { TableName: SOURCE, Key: key } };
        case 1:
          return { Put: { ...put, ...NOT_THERE_YET } };
        case 2:
          return { Update: update(key, value) };
        default:
          return { Put: put };
      }
    }),
  });
}

function someOf(random: Random, keys: readonly Key[]): Key[] {
  const left = [...keys];
  const count = random.int(1, Math.min(MOST_KEYS_AT_ONCE, keys.length));
  return Array.from({ length: count }, () => left.splice(random.int(0, left.length - 1), 1)[0] as Key);
}

function chosenValue(random: Random, { poison, oversize }: Setting, name: string): string {
  if (random.chance(poison)) return `${POISON} ${name}`;
  return random.chance(oversize) ? name.padEnd(ITEM_BYTES - 20, '.') : name;
}

function update(key: Key, value: string) {
  return {
    TableName: SOURCE,
    Key: key,
    UpdateExpression: 'SET #v = :v',
    ExpressionAttributeNames: { '#v': 'v' },
    ExpressionAttributeValues: { ':v': { S: value } },
  };
}
