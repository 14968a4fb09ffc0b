import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { validationError } from './errors.ts';
import type { Comparator, Condition, Operand } from './expression-tree.ts';
import { parseFilter } from './expressions.ts';
import { givenValue, nameOf } from './placeholders.ts';
import type { Table } from './table.ts';
import { typeOf } from './values.ts';

const SORT_COMPARATORS: ReadonlySet<Comparator> = new Set(['=', '<', '<=', '>', '>=']);

/** The partition that a key condition names; it must be an equality, with at most one condition on the sort key. */
export function partitionOf(table: Table, condition: Condition, input: QueryCommandInput): string {
  const parts = condition.kind === 'and' ? [condition.left, condition.right] : [condition];
  const [partitionKey, sortKey] = table.keyNames;
  const equality = parts.find((part) => subject(part, input) === partitionKey);
  if (equality?.kind !== 'compare' || equality.comparator !== '=' || equality.right.kind !== 'value')
    throw validationError('Query condition missed key schema element');
  const rest = parts.filter((part) => part !== equality);
  if (rest.some((part) => subject(part, input) !== sortKey || !isSortCondition(part)))
    throw validationError('Query key condition not supported');
  for (const part of rest) checkSortType(table, part, input);
  return table.partitionText(givenValue(equality.right.name, input));
}

function checkSortType(table: Table, condition: Condition, input: QueryCommandInput): void {
  const operands =
    condition.kind === 'compare'
      ? [condition.right]
      : condition.kind === 'between'
        ? [condition.low, condition.high]
        : condition.kind === 'prefix'
          ? [condition.operand]
          : [];
  for (const operand of operands)
    if (
      operand.kind !== 'value' ||
      typeOf(givenValue(operand.name, input)) !== table.definition.sortKey?.type
    )
      throw validationError(
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      );
}

/** A partition is read by its key: only what is not of the key can be filtered. */
export function checkFilter(table: Table, input: QueryCommandInput): void {
  if (!input.FilterExpression) return;
  const { attributes } = parseFilter(input.FilterExpression);
  if ([...attributes].some((name) => table.keyNames.includes(nameOf(name, input))))
    throw validationError('Filter Expression can only contain non-primary key attributes');
}

function isSortCondition(condition: Condition): boolean {
  if (condition.kind === 'compare') return SORT_COMPARATORS.has(condition.comparator);
  return condition.kind === 'between' || condition.kind === 'prefix';
}

function subject(condition: Condition, input: QueryCommandInput): string | undefined {
  const operand: Operand | undefined =
    condition.kind === 'compare'
      ? condition.left
      : condition.kind === 'between'
        ? condition.operand
        : condition.kind === 'prefix'
          ? { kind: 'path', path: condition.path }
          : undefined;
  return operand?.kind === 'path' && operand.path.length === 1
    ? nameOf(operand.path[0] as string, input)
    : undefined;
}
