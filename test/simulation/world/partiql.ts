import type {
  AttributeValue,
  BatchExecuteStatementCommandInput,
  BatchExecuteStatementCommandOutput,
  BatchStatementError,
  BatchStatementRequest,
  BatchStatementResponse,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/model.ts';
import type { Database } from './database.ts';
import { validationError } from './errors.ts';
import { assertAllowed } from './policy-commands.ts';
import { type PreparedWrite, preparePut } from './prepared-writes.ts';
import type { Answer, Caller, Effect } from './service.ts';
import { typeOf } from './values.ts';

const MOST_STATEMENTS = 25;
const MOST_CHARACTERS = 8_192;
const INSERT = /^\s*INSERT\s+INTO\s+"((?:[^"]|"")+)"\s+VALUE\s+\{(.*)\}\s*;?\s*$/is;
const MEMBER = /\s*'((?:[^']|'')*)'\s*:\s*\?\s*(,|$)/y;

type Code = NonNullable<BatchStatementError['Code']>;

/** Put-if-absent of many items: each statement has an outcome of its own, inside an answer that is a success. */
export function* batchExecute(
  database: Database,
  input: BatchExecuteStatementCommandInput,
  caller: Caller,
): Effect<Answer<BatchExecuteStatementCommandOutput>> {
  const statements = input.Statements ?? [];
  if (statements.length < 1 || statements.length > MOST_STATEMENTS)
    throw validationError(
      `1 validation error detected: Value at 'statements' failed to satisfy constraint: Member must have length less than or equal to ${MOST_STATEMENTS}`,
    );
  const writes = statements.map((statement) => insertion(database, statement));
  const keys = writes.flatMap((write) =>
    'entry' in write ? [`${write.table.name} ${write.entry.text}`] : [],
  );
  if (new Set(keys).size < keys.length)
    throw validationError('Provided list of item keys contains duplicates');
  const responses: BatchStatementResponse[] = [];
  for (const write of writes) {
    responses.push('entry' in write ? insert(database, write, caller) : write);
    yield 'divisible';
  }
  return { Responses: responses };
}

function insert(
  database: Database,
  { table, entry, after }: PreparedWrite,
  caller: Caller,
): BatchStatementResponse {
  const { dice, random } = database;
  const TableName = table.name;
  if (table.locked.has(entry.text))
    return failed('TransactionConflict', 'Transaction is ongoing for the item', TableName);
  const denied = refusal(() => assertAllowed(database, table, 'PartiQLInsert', caller));
  if (denied) return { ...denied, TableName };
  const fails = dice.strikes('statementFailed');
  if (fails && random.chance(0.6))
    return failed(
      random.pick(['ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded']),
      'Throughput exceeds the current capacity',
      TableName,
    );
  if (entry.item) return failed('DuplicateItem', 'Duplicate primary key exists in table', TableName);
  if (!fails || random.chance(0.5)) table.write(entry, after(), caller.name);
  return fails ? failed('InternalServerError', 'Internal server error', TableName) : { TableName };
}

function failed(Code: Code, Message: string, TableName?: string): BatchStatementResponse {
  return { Error: { Code, Message }, ...(TableName ? { TableName } : {}) };
}

/**
 * What a statement would write, or why it can't. An empty set and a statement that is too long refuse the request as
 * a whole.
 */
function insertion(
  database: Database,
  { Statement = '', Parameters = [] }: BatchStatementRequest,
): PreparedWrite | BatchStatementResponse {
  if (Statement.length > MOST_CHARACTERS)
    throw validationError(`Statement must have length less than or equal to ${MOST_CHARACTERS}`);
  if (Parameters.some(isEmptySet))
    throw validationError('One or more parameter values were invalid: An set may not be empty');
  let write: PreparedWrite | undefined;
  const refused = refusal(() => {
    const { table, names } = parsedInsert(Statement);
    if (names.length !== Parameters.length)
      throw validationError('Number of parameters in request and statement don’t match.');
    const item: Item = Object.fromEntries(
      names.map((name, index) => [name, Parameters[index] as AttributeValue]),
    );
    write = preparePut(database, { TableName: table, Item: item });
  });
  return refused ?? (write as unknown as PreparedWrite);
}

const CODES: Readonly<Record<string, Code>> = {
  ValidationException: 'ValidationError',
  ResourceNotFoundException: 'ResourceNotFound',
  AccessDeniedException: 'AccessDenied',
};

/** What would be an error of a request is the outcome of a statement. */
function refusal(check: () => void): BatchStatementResponse | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    const code = error instanceof Error ? CODES[error.name] : undefined;
    if (!code) throw error;
    return failed(code, (error as Error).message);
  }
}

function isEmptySet(value: AttributeValue): boolean {
  const type = typeOf(value);
  return (type === 'SS' || type === 'NS' || type === 'BS') && (value[type] as unknown[]).length === 0;
}

const statements = new Map<string, { readonly table: string; readonly names: readonly string[] }>();

/** `INSERT INTO "table" VALUE {'name': ?, …}`, the one statement that this model knows. */
function parsedInsert(statement: string): { readonly table: string; readonly names: readonly string[] } {
  const known = statements.get(statement);
  if (known) return known;
  const [, table, members] = INSERT.exec(statement) ?? [];
  if (table === undefined || members === undefined)
    throw validationError("Statement wasn't well formed, can't be processed");
  const names: string[] = [];
  MEMBER.lastIndex = 0;
  while (MEMBER.lastIndex < members.trimEnd().length) {
    const member = MEMBER.exec(members);
    if (!member) throw validationError("Statement wasn't well formed, can't be processed");
    names.push((member[1] as string).replaceAll("''", "'"));
  }
  const parsed = { table: table.replaceAll('""', '"'), names };
  statements.set(statement, parsed);
  return parsed;
}
