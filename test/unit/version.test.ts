import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  epochStart,
  laterPrefix,
  PREFIX_LENGTH,
  parseVersion,
  versionPrefix,
  versionValue,
} from '../../shared/version.ts';

const sequence = fc.bigInt({ min: 0n, max: 10n ** 40n - 1n });
const epoch = fc.integer({ min: 1, max: 99 });
const prefix = fc.tuple(epoch, sequence).map(([e, s]) => versionPrefix(e, String(s)));
const kind = fc.constantFrom('item' as const, 'tombstone' as const);
const second = fc.integer({ min: 0, max: 9_999_999_999 });

describe('the version of a cell', () => {
  it('orders like epoch and sequence number do, whatever the number of digits', () => {
    fc.assert(
      fc.property(epoch, sequence, epoch, sequence, (e1, s1, e2, s2) => {
        const [a, b] = [versionPrefix(e1, String(s1)), versionPrefix(e2, String(s2))];
        const expected = e1 !== e2 ? e1 < e2 : s1 < s2;
        expect(a < b).toBe(expected);
      }),
    );
  });

  it('is epoch, padded sequence number, kind and creation second, as one text', () => {
    expect(versionValue(versionPrefix(7, '123456789012345678901'), 'item', 1_790_000_000)).toBe(
      '070000000000000000000123456789012345678901i1790000000',
    );
    expect(versionValue(versionPrefix(12, '9'.repeat(40)), 'tombstone', 5)).toBe(
      `12${'9'.repeat(40)}t0000000005`,
    );
  });

  it('is smaller than a prefix exactly if its own prefix is, whatever its kind and second', () => {
    fc.assert(
      fc.property(prefix, kind, second, prefix, (own, ofKind, createdSecond, other) => {
        const value = versionValue(own, ofKind, createdSecond);
        expect(value < other).toBe(own < other);
        // What a redelivered record meets: the value that it has written itself.
        expect(value < own).toBe(false);
      }),
    );
  });

  it('is not to be compared as a whole: then kind and second would decide', () => {
    const same = versionPrefix(1, '5');
    expect(versionValue(same, 'item', 9) < versionValue(same, 'tombstone', 1)).toBe(true);
    expect(versionValue(same, 'item', 1) < versionValue(same, 'item', 2)).toBe(true);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(epoch, sequence, kind, second, (e, s, ofKind, createdSecond) => {
        const own = versionPrefix(e, String(s));
        expect(parseVersion(versionValue(own, ofKind, createdSecond))).toEqual({
          prefix: own,
          epoch: e,
          kind: ofKind,
          createdSecond,
        });
      }),
    );
  });

  it('begins an epoch below all of its records and above all of the epoch before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 99 }), sequence, (e, s) => {
        expect(epochStart(e) <= versionPrefix(e, String(s))).toBe(true);
        expect(versionPrefix(e - 1, String(s)) < epochStart(e)).toBe(true);
      }),
    );
  });

  it('keeps the prefix of the largest of several, in any order, values and prefixes alike', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(prefix, kind, second, fc.boolean()), { minLength: 1 }), (all) => {
        const texts = all.map(([own, ofKind, createdSecond, whole]) =>
          whole ? versionValue(own, ofKind, createdSecond) : own,
        );
        const largest = all.map(([own]) => own).reduce((a, b) => (a > b ? a : b));
        expect(texts.reduce(laterPrefix, epochStart(1))).toBe(largest);
        expect(texts.reduce((later, text) => laterPrefix(text, later), epochStart(1))).toBe(largest);
        expect(largest).toHaveLength(PREFIX_LENGTH);
      }),
    );
  });

  it.each(['', 'x', `${'0'.repeat(42)}x0000000000`, `${'0'.repeat(41)}i0000000000`])(
    'does not take %j for a version',
    (text) => {
      expect(parseVersion(text)).toBeUndefined();
    },
  );

  it.each([
    [0, '1'],
    [100, '1'],
    [1.5, '1'],
    [1, ''],
    [1, '1e3'],
    [1, '9'.repeat(41)],
  ])('refuses epoch %d with sequence number %j', (e, s) => {
    expect(() => versionPrefix(e, s)).toThrow(RangeError);
  });
});
