import {
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
  ConditionalCheckFailedException,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { backoffMilliseconds } from '../backoff.ts';
import type { DynamoDB } from '../clients.ts';
import { isNamed, SegueError } from '../errors.ts';
import { writeUnits } from '../item-size.ts';
import type { Item } from '../model.ts';
import { inParallel } from '../parallel.ts';
import type { Runtime } from '../runtime.ts';
import { statementThrottling } from './dynamodb-throttling.ts';
import type { Meter } from './meter.ts';

/**
 * Put-if-absent of many items. `BatchWriteItem` has no conditions; PartiQL's INSERT has one built in, and
 * `BatchExecuteStatement` takes 25 of them in a request, each with an error of its own
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html).
 */
const STATEMENTS_PER_REQUEST = 25;
const STATEMENT_CHARACTERS = 8_192;
/** The API takes 16 MB; smaller requests lose less when one is throttled. */
const REQUEST_BYTES = 4_000_000;
const REQUESTS_IN_FLIGHT = 8;
/** About two minutes of throttling, by the backoff. */
const ATTEMPTS = 50;

const TRANSIENT = new Set([
  'RequestLimitExceeded',
  'ProvisionedThroughputExceeded',
  'TransactionConflict',
  'ThrottlingError',
  'InternalServerError',
]);

export type InsertOutcome =
  | { readonly kind: 'inserted' }
  | { readonly kind: 'existing' }
  | { readonly kind: 'rejected'; readonly reason: string };

export interface InsertTarget {
  readonly client: DynamoDB;
  readonly table: string;
  readonly partitionKey: string;
  readonly runtime: Runtime;
  readonly meter?: Meter | undefined;
}

/** Puts each item whose key is free; the outcomes stand in the order of the items. */
export async function insertAbsent(target: InsertTarget, items: readonly Item[]): Promise<InsertOutcome[]> {
  const outcomes = new Array<InsertOutcome>(items.length);
  await inParallel(batches(target.table, items), REQUESTS_IN_FLIGHT, async (indexes) => {
    for (const [index, outcome] of await insertBatch(target, items, indexes)) outcomes[index] = outcome;
  });
  return outcomes;
}

/** Groups the positions of items into requests; an item whose statement is too long stands alone, for `PutItem`. */
function batches(table: string, items: readonly Item[]): number[][] {
  const result: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  items.forEach((item, index) => {
    const size = roughBytes(item);
    const last = result.at(-1);
    if (last && last.length < STATEMENTS_PER_REQUEST && bytes + size <= REQUEST_BYTES && fits(table, item)) {
      last.push(index);
      bytes += size;
      return;
    }
    result.push([index]);
    bytes = fits(table, item) ? size : Number.POSITIVE_INFINITY;
  });
  return result;
}

async function insertBatch(
  target: InsertTarget,
  items: readonly Item[],
  indexes: readonly number[],
): Promise<Map<number, InsertOutcome>> {
  const outcomes = new Map<number, InsertOutcome>();
  let open = indexes;
  for (let attempt = 0; open.length > 0; attempt++) {
    if (attempt > 0) await target.runtime.sleep(backoffMilliseconds(target.runtime, attempt));
    const responses = await execute(
      target,
      open.map((index) => items[index] as Item),
    );
    if (!responses) {
      // The request as a whole was refused (an empty set, a statement too long …): each item gets its own answer.
      for (const index of open) outcomes.set(index, await putAbsent(target, items[index] as Item));
      return outcomes;
    }
    const throttling = target.meter && statementThrottling(responses);
    if (throttling) await target.meter?.throttled(throttling);
    const again: number[] = [];
    for (const [position, index] of open.entries()) {
      // A response that is missing is an outcome that is not known: the statement is sent again.
      const error = responses[position]?.Error;
      if (!responses[position] || (error?.Code && TRANSIENT.has(error.Code))) again.push(index);
      else if (!error) outcomes.set(index, { kind: 'inserted' });
      else if (error.Code === 'DuplicateItem') outcomes.set(index, { kind: 'existing' });
      else if (error.Code === 'ValidationError' || error.Code === 'ItemCollectionSizeLimitExceeded')
        outcomes.set(index, await putAbsent(target, items[index] as Item));
      else
        throw new SegueError(`insert into ${target.table}: ${error.Code}: ${error.Message ?? 'no message'}`);
    }
    if (again.length > 0 && attempt + 1 >= ATTEMPTS)
      throw new SegueError(
        `insert into ${target.table}: ${again.length} items still throttled after ${ATTEMPTS} attempts`,
      );
    open = again;
  }
  return outcomes;
}

async function execute(
  target: InsertTarget,
  items: readonly Item[],
): Promise<readonly BatchStatementResponse[] | undefined> {
  if (items.length === 1 && !fits(target.table, items[0] as Item)) return undefined;
  await target.meter?.spend(
    'write',
    items.reduce((sum, item) => sum + writeUnits(item), 0),
  );
  try {
    const { Responses } = await target.client.send(
      new BatchExecuteStatementCommand({
        Statements: items.map((item) => ({
          Statement: statement(target.table, Object.keys(item)),
          Parameters: Object.values(item),
        })),
      }),
    );
    return Responses ?? [];
  } catch (error) {
    if (isNamed(error, 'ValidationException')) return undefined;
    throw error;
  }
}

async function putAbsent(
  { client, table, partitionKey, meter }: InsertTarget,
  item: Item,
): Promise<InsertOutcome> {
  await meter?.spend('write', writeUnits(item));
  try {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: item,
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': partitionKey },
      }),
    );
    return { kind: 'inserted' };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { kind: 'existing' };
    if (isNamed(error, 'ValidationException', 'ItemCollectionSizeLimitExceededException'))
      return { kind: 'rejected', reason: (error as Error).message };
    throw error;
  }
}

/** The tuple is written out, with one parameter for each attribute; in names only the quote needs doubling. */
function statement(table: string, names: readonly string[]): string {
  return `INSERT INTO "${table}" VALUE {${names.map((name) => `'${name.replaceAll("'", "''")}': ?`).join(', ')}}`;
}

function fits(table: string, item: Item): boolean {
  return statement(table, Object.keys(item)).length <= STATEMENT_CHARACTERS;
}

/** An upper bound that needs no exact accounting: it only keeps requests small. */
function roughBytes(item: Item): number {
  return JSON.stringify(item, (_, value) =>
    value instanceof Uint8Array ? value.byteLength.toString().padEnd(value.byteLength) : value,
  ).length;
}
