import { RouteError } from './errors.ts';
import { withoutAttribute } from './items.ts';
import type { Item } from './model.ts';
import type { RoutedTable } from './route.ts';

/**
 * What the router must know of DynamoDB's requests: which tables they name, whether they write, and how to give them
 * other names. Bodies are DynamoDB's JSON, in which every number of an item is text, so parsing loses nothing.
 */
export type RequestKind = 'read' | 'write' | 'statement' | 'other';

export type Json = Record<string, unknown>;

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);
const PARTIQL = new Set(['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction']);

export function requestKind(operation: string): RequestKind {
  if (READS.has(operation)) return 'read';
  if (WRITES.has(operation)) return 'write';
  return PARTIQL.has(operation) ? 'statement' : 'other';
}

/**
 * PartiQL can't be routed: a table's name may stand anywhere in its text.
 * @throws RouteError for statements that name a routed table.
 */
export function assertNoneNamed(
  operation: string,
  body: Json,
  tables: readonly Pick<RoutedTable, 'source'>[],
): void {
  const text = statementsOf(body).join('\n');
  const named = tables.find(({ source }) =>
    new RegExp(`(^|[^\\w.-])${source.replaceAll('.', '\\.')}([^\\w.-]|$)`).test(text),
  );
  if (named)
    throw new RouteError(
      `${operation} names ${named.source}, which is being migrated: PartiQL is not routed, use the item operations (PutItem, UpdateItem, DeleteItem, Query, transactions, batches)`,
    );
}

function statementsOf(body: Json): unknown[] {
  const many = [body.Statements, body.TransactStatements].flat() as ({ Statement?: unknown } | undefined)[];
  return [body.Statement, ...many.map((one) => one?.Statement)].filter((text) => text !== undefined);
}

/** Whether a request names one of these tables, by its name or its ARN. */
export function isNamedIn(body: Json, tables: readonly Pick<RoutedTable, 'source'>[]): boolean {
  const names = tablesOf(body).map(tableName);
  return tables.some(({ source }) => names.includes(source));
}

/** The name in a table's name or ARN. */
function tableName(table: string): string {
  return table.slice(table.lastIndexOf('/') + 1);
}

/** Another table in the same words: an ARN stays one. */
export function renameTable(table: string, names: ReadonlyMap<string, string>): string {
  const name = tableName(table);
  return table.slice(0, table.length - name.length) + (names.get(name) ?? name);
}

/** The names of tables in a request, as they stand there (a name or an ARN). */
export function tablesOf(body: Json): string[] {
  const found = new Set<string>();
  renamed(body, (table) => {
    found.add(table);
    return table;
  });
  return [...found];
}

/** A request with its tables renamed. */
export function renamed(body: Json, rename: (table: string) => string): Json {
  const result: Json = { ...body };
  if (typeof body.TableName === 'string') result.TableName = rename(body.TableName);
  if (isJson(body.RequestItems)) result.RequestItems = renamedKeys(body.RequestItems, rename);
  if (Array.isArray(body.TransactItems)) {
    result.TransactItems = (body.TransactItems as Json[]).map((entry) =>
      Object.fromEntries(
        Object.entries(entry).map(([kind, operation]) => [
          kind,
          isJson(operation) ? renamed(operation, rename) : operation,
        ]),
      ),
    );
  }
  return result;
}

/** An answer as the application expects it: under the names that it used, without the reserved attribute. */
export function answerFor(output: Json, reserved: string, rename: (table: string) => string): Json {
  const result: Json = { ...output };
  for (const name of ['Item', 'Attributes'])
    if (isJson(output[name])) result[name] = withoutAttribute(output[name] as Item, reserved);
  if (Array.isArray(output.Items))
    result.Items = (output.Items as Item[]).map((item) => withoutAttribute(item, reserved));
  const { Responses } = output;
  if (Array.isArray(Responses))
    result.Responses = Responses.map((response: Json) =>
      isJson(response.Item)
        ? { ...response, Item: withoutAttribute(response.Item as Item, reserved) }
        : response,
    );
  else if (isJson(Responses)) {
    const stripped = Object.entries(Responses).map(([table, items]) => [
      table,
      (items as Item[]).map((item) => withoutAttribute(item, reserved)),
    ]);
    result.Responses = renamedKeys(Object.fromEntries(stripped), rename);
  }
  for (const name of ['UnprocessedItems', 'UnprocessedKeys', 'ItemCollectionMetrics'])
    if (isJson(output[name])) result[name] = renamedKeys(output[name] as Json, rename);
  const { ConsumedCapacity: consumed } = output;
  if (Array.isArray(consumed)) result.ConsumedCapacity = consumed.map((one: Json) => renamed(one, rename));
  else if (isJson(consumed)) result.ConsumedCapacity = renamed(consumed, rename);
  return result;
}

/** The same for an error: a failed condition may carry the item that stood in its way. */
export function hideReserved(error: unknown, reserved: string): void {
  const carriers = [error, ...((error as { CancellationReasons?: unknown[] }).CancellationReasons ?? [])];
  for (const carrier of carriers as { Item?: Item }[])
    if (carrier.Item) carrier.Item = withoutAttribute(carrier.Item, reserved);
}

/** @throws RouteError when two keys would become one: what stands under either would be lost. */
function renamedKeys(map: Json, rename: (table: string) => string): Json {
  const entries = Object.entries(map).map(([table, value]) => [rename(table), value] as const);
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw new RouteError(
      `a batch names the table ${twice} and the one that was moved there, which are the same now: send them in two batches`,
    );
  return Object.fromEntries(entries);
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
