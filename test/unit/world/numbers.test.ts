import { describe, expect, it } from 'vitest';
import { addNumbers, canonicalNumber, compareNumbers } from '../../simulation/world/numbers.ts';

describe('numbers', () => {
  it.each([
    ['1.0', '1'],
    ['-0', '0'],
    ['007', '7'],
    ['1e3', '1000'],
    ['12300e-4', '1.23'],
    ['.5', '0.5'],
    ['-1.50E-2', '-0.015'],
    ['99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
  ])('%s is kept as %s', (text, canonical) => {
    expect(canonicalNumber(text)).toBe(canonical);
  });

  it('compares by value, with more digits than a JavaScript number has', () => {
    expect(compareNumbers('10', '9')).toBeGreaterThan(0);
    expect(compareNumbers('-10', '-9')).toBeLessThan(0);
    expect(compareNumbers('-1', '0.001')).toBeLessThan(0);
    expect(compareNumbers('1.50', '1.5')).toBe(0);
    expect(
      compareNumbers('12345678901234567890123456789012345678', '12345678901234567890123456789012345679'),
    ).toBeLessThan(0);
  });

  it('adds without loss', () => {
    expect(addNumbers('0.1', '0.2')).toBe('0.3');
    expect(addNumbers('12345678901234567890123456789012345678', '1')).toBe(
      '12345678901234567890123456789012345679',
    );
    expect(addNumbers('1e20', '-1')).toBe('99999999999999999999');
    expect(addNumbers('5', '-5')).toBe('0');
  });

  it.each([
    ['more than 38 digits', '123456789012345678901234567890123456789'],
    ['text', 'twelve'],
    ['nothing', ''],
    ['too large a number', '1e126'],
  ])('refuses %s', (_, text) => {
    expect(() => canonicalNumber(text)).toThrow(expect.objectContaining({ name: 'ValidationException' }));
  });
});
