import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ABSENT } from '../ledger.ts';

/** An item as DynamoDB gives it; every number is text. */
export type Item = Record<string, AttributeValue>;

/**
 * Text that two items share exactly when they are equal: attributes in any order, sets as sets, numbers by value.
 * The checker and the application have their own rule for this on purpose: what judges the engine shares no code with it.
 */
export function itemText(item: Item): string {
  const attributes = Object.entries(item).map(
    ([name, value]) => `${JSON.stringify(name)}:${valueText(value)}`,
  );
  return `{${attributes.sort().join(',')}}`;
}

/** A short stand-in for an item's content; of its own kind for an absent one. */
export function contentDigest(item: Item | undefined): string {
  return item ? createHash('sha256').update(itemText(item)).digest('base64url').slice(0, 22) : ABSENT;
}

function valueText(value: AttributeValue): string {
  const [[type, content] = []] = Object.entries(value).filter(([, member]) => member !== undefined);
  switch (type) {
    case 'M':
      return `M${itemText(content as Item)}`;
    case 'L':
      return `L[${(content as AttributeValue[]).map(valueText).join(',')}]`;
    case 'N':
      return `N${numberText(content as string)}`;
    case 'B':
      return `B${base64(content as Uint8Array)}`;
    case 'SS':
      return `SS${JSON.stringify([...(content as string[])].sort())}`;
    case 'NS':
      return `NS[${(content as string[]).map(numberText).sort().join(',')}]`;
    case 'BS':
      return `BS[${(content as Uint8Array[]).map(base64).sort().join(',')}]`;
    case 'S':
    case 'BOOL':
    case 'NULL':
      return `${type}${JSON.stringify(content)}`;
    default:
      throw new TypeError(`not an attribute value: ${JSON.stringify(value)}`);
  }
}

/**
 * One spelling for each number, from its text alone: DynamoDB's 38 digits don't fit into a JavaScript number.
 * Significant digits without zeros at either end, and the exponent of the last one.
 */
export function numberText(text: string): string {
  const parts = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  if (!parts || !(parts[2] || parts[3])) throw new TypeError(`not a number: ${text}`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
