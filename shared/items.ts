import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item, Key } from './model.ts';

/**
 * The text of an item or key that is the same for equal contents: names sorted, sets sorted, binary as base64.
 * Attribute order may differ between two reads of one item, so raw text is no comparison.
 */
export function itemText(item: Item): string {
  return `{${Object.keys(item)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${valueText(item[name] as AttributeValue)}`)
    .join(',')}}`;
}

/** A short stand-in for an item's content, to be kept in memory in its place. */
export function itemDigest(item: Item): string {
  return createHash('sha256').update(itemText(item)).digest('base64');
}

/** Whether two items, either of which may be absent, hold the same content. */
export function sameContent(a: Item | undefined, b: Item | undefined): boolean {
  if (!a || !b) return a === b;
  return itemText(a) === itemText(b);
}

/** Reads back what `itemText` wrote of a key. */
export function keyFromText(text: string): Key {
  return Object.fromEntries(
    Object.entries(JSON.parse(text) as Record<string, { S?: string; N?: string; B?: string }>).map(
      ([name, value]): [string, AttributeValue] => {
        if (value.B !== undefined) return [name, { B: Buffer.from(value.B, 'base64') }];
        if (value.N !== undefined) return [name, { N: value.N }];
        return [name, { S: value.S as string }];
      },
    ),
  );
}

/** An item without one of its attributes; the same object if it has no such attribute. */
export function withoutAttribute(item: Item, name: string): Item {
  if (!(name in item)) return item;
  const { [name]: _, ...rest } = item;
  return rest;
}

function valueText(value: AttributeValue): string {
  if (value.S !== undefined) return `{"S":${JSON.stringify(value.S)}}`;
  if (value.N !== undefined) return `{"N":${JSON.stringify(value.N)}}`;
  if (value.BOOL !== undefined) return `{"BOOL":${value.BOOL}}`;
  if (value.NULL !== undefined) return '{"NULL":true}';
  if (value.B !== undefined) return `{"B":"${base64(value.B)}"}`;
  if (value.M !== undefined) return `{"M":${itemText(value.M)}}`;
  if (value.L !== undefined) return `{"L":[${value.L.map(valueText).join(',')}]}`;
  if (value.SS !== undefined) return `{"SS":${JSON.stringify([...value.SS].sort())}}`;
  if (value.NS !== undefined) return `{"NS":${JSON.stringify([...value.NS].sort())}}`;
  if (value.BS !== undefined) return `{"BS":${JSON.stringify(value.BS.map(base64).sort())}}`;
  throw new TypeError(`an attribute of a type that is not known: ${JSON.stringify(Object.keys(value))}`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
