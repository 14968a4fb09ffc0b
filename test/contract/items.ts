import type { Item } from '../../shared/model.ts';
import type { Page } from '../../shared/stores/store.ts';

/** The most that DynamoDB takes: names and values, in bytes. */
export const MOST_ITEM_BYTES = 409_600;

/** Numbers that a double can't hold, as DynamoDB gives them back. */
const NUMBERS = [
  '0',
  '-1',
  '12345678901234567890123456789012345678',
  '-99999999999999999999999999999999999999',
  '1.2345678901234567890123456789012345678',
  '0.00000000000000000000000000000000000001',
  '9007199254740993',
];

/** Every type of attribute, with the contents that get lost most easily. */
export const EVERY_TYPE: Item = {
  text: { S: 'ein Käse für 3 €, 🧀 "und" \u0000 \\ \n \u{10ffff}' },
  emptyText: { S: '' },
  ...Object.fromEntries(NUMBERS.map((number, index) => [`number${index}`, { N: number }])),
  bytes: { B: Uint8Array.from({ length: 256 }, (_, index) => index) },
  emptyBytes: { B: new Uint8Array() },
  yes: { BOOL: true },
  no: { BOOL: false },
  nothing: { NULL: true },
  texts: { SS: ['b', 'a', 'ä'] },
  numbers: { NS: NUMBERS },
  binaries: { BS: [Uint8Array.of(255, 0), Uint8Array.of(0)] },
  list: { L: [{ S: 'x' }, { N: '1' }, { L: [] }, { NULL: true }] },
  map: {
    M: {
      'a.b': { S: 'a dot in a name' },
      deep: { M: { deeper: { L: [{ M: { deepest: { BS: [Uint8Array.of(1, 2, 3)] } } }] } } },
    },
  },
};

/** Items `k0`, `k1` … */
export function plainItems(count: number, from = 0): Item[] {
  return Array.from({ length: count }, (_, index) => ({
    id: { S: `k${from + index}` },
    value: { N: String(from + index) },
  }));
}

/** An item of exactly so many bytes. */
export function itemOfBytes(id: string, bytes: number): Item {
  return { id: { S: id }, fill: { S: 'x'.repeat(bytes - 'id'.length - id.length - 'fill'.length) } };
}

/** An item whose PartiQL statement is too long: it takes 8,192 characters. */
export function itemOfManyNames(id: string): Item {
  return {
    id: { S: id },
    ...Object.fromEntries(
      Array.from({ length: 700 }, (_, index) => [`attribute${index}`, { N: String(index) }]),
    ),
  };
}

export function pageOf(...items: readonly Item[]): Page {
  return { count: items.length, bytes: 0, items: () => items };
}
