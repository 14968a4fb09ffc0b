import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterEncoded, encodedKey } from '../../shared/encoded-keys.ts';

describe('what follows a plain text in an encoded one', () => {
  it('is what was encoded after it', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (prefix, rest) => {
        expect(afterEncoded(encodedKey(prefix + rest), prefix)).toBe(encodedKey(rest));
      }),
    );
  });

  it.each([
    ['a%2Fb%2fc', 'a/', 'b%2fc'],
    ['a+b/c+d', 'a b/', 'c+d'],
    ['a+b/c', 'a+b/', 'c'],
    ['%C3%BC/%C3%A4', 'ü/', '%C3%A4'],
    ['ü/ä?versionId=1', 'ü/', 'ä?versionId=1'],
    ['100%/a', '100%/', 'a'],
  ])('stays as it is encoded: %s after %s', (text, plain, rest) => {
    expect(afterEncoded(text, plain)).toBe(rest);
  });

  it.each([
    ['a/b', 'b'],
    ['a', 'ab'],
    ['%C3%BC', '\u00c3'],
  ])('is not there if the text begins otherwise: %s, %s', (text, plain) => {
    expect(afterEncoded(text, plain)).toBeUndefined();
  });
});
