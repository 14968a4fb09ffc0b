import {
  type CancellationReason,
  TransactionCanceledException,
  type TransactWriteItem,
  type TransactWriteItemsCommandInput,
  type TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Caller } from './commands.ts';
import type { Database } from './database.ts';
import { validationError } from './errors.ts';
import type { Answer } from './item-commands.ts';
import { assertAllowed } from './policy-commands.ts';
import {
  type PreparedWrite,
  prepareCheck,
  prepareDelete,
  preparePut,
  prepareUpdate,
} from './prepared-writes.ts';
import type { Effect } from './request.ts';

const MOST_ACTIONS = 100;

/**
 * All or nothing. Between its two steps it holds its keys: a write of one of them meets a conflict. A request that is
 * sent again with the same token does its work once.
 */
export function* transactWrite(
  database: Database,
  input: TransactWriteItemsCommandInput,
  caller: Caller,
): Effect<Answer<TransactWriteItemsCommandOutput>> {
  const token = input.ClientRequestToken;
  if (token !== undefined && database.transactionTokens.has(token)) return {};
  const actions = input.TransactItems ?? [];
  if (actions.length < 1 || actions.length > MOST_ACTIONS)
    throw validationError(`Member must have length less than or equal to ${MOST_ACTIONS}`);
  const writes = actions.map((action) => prepared(database, action));
  if (new Set(writes.map(({ table, entry }) => `${table.name} ${entry.text}`)).size < writes.length)
    throw validationError('Transaction request cannot include multiple operations on one item');
  for (const { table, action } of writes) assertAllowed(database, table, action, caller);
  const refused = writes.map((write, index) => refusal(write, actions[index] as TransactWriteItem));
  if (refused.some(({ Code }) => Code !== 'None')) throw canceled(refused);
  const afters = writes.map(({ after }) => after());
  for (const { table, entry } of writes) table.locked.add(entry.text);
  try {
    for (const _ of writes) yield 'whole';
  } finally {
    for (const { table, entry } of writes) table.locked.delete(entry.text);
  }
  for (const [index, { table, entry }] of writes.entries()) table.write(entry, afters[index], caller.name);
  if (token !== undefined) database.transactionTokens.add(token);
  return {};
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

function refusal(
  { table, entry, allowed }: PreparedWrite,
  { Put, Update, Delete, ConditionCheck }: TransactWriteItem,
): CancellationReason {
  if (table.locked.has(entry.text))
    return { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
  if (allowed()) return { Code: 'None' };
  const wanted = (Put ?? Update ?? Delete ?? ConditionCheck)?.ReturnValuesOnConditionCheckFailure;
  return {
    Code: 'ConditionalCheckFailed',
    Message: 'The conditional request failed',
    ...(wanted === 'ALL_OLD' && entry.item ? { Item: { ...entry.item } } : {}),
  };
}

function canceled(reasons: CancellationReason[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: reasons,
  });
}
