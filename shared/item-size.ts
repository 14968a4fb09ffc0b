import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './model.ts';

/** What a list or a map takes beside its members, and each of them. */
const CONTAINER_BYTES = 3;
const MEMBER_BYTES = 1;

/**
 * Size of an item by which DynamoDB counts capacity
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html). A number is taken
 * at its longest.
 */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += Buffer.byteLength(name) + valueBytes(item[name] as AttributeValue);
  return bytes;
}

/** Units that a consistent read of one item by its key takes. An item that is not there takes one. */
export function readUnits(item: Item): number {
  return Math.max(1, Math.ceil(itemBytes(item) / 4_096));
}

/** Units that a write of an item takes: by the larger of what stood and what stands. */
export function writeUnits(...items: readonly Item[]): number {
  return Math.max(1, ...items.map((item) => Math.ceil(itemBytes(item) / 1_024)));
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.M !== undefined)
    return CONTAINER_BYTES + itemBytes(value.M) + MEMBER_BYTES * Object.keys(value.M).length;
  if (value.L !== undefined) return CONTAINER_BYTES + sum(value.L, (each) => valueBytes(each) + MEMBER_BYTES);
  if (value.SS !== undefined) return sum(value.SS, (each) => Buffer.byteLength(each));
  if (value.NS !== undefined) return sum(value.NS, numberBytes);
  if (value.BS !== undefined) return sum(value.BS, ({ byteLength }) => byteLength);
  return 1;
}

/** Two digits take a byte, the number one more, and a sign another. */
function numberBytes(text: string): number {
  return Math.ceil(text.length / 2) + (text.startsWith('-') ? 2 : 1);
}

function sum<T>(values: readonly T[], bytes: (value: T) => number): number {
  return values.reduce((total, value) => total + bytes(value), 0);
}
