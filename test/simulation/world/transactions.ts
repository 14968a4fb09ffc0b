import {
  type CancellationReason,
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  type TransactWriteItemsCommandInput,
  type TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Database } from './database.ts';
import { validationError } from './errors.ts';
import { assertAllowed } from './policy-commands.ts';
import {
  type PreparedWrite,
  prepareCheck,
  prepareDelete,
  preparePut,
  prepareUpdate,
} from './prepared-writes.ts';
import type { Answer, Caller, Effect } from './service.ts';
import { itemBytes } from './values.ts';

const MOST_ACTIONS = 100;
const MOST_BYTES = 4 * 1_048_576;
const MOST_TOKEN_CHARACTERS = 36;
const TOKEN_MILLISECONDS = 10 * 60_000;
const BAD_REQUEST = { httpStatusCode: 400 };

/** A transaction that was sent with a token. */
export interface TokenUse {
  readonly request: string;
  /** Undefined while it is under way. */
  doneAt?: number;
}

/**
 * All or nothing. Between its two steps it holds its keys: a write of one of them meets a conflict. A request that is
 * sent again with the same token does its work once, for ten minutes.
 */
export function* transactWrite(
  database: Database,
  input: TransactWriteItemsCommandInput,
  caller: Caller,
): Effect<Answer<TransactWriteItemsCommandOutput>> {
  if (isDone(database, input)) return {};
  const actions = input.TransactItems ?? [];
  if (actions.length < 1 || actions.length > MOST_ACTIONS)
    throw validationError(`Member must have length less than or equal to ${MOST_ACTIONS}`);
  const writes = actions.map((action) => prepared(database, action));
  if (new Set(writes.map(({ table, entry }) => `${table.name} ${entry.text}`)).size < writes.length)
    throw validationError('Transaction request cannot include multiple operations on one item');
  for (const { table, action } of writes) assertAllowed(database, table, action, caller);
  const refused = writes.map((write, index) => refusal(write, actions[index] as TransactWriteItem));
  if (database.dice.strikes('transactionThrottled')) refused[0] = throttled(database);
  if (refused.some(({ Code }) => Code !== 'None')) throw canceled(refused);
  const afters = writes.map(({ after }) => after());
  if (afters.reduce((sum, item) => sum + itemBytes(item ?? {}), 0) > MOST_BYTES)
    throw validationError('Transaction request size exceeds the limit of 4 MB');
  const use: TokenUse = { request: requestText(input) };
  const token = input.ClientRequestToken;
  if (token !== undefined) database.transactionTokens.set(token, use);
  for (const { table, entry } of writes) table.locked.add(entry.text);
  try {
    for (const _ of writes) yield 'whole';
    for (const [index, { table, entry }] of writes.entries()) table.write(entry, afters[index], caller.name);
    use.doneAt = database.now;
  } finally {
    for (const { table, entry } of writes) table.locked.delete(entry.text);
    if (token !== undefined && use.doneAt === undefined) database.transactionTokens.delete(token);
  }
  return {};
}

/** Whether a transaction of this token is done. */
function isDone(database: Database, input: TransactWriteItemsCommandInput): boolean {
  const token = input.ClientRequestToken;
  if (token === undefined) return false;
  if (token.length < 1 || token.length > MOST_TOKEN_CHARACTERS)
    throw validationError(
      `Value at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to ${MOST_TOKEN_CHARACTERS}`,
    );
  const use = database.transactionTokens.get(token);
  if (!use || database.now > (use.doneAt ?? database.now) + TOKEN_MILLISECONDS) return false;
  if (use.request !== requestText(input))
    throw new IdempotentParameterMismatchException({
      Message: 'The request was already sent with another content for this token',
      message: 'The request was already sent with another content for this token',
      $metadata: BAD_REQUEST,
    });
  if (use.doneAt === undefined)
    throw new TransactionInProgressException({
      Message: 'The transaction with the given request token is already in progress.',
      message: 'The transaction with the given request token is already in progress.',
      $metadata: BAD_REQUEST,
    });
  return true;
}

function requestText(input: TransactWriteItemsCommandInput): string {
  return JSON.stringify(input.TransactItems);
}

function prepared(
  database: Database,
  { Put, Update, Delete, ConditionCheck }: TransactWriteItem,
): PreparedWrite {
  if (Put) return preparePut(database, Put);
  if (Update) return prepareUpdate(database, Update);
  if (Delete) return prepareDelete(database, Delete);
  if (ConditionCheck) return prepareCheck(database, ConditionCheck);
  throw validationError(
    'Invalid Request: TransactWriteRequest should contain a Delete, Put, Update or ConditionCheck',
  );
}

/** A throttled transaction is cancelled: the SDK does not send it again. */
function throttled({ random }: Database): CancellationReason {
  return {
    Code: random.pick(['ThrottlingError', 'ProvisionedThroughputExceeded']),
    Message: 'Throughput exceeds the current capacity',
  };
}

function refusal(
  { table, entry, allowed, after }: PreparedWrite,
  { Put, Update, Delete, ConditionCheck }: TransactWriteItem,
): CancellationReason {
  if (table.locked.has(entry.text))
    return { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
  if (allowed()) return invalidity(after) ?? { Code: 'None' };
  const wanted = (Put ?? Update ?? Delete ?? ConditionCheck)?.ReturnValuesOnConditionCheckFailure;
  return {
    Code: 'ConditionalCheckFailed',
    Message: 'The conditional request failed',
    ...(wanted === 'ALL_OLD' && entry.item ? { Item: { ...entry.item } } : {}),
  };
}

/** What can't be written cancels the transaction, too. */
function invalidity(after: () => unknown): CancellationReason | undefined {
  try {
    after();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationException') throw error;
    return { Code: 'ValidationError', Message: error.message };
  }
}

function canceled(reasons: CancellationReason[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    $metadata: BAD_REQUEST,
    CancellationReasons: reasons,
  });
}
