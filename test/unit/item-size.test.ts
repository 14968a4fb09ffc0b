import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemBytes, readUnits, writeUnits } from '../../shared/item-size.ts';
import type { Item } from '../../shared/model.ts';
import { itemBytes as modelledBytes } from '../simulation/world/values.ts';

const number = fc.integer().map(String);
const bytes = fc.uint8Array({ maxLength: 20 });
const scalar = fc.oneof(
  fc.record({ S: fc.string({ unit: 'grapheme' }) }),
  fc.record({ N: number }),
  fc.record({ B: bytes }),
  fc.constant({ BOOL: true }),
  fc.constant({ NULL: true }),
  fc.record({ SS: fc.array(fc.string(), { minLength: 1 }) }),
  fc.record({ NS: fc.array(number, { minLength: 1 }) }),
  fc.record({ BS: fc.array(bytes, { minLength: 1 }) }),
);
const value = fc.oneof(
  scalar,
  fc.record({ L: fc.array(scalar) }),
  fc.record({ M: fc.dictionary(fc.string(), scalar) }),
);
const item = fc.dictionary(fc.string(), value) as fc.Arbitrary<Item>;

describe('the size of an item', () => {
  it('is never below what DynamoDB counts, and above it by long numbers alone', () => {
    fc.assert(
      fc.property(item, (one) => {
        expect(itemBytes(one)).toBeGreaterThanOrEqual(modelledBytes(one));
        expect(itemBytes(one)).toBeLessThanOrEqual(modelledBytes(one) + 8 * JSON.stringify(one).length);
      }),
    );
    const text = { id: { S: 'ü' }, list: { L: [{ S: 'a' }, { BOOL: false }] } };
    expect(itemBytes(text)).toBe(modelledBytes(text));
  });

  it('takes a read unit for each 4 KB and a write unit for each 1 KB begun', () => {
    const of = (length: number) => ({ v: { S: 'x'.repeat(length - 1) } });
    expect([readUnits(of(1)), readUnits(of(4_096)), readUnits(of(4_097))]).toEqual([1, 1, 2]);
    expect([writeUnits(of(1)), writeUnits(of(1_024)), writeUnits(of(1_025))]).toEqual([1, 1, 2]);
    expect(writeUnits(of(10), of(3_000))).toBe(3);
    expect(writeUnits({})).toBe(1);
  });
});
