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

  it('refuses a redelivered record: a whole value is never smaller than its own prefix', () => {
    fc.assert(
      fc.property(epoch, sequence, fc.constantFrom('item' as const, 'tombstone' as const), (e, s, kind) => {
        const prefix = versionPrefix(e, String(s));
        expect(versionValue(prefix, kind, 1_700_000_000) < prefix).toBe(false);
      }),
    );
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(
        epoch,
        sequence,
        fc.constantFrom('item' as const, 'tombstone' as const),
        fc.integer({ min: 0, max: 9_999_999_999 }),
        (e, s, kind, createdSecond) => {
          const prefix = versionPrefix(e, String(s));
          expect(parseVersion(versionValue(prefix, kind, createdSecond))).toEqual({
            prefix,
            epoch: e,
            kind,
            createdSecond,
          });
        },
      ),
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

  it('keeps 42 characters of a later one', () => {
    const later = versionValue(versionPrefix(1, '12'), 'tombstone', 5);
    expect(laterPrefix(later, versionPrefix(1, '9'))).toBe(later.slice(0, PREFIX_LENGTH));
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
