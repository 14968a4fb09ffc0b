import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemDigest, itemText, keyFromText, sameContent, withoutAttribute } from '../../shared/items.ts';

const value: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string().map((S): AttributeValue => ({ S })),
    fc.bigInt().map((N): AttributeValue => ({ N: String(N) })),
    fc.boolean().map((BOOL): AttributeValue => ({ BOOL })),
    fc.uint8Array({ minLength: 1 }).map((B): AttributeValue => ({ B })),
    fc
      .uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 })
      .map((SS): AttributeValue => ({ SS })),
    fc.array(tie('value'), { maxLength: 3 }).map((L): AttributeValue => ({ L })),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }).map((M): AttributeValue => ({ M })),
  ),
})).value;
const item = fc.dictionary(fc.string({ minLength: 1 }), value, { minKeys: 1, maxKeys: 5 });

const reversed = (of: Record<string, AttributeValue>): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(of)
      .reverse()
      .map(([name, attribute]) => [
        name,
        attribute.SS
          ? { SS: [...attribute.SS].reverse() }
          : attribute.M
            ? { M: reversed(attribute.M) }
            : attribute,
      ]),
  );

describe('the text of an item', () => {
  it('does not depend on the order of attributes and set members', () => {
    fc.assert(fc.property(item, (one) => itemText(reversed(one)) === itemText(one)));
  });

  it('differs when the content does', () => {
    expect(itemText({ a: { N: '1' } })).not.toBe(itemText({ a: { S: '1' } }));
    expect(itemText({ a: { L: [{ S: 'x' }, { S: 'y' }] } })).not.toBe(
      itemText({ a: { L: [{ S: 'y' }, { S: 'x' }] } }),
    );
    expect(itemText({ a: { NULL: true } })).not.toBe(itemText({ a: { BOOL: true } }));
  });

  it('keeps numbers as their text, beyond what a JavaScript number holds', () => {
    const [a, b] = ['12345678901234567890123456789012345678', '12345678901234567890123456789012345679'];
    expect(sameContent({ n: { N: a } }, { n: { N: b } })).toBe(false);
  });

  it('has a digest that is equal exactly when the text is', () => {
    fc.assert(fc.property(item, item, (a, b) => (itemDigest(a) === itemDigest(b)) === sameContent(a, b)));
  });
});

describe('a key', () => {
  it('is read back from its text, of every type', () => {
    const part = fc.oneof(
      fc.string({ minLength: 1 }).map((S): AttributeValue => ({ S })),
      fc.bigInt().map((N): AttributeValue => ({ N: String(N) })),
      fc.uint8Array({ minLength: 1 }).map((B): AttributeValue => ({ B })),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), part, part, (name, a, b) => {
        const key = { [name]: a, [`${name}-sort`]: b };
        expect(itemText(keyFromText(itemText(key)))).toBe(itemText(key));
      }),
    );
  });
});

describe('content', () => {
  it('of two absent items is the same, of an absent and a present one is not', () => {
    expect(sameContent(undefined, undefined)).toBe(true);
    expect(sameContent(undefined, { a: { S: 'x' } })).toBe(false);
  });

  it('can be had without one attribute', () => {
    expect(withoutAttribute({ a: { S: 'x' }, b: { S: 'y' } }, 'b')).toEqual({ a: { S: 'x' } });
  });
});
