import type {
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/model.ts';
import { readCapacity } from './capacity.ts';
import type { Database } from './database.ts';
import { validationError } from './errors.ts';
import { holds, parseFilter, parseKeyCondition, parseProjection } from './expressions.ts';
import { projected, readEntry } from './item-commands.ts';
import { checkFilter, partitionOf } from './key-conditions.ts';
import { checkPlaceholders } from './placeholders.ts';
import { assertAllowed } from './policy-commands.ts';
import type { Answer, Caller, Effect } from './service.ts';
import type { Entry, Table } from './table.ts';
import { itemBytes } from './values.ts';

const HASHES = 2 ** 32;

export function* scan(
  database: Database,
  input: ScanCommandInput,
  caller: Caller,
): Effect<Answer<ScanCommandOutput>> {
  const table = database.activeTable(input.TableName);
  checkPlaceholders(input, parsedOf(input));
  assertAllowed(database, table, 'Scan', caller);
  if ((input.Segment === undefined) !== (input.TotalSegments === undefined))
    throw validationError('The Segment and TotalSegments parameters must be given together');
  const total = input.TotalSegments ?? 1;
  const segment = input.Segment ?? 0;
  if (total < 1 || total > 1_000_000 || segment < 0 || segment >= total)
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  const inSegment = ({ hash }: Entry) => Math.floor((hash / HASHES) * total) === segment;
  const start = input.ExclusiveStartKey;
  if (start && !inSegment(table.entry(start)))
    throw validationError('The provided starting key is outside the range of keys of the segment');
  return yield* page(database, table, input, inSegment, false);
}

export function* query(
  database: Database,
  input: QueryCommandInput,
  caller: Caller,
): Effect<Answer<QueryCommandOutput>> {
  const table = database.activeTable(input.TableName);
  if (!input.KeyConditionExpression)
    throw validationError(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  const key = parseKeyCondition(input.KeyConditionExpression);
  checkPlaceholders(input, [key, ...parsedOf(input)]);
  assertAllowed(database, table, 'Query', caller);
  checkFilter(table, input);
  const partition = partitionOf(table, key.tree, input);
  const start = input.ExclusiveStartKey;
  if (start && table.entry(start).partition !== partition)
    throw validationError(
      'The provided starting key is outside query boundaries based on provided conditions',
    );
  const matches = (entry: Entry) => entry.partition === partition && holds(key.tree, entry.key, input);
  return yield* page(database, table, input, matches, input.ScanIndexForward === false);
}

function parsedOf(input: ScanCommandInput | QueryCommandInput) {
  return [
    ...(input.FilterExpression ? [parseFilter(input.FilterExpression)] : []),
    ...(input.ProjectionExpression ? [parseProjection(input.ProjectionExpression)] : []),
  ];
}

/**
 * One page: it ends at the request's limit, at the service's, or with the last entry. Each item is read at a moment
 * of its own: what other requests do in between may be seen of one item and not of another.
 */
function* page(
  database: Database,
  table: Table,
  input: ScanCommandInput | QueryCommandInput,
  belongs: (entry: Entry) => boolean,
  backwards: boolean,
): Effect<Answer<ScanCommandOutput>> {
  if (input.IndexName) throw new Error('the modelled DynamoDB has no indexes');
  if (input.Limit !== undefined && input.Limit < 1)
    throw validationError('Limit must be greater than or equal to 1');
  const { limits, random } = database;
  const filter = input.FilterExpression ? parseFilter(input.FilterExpression) : undefined;
  const most = Math.min(input.Limit ?? Number.POSITIVE_INFINITY, random.int(1, limits.pageItems));
  const found: Item[] = [];
  let last = input.ExclusiveStartKey;
  let [scanned, bytes] = [0, 0];
  let next = nextEntry(table, last, belongs, backwards);
  while (next && scanned < most && bytes < limits.pageBytes) {
    const item = readEntry(database, next, input.ConsistentRead === true);
    if (item) {
      scanned++;
      bytes += itemBytes(item);
      last = next.key;
      if (!filter || holds(filter.tree, item, input)) found.push(item);
      yield 'divisible';
    }
    next = nextEntry(table, next.key, belongs, backwards);
  }
  // A page that ends at a limit names its last key, even if nothing follows.
  const full = scanned >= most || bytes >= limits.pageBytes;
  return {
    Count: found.length,
    ScannedCount: scanned,
    ...(input.Select === 'COUNT' ? {} : { Items: found.map((item) => projected(item, input)) }),
    ...(full && last ? { LastEvaluatedKey: { ...last } } : {}),
    ...readCapacity(table, bytes, input),
  };
}

function nextEntry(
  table: Table,
  after: Item | undefined,
  belongs: (entry: Entry) => boolean,
  backwards: boolean,
): Entry | undefined {
  const { entries } = table;
  const step = backwards ? -1 : 1;
  const first = after ? table.positionOf(after) + step : backwards ? entries.length - 1 : 0;
  for (let index = first; index >= 0 && index < entries.length; index += step) {
    const entry = entries[index] as Entry;
    if (belongs(entry)) return entry;
  }
  return undefined;
}
