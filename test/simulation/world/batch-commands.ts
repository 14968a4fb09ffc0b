import type {
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/model.ts';
import type { Database } from './database.ts';
import { throughputExceeded, validationError } from './errors.ts';
import { parseProjection } from './expressions.ts';
import { projected, readEntry } from './item-commands.ts';
import { checkPlaceholders } from './placeholders.ts';
import { assertAllowed } from './policy-commands.ts';
import { prepareDelete, preparePut } from './prepared-writes.ts';
import type { Answer, Caller, Effect } from './service.ts';
import { itemBytes } from './values.ts';

const MOST_WRITES = 25;
const MOST_READS = 100;
const MOST_REQUEST_BYTES = 16 * 1_048_576;

/** Each operation stands alone: others may go between, and some may come back unprocessed. */
export function* batchWrite(
  database: Database,
  input: BatchWriteItemCommandInput,
  caller: Caller,
): Effect<Answer<BatchWriteItemCommandOutput>> {
  const operations = Object.entries(input.RequestItems ?? {}).flatMap(([TableName, requests]) => {
    if (requests.length === 0)
      throw validationError('The batch write request list for a table cannot be null or empty');
    return requests.map((request) => ({ TableName, request, ...prepared(database, TableName, request) }));
  });
  if (operations.length < 1 || operations.length > MOST_WRITES)
    throw validationError('Too many items requested for the BatchWriteItem call');
  const keys = new Set(operations.map(({ table, entry }) => `${table.name} ${entry.text}`));
  if (keys.size < operations.length) throw validationError('Provided list of item keys contains duplicates');
  if (operations.reduce((sum, { after }) => sum + itemBytes(after() ?? {}), 0) > MOST_REQUEST_BYTES)
    throw validationError('Request size exceeds the limit of 16 MB');
  for (const table of new Set(operations.map((operation) => operation.table)))
    assertAllowed(database, table, 'BatchWriteItem', caller);
  const unprocessed: Record<string, WriteRequest[]> = {};
  let done = 0;
  for (const { TableName, request, table, entry, after } of operations) {
    if (table.locked.has(entry.text) || database.dice.strikes('unprocessed')) {
      unprocessed[TableName] = [...(unprocessed[TableName] ?? []), request];
      continue;
    }
    table.write(entry, after(), caller.name);
    done++;
    yield 'divisible';
  }
  // A batch of which nothing could be done is an error as a whole.
  if (done === 0) throw throughputExceeded();
  return { UnprocessedItems: unprocessed };
}

function prepared(database: Database, TableName: string, { PutRequest, DeleteRequest }: WriteRequest) {
  if (PutRequest && DeleteRequest)
    throw validationError('Supplied WriteRequest has more than one operation, must contain exactly one');
  if (PutRequest) return preparePut(database, { TableName, Item: PutRequest.Item });
  if (DeleteRequest) return prepareDelete(database, { TableName, Key: DeleteRequest.Key });
  throw validationError('Supplied AttributeValue has more than one datatypes set, must contain exactly one');
}

export function* batchGet(
  database: Database,
  input: BatchGetItemCommandInput,
  caller: Caller,
): Effect<Answer<BatchGetItemCommandOutput>> {
  const requests = Object.entries(input.RequestItems ?? {}).flatMap(([name, request]) => {
    const table = database.activeTable(name);
    const { Keys = [] } = request;
    if (Keys.length === 0) throw validationError('The list of keys for a table cannot be null or empty');
    checkPlaceholders(
      request,
      request.ProjectionExpression ? [parseProjection(request.ProjectionExpression)] : [],
    );
    assertAllowed(database, table, 'BatchGetItem', caller);
    return Keys.map((key) => ({ name, request, key, entry: table.entry(key) }));
  });
  if (requests.length < 1 || requests.length > MOST_READS)
    throw validationError('Too many items requested for the BatchGetItem call');
  if (new Set(requests.map(({ name, entry }) => `${name} ${entry.text}`)).size < requests.length)
    throw validationError('Provided list of item keys contains duplicates');
  const responses: Record<string, Item[]> = {};
  const unprocessed: NonNullable<BatchGetItemCommandOutput['UnprocessedKeys']> = {};
  let [done, bytes] = [0, 0];
  for (const { name, request, key, entry } of requests) {
    responses[name] ??= [];
    if (bytes >= database.limits.answerBytes || database.dice.strikes('unprocessed')) {
      unprocessed[name] = { ...request, Keys: [...(unprocessed[name]?.Keys ?? []), key] };
      continue;
    }
    const item = readEntry(database, entry, request.ConsistentRead === true);
    if (item) responses[name].push(projected(item, request));
    bytes += item ? itemBytes(item) : 0;
    done++;
    yield 'divisible';
  }
  if (done === 0) throw throughputExceeded();
  // The items of an answer have no order of their own.
  for (const items of Object.values(responses)) if (database.random.chance(0.5)) items.reverse();
  return { Responses: responses, UnprocessedKeys: unprocessed };
}
