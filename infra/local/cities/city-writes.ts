import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Random } from '../random.ts';
import { someContent } from './city-content.ts';
import type { Item } from './item-text.ts';

/** A write of an own record: the request, and what stands there once it took effect. */
export interface OwnWrite {
  readonly operation: string;
  readonly command: PutItemCommand | UpdateItemCommand | DeleteItemCommand;
  readonly after: Item | undefined;
  /** The request names the version that it replaces. */
  readonly guarded: boolean;
}

interface Target {
  readonly table: string;
  readonly key: Item;
  readonly random: Random;
  /** A number that this writer never used before. */
  readonly version: number;
}

/** Attributes that an update leaves where they are. */
const KEPT = new Set(['cityId', 'record', 'version', 'population']);
/** The old image with the acknowledgement, and the item that stands in the way with a refusal. */
const SHOW_BOTH = { ReturnValues: 'ALL_OLD', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

/** Put, whatever stands there. */
export function put({ table, key, random, version }: Target): OwnWrite {
  return putOf('put', table, { ...key, ...someContent(random, version) }, { ReturnValues: 'ALL_OLD' });
}

/** Put where nothing stands. */
export function create({ table, key, random, version }: Target): OwnWrite {
  return putOf(
    'create',
    table,
    { ...key, ...someContent(random, version) },
    { ConditionExpression: 'attribute_not_exists(cityId)', ...SHOW_BOTH },
  );
}

/** An item of its key alone. */
export function mark({ table, key }: Pick<Target, 'table' | 'key'>): OwnWrite {
  return putOf('mark', table, key, { ReturnValues: 'ALL_OLD' });
}

function putOf(
  operation: string,
  table: string,
  item: Item,
  options: Omit<PutItemCommandInput, 'TableName' | 'Item'>,
): OwnWrite {
  return {
    operation,
    command: new PutItemCommand({ TableName: table, Item: item, ...options }),
    after: item,
    guarded: false,
  };
}

/** Update without a condition. */
export function set({ table, key, random }: Target, content: Item): OwnWrite {
  const population = somePopulation(random);
  return {
    operation: 'set',
    command: new UpdateItemCommand({
      TableName: table,
      Key: key,
      UpdateExpression: 'SET population = :population',
      ExpressionAttributeValues: { ':population': population },
      ReturnValues: 'ALL_OLD',
    }),
    after: { ...content, population },
    guarded: false,
  };
}

/** Update of the version that was last seen (optimistic locking), which also removes an attribute. */
export function update({ table, key, random, version }: Target, content: Item): OwnWrite {
  const seen = content.version;
  const population = somePopulation(random);
  const next = { N: String(version) };
  const removable = Object.keys(content).filter((name) => !KEPT.has(name));
  const removed = removable.length > 0 ? random.pick(removable) : 'nothing';
  const { [removed]: _, ...rest } = content;
  return {
    operation: 'update',
    command: new UpdateItemCommand({
      TableName: table,
      Key: key,
      UpdateExpression: 'SET version = :next, population = :population REMOVE #removed',
      ConditionExpression: seen
        ? 'version = :seen'
        : 'attribute_exists(cityId) AND attribute_not_exists(version)',
      ExpressionAttributeNames: { '#removed': removed },
      ExpressionAttributeValues: {
        ':next': next,
        ':population': population,
        ...(seen ? { ':seen': seen } : {}),
      },
      ...SHOW_BOTH,
    }),
    after: { ...rest, version: next, population },
    guarded: seen !== undefined,
  };
}

export function remove({ table, key }: Pick<Target, 'table' | 'key'>): OwnWrite {
  return {
    operation: 'delete',
    command: new DeleteItemCommand({ TableName: table, Key: key, ReturnValues: 'ALL_OLD' }),
    after: undefined,
    guarded: false,
  };
}

function somePopulation(random: Random): AttributeValue {
  return { N: String(random.below(30_000_000)) };
}
