import { describe, expect, it } from 'vitest';
import { contentDigest, numberText } from '../../../infra/local/cities/item-text.ts';

describe('numbers', () => {
  it.each([
    ['0', '-0.00', '0e12'],
    ['100', '1e2', '1.00E+2'],
    ['0.001', '1e-3', '.0010'],
    ['-12.5', '-125e-1', '-012.50'],
  ])('are equal by value: %s', (...spellings) => {
    expect(new Set(spellings.map(numberText)).size).toBe(1);
  });

  it('keep all of their 38 digits', () => {
    const digits = '12345678901234567890123456789012345678';
    expect(numberText(digits)).not.toBe(numberText(`${digits.slice(0, -1)}9`));
  });

  it('refuse what is none', () => {
    for (const text of ['', '.', 'NaN', '1,5', '0x1f']) expect(() => numberText(text)).toThrow(TypeError);
  });
});

describe('contents', () => {
  it('differ by type, by order of a list, and by presence', () => {
    const contents = [
      undefined,
      {},
      { a: { S: '1' } },
      { a: { N: '1' } },
      { a: { SS: ['1'] } },
      { a: { L: [{ S: '1' }] } },
      { a: { L: [{ S: '1' }, { S: '2' }] } },
      { a: { L: [{ S: '2' }, { S: '1' }] } },
      { a: { B: Buffer.from('1') } },
      { a: { BOOL: true } },
      { a: { NULL: true } },
      { a: { M: {} } },
      { b: { M: {} } },
    ] as const;
    expect(
      new Set(contents.map((content) => contentDigest(content as Parameters<typeof contentDigest>[0]))).size,
    ).toBe(contents.length);
  });
});
