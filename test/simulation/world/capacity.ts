import type { Table } from './table.ts';

interface CapacityInput {
  readonly ReturnConsumedCapacity?: string | undefined;
  readonly ConsistentRead?: boolean | undefined;
}

/** A unit for each 4 KB read consistently, half of one otherwise; only where it was asked for. */
export function readCapacity(table: Table, bytes: number, input: CapacityInput): object {
  const units = Math.max(1, Math.ceil(bytes / 4096)) * (input.ConsistentRead ? 1 : 0.5);
  return capacity(table, units, input);
}

/** A unit for each 1 KB of the larger of the item before and after. */
export function writeCapacity(table: Table, bytes: number, input: CapacityInput): object {
  return capacity(table, Math.max(1, Math.ceil(bytes / 1024)), input);
}

function capacity(table: Table, units: number, input: CapacityInput): object {
  if (!input.ReturnConsumedCapacity || input.ReturnConsumedCapacity === 'NONE') return {};
  return { ConsumedCapacity: { TableName: table.name, CapacityUnits: units } };
}
