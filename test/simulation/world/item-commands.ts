import type {
  DeleteItemCommandInput,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  ReturnValue,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/model.ts';
import { readCapacity, writeCapacity } from './capacity.ts';
import type { Database } from './database.ts';
import { conditionFailed, transactionConflict, validationError } from './errors.ts';
import { lookUp, parseProjection } from './expressions.ts';
import { checkPlaceholders, type Placeholders } from './placeholders.ts';
import { assertAllowed } from './policy-commands.ts';
import { type PreparedWrite, prepareDelete, preparePut, prepareUpdate } from './prepared-writes.ts';
import type { Answer, Caller } from './service.ts';
import type { Entry } from './table.ts';
import { itemBytes } from './values.ts';

export function getItem(
  database: Database,
  input: GetItemCommandInput,
  caller: Caller,
): Answer<GetItemCommandOutput> {
  const table = database.activeTable(input.TableName);
  const projection = input.ProjectionExpression ? [parseProjection(input.ProjectionExpression)] : [];
  checkPlaceholders(input, projection);
  assertAllowed(database, table, 'GetItem', caller);
  const item = readEntry(database, table.entry(input.Key as Item), input.ConsistentRead === true);
  return {
    ...(item ? { Item: projected(item, input) } : {}),
    ...readCapacity(table, item ? itemBytes(item) : 0, input),
  };
}

/** The item of an entry; without consistency perhaps as it was some moments ago. */
export function readEntry(database: Database, entry: Entry, consistent: boolean): Item | undefined {
  if (consistent || entry.past.length === 0) return entry.item;
  const recent = entry.past.filter(({ until }) => until >= database.now - database.limits.staleMilliseconds);
  if (recent.length === 0 || !database.dice.strikes('staleRead')) return entry.item;
  return database.random.pick(recent).item;
}

/** A copy of what a request asked to see of an item. */
export function projected(
  item: Item,
  request: Placeholders & { ProjectionExpression?: string | undefined },
): Item {
  if (!request.ProjectionExpression) return { ...item };
  const result: Item = {};
  for (const path of parseProjection(request.ProjectionExpression).tree) {
    const name = path[0] as string;
    if (path.length > 1) throw new Error('the modelled DynamoDB projects top-level attributes only');
    const value = lookUp(item, path, request);
    if (value)
      result[name.startsWith('#') ? (request.ExpressionAttributeNames?.[name] as string) : name] = value;
  }
  return result;
}

export function putItem(database: Database, input: PutItemCommandInput, caller: Caller) {
  checkReturnValues(input.ReturnValues);
  return writeItem(database, preparePut(database, input), input, caller);
}

export function deleteItem(database: Database, input: DeleteItemCommandInput, caller: Caller) {
  checkReturnValues(input.ReturnValues);
  return writeItem(database, prepareDelete(database, input), input, caller);
}

export function updateItem(database: Database, input: UpdateItemCommandInput, caller: Caller) {
  return writeItem(database, prepareUpdate(database, input), input, caller);
}

/** Of what a put or a delete leaves there is nothing to return. */
function checkReturnValues(wanted: ReturnValue | undefined): void {
  if (wanted && wanted !== 'NONE' && wanted !== 'ALL_OLD')
    throw validationError('Return values set to invalid value');
}

type WriteInput = PutItemCommandInput | DeleteItemCommandInput | UpdateItemCommandInput;

function writeItem(
  database: Database,
  write: PreparedWrite,
  input: WriteInput,
  caller: Caller,
): Answer<UpdateItemCommandOutput> {
  const { table, entry } = write;
  assertAllowed(database, table, write.action, caller);
  if (table.locked.has(entry.text)) throw transactionConflict();
  const before = entry.item;
  if (!write.allowed())
    throw conditionFailed(
      input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before ? { ...before } : undefined,
    );
  const after = write.after();
  const touched = write.touched?.() ?? [];
  table.write(entry, after, caller.name);
  const attributes = returned(input.ReturnValues, before, after, touched);
  return {
    ...(attributes ? { Attributes: attributes } : {}),
    ...writeCapacity(table, Math.max(before ? itemBytes(before) : 0, after ? itemBytes(after) : 0), input),
  };
}

function returned(
  wanted: ReturnValue | undefined,
  before: Item | undefined,
  after: Item | undefined,
  touched: readonly string[],
): Item | undefined {
  const part = (item: Item | undefined) =>
    item && Object.fromEntries(Object.entries(item).filter(([name]) => touched.includes(name)));
  switch (wanted) {
    case 'ALL_OLD':
      return before && { ...before };
    case 'ALL_NEW':
      return after && { ...after };
    case 'UPDATED_OLD':
      return part(before);
    case 'UPDATED_NEW':
      return part(after);
    default:
      return undefined;
  }
}
