import type { Item } from '../../../shared/model.ts';
import type { Database } from './database.ts';
import { holds, type Parsed, parseCondition } from './expressions.ts';
import { checkPlaceholders, type Placeholders } from './placeholders.ts';
import type { Entry, Table } from './table.ts';
import { checkUpdate, parseUpdate, updated } from './update-expressions.ts';

interface Conditional extends Placeholders {
  readonly ConditionExpression?: string | undefined;
}

/** A write that is checked and can be done at once: alone, or as a part of a transaction. */
export interface PreparedWrite {
  /** Its name in policies. */
  readonly action: 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem';
  readonly table: Table;
  readonly entry: Entry;
  /** Whether its condition holds now. */
  allowed(): boolean;
  /** The item as it will be. */
  after(): Item | undefined;
  readonly touched?: () => readonly string[];
}

export function preparePut(
  database: Database,
  input: Conditional & { TableName?: string | undefined; Item?: Item | undefined },
): PreparedWrite {
  const table = database.activeTable(input.TableName);
  const entry = table.entryOfItem(input.Item as Item);
  const item = table.checkedItem(input.Item as Item);
  return { action: 'PutItem', table, entry, allowed: condition(entry, input), after: () => item };
}

export function prepareDelete(
  database: Database,
  input: Conditional & { TableName?: string | undefined; Key?: Item | undefined },
): PreparedWrite {
  const table = database.activeTable(input.TableName);
  const entry = table.entry(input.Key as Item);
  return { action: 'DeleteItem', table, entry, allowed: condition(entry, input), after: () => undefined };
}

export function prepareUpdate(
  database: Database,
  input: Conditional & {
    TableName?: string | undefined;
    Key?: Item | undefined;
    UpdateExpression?: string | undefined;
  },
): PreparedWrite {
  const table = database.activeTable(input.TableName);
  const entry = table.entry(input.Key as Item);
  const update = input.UpdateExpression === undefined ? undefined : parseUpdate(input.UpdateExpression);
  const allowed = condition(entry, input, update ? [update] : []);
  if (update) checkUpdate(update.tree, entry.key, input);
  const change = () => updated(update?.tree ?? [], entry.key, entry.item, input);
  return {
    action: 'UpdateItem',
    table,
    entry,
    allowed,
    after: () => table.checkedItem(change().item),
    touched: () => change().touched,
  };
}

/** A transaction's condition without a write. */
export function prepareCheck(
  database: Database,
  input: Conditional & { TableName?: string | undefined; Key?: Item | undefined },
): PreparedWrite {
  const table = database.activeTable(input.TableName);
  const entry = table.entry(input.Key as Item);
  return {
    action: 'ConditionCheckItem',
    table,
    entry,
    allowed: condition(entry, input),
    after: () => entry.item,
  };
}

function condition(entry: Entry, input: Conditional, others: readonly Parsed<unknown>[] = []): () => boolean {
  const parsed =
    input.ConditionExpression === undefined ? undefined : parseCondition(input.ConditionExpression);
  checkPlaceholders(input, parsed ? [parsed, ...others] : others);
  return () => !parsed || holds(parsed.tree, entry.item, input);
}
