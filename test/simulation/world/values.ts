import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/model.ts';
import { validationError } from './errors.ts';
import { canonicalNumber, compareNumbers } from './numbers.ts';

export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS';

export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value)
    if (value[type as keyof AttributeValue] !== undefined) return type as AttributeType;
  throw validationError(
    'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
  );
}

const MOST_LEVELS = 32;

/**
 * What the table keeps of an item: checked, numbers in canonical form, frozen so that no reader can change it. Neither
 * attributes nor members of sets keep their order.
 */
export function storedItem(item: Item, level = 0): Item {
  const stored: Item = {};
  for (const name of Object.keys(item).reverse())
    stored[name] = storedValue(item[name] as AttributeValue, level);
  return Object.freeze(stored);
}

/** @throws ValidationException where DynamoDB takes no such value. */
export function storedValue(value: AttributeValue, level = 0): AttributeValue {
  const type = onlyTypeOf(value);
  switch (type) {
    case 'N':
      return Object.freeze({ N: canonicalNumber(value.N as string) });
    case 'M':
      return Object.freeze({ M: storedItem(value.M as Item, deeper(level)) });
    case 'L': {
      const inner = deeper(level);
      const members = (value.L as AttributeValue[]).map((member) => storedValue(member, inner));
      return Object.freeze({ L: Object.freeze(members) as AttributeValue[] });
    }
    case 'NULL':
      if (value.NULL !== true)
        throw validationError(
          'One or more parameter values were invalid: Null attribute value types must have the value of true',
        );
      return Object.freeze({ NULL: true });
    case 'SS':
    case 'NS':
    case 'BS':
      return storedSet(type, value[type] as (string | Uint8Array)[]);
    case 'B':
      return Object.freeze({ B: Uint8Array.from(value.B as Uint8Array) });
    default:
      return Object.freeze({ ...value });
  }
}

function onlyTypeOf(value: AttributeValue): AttributeType {
  const type = typeOf(value);
  for (const other in value)
    if (other !== type && value[other as keyof AttributeValue] !== undefined)
      throw validationError(
        'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
      );
  return type;
}

function deeper(level: number): number {
  // The innermost value is a level, too.
  if (level + 1 >= MOST_LEVELS) throw validationError('Nesting Levels have exceeded supported limits');
  return level + 1;
}

function storedSet(type: 'SS' | 'NS' | 'BS', members: readonly (string | Uint8Array)[]): AttributeValue {
  if (members.length === 0)
    throw validationError('One or more parameter values were invalid: An set may not be empty');
  const stored = members.map((member) =>
    type === 'NS'
      ? canonicalNumber(member as string)
      : type === 'BS'
        ? Uint8Array.from(member as Uint8Array)
        : member,
  );
  if (new Set(stored.map(memberText)).size !== stored.length)
    throw validationError('One or more parameter values were invalid: Input collection contains duplicates');
  return Object.freeze({ [type]: Object.freeze(stored.reverse()) }) as unknown as AttributeValue;
}

export function memberText(member: string | Uint8Array): string {
  return typeof member === 'string' ? member : Buffer.from(member).toString('latin1');
}

/** Equality of stored items: sets and attributes have no order. */
export function sameItem(a: Item | undefined, b: Item | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const other = b[name];
    return other !== undefined && sameValue(a[name] as AttributeValue, other);
  });
}

export function sameValue(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case 'M':
      return sameItem(a.M, b.M);
    case 'L': {
      const [left, right] = [a.L as AttributeValue[], b.L as AttributeValue[]];
      return (
        left.length === right.length &&
        left.every((value, index) => sameValue(value, right[index] as AttributeValue))
      );
    }
    case 'SS':
    case 'NS':
    case 'BS': {
      const texts = (value: AttributeValue) =>
        (value[type] as (string | Uint8Array)[])
          .map((member) => (type === 'NS' ? canonicalNumber(member as string) : memberText(member)))
          .sort();
      const [left, right] = [texts(a), texts(b)];
      return left.length === right.length && left.every((member, index) => member === right[index]);
    }
    case 'BOOL':
    case 'NULL':
      return a[type] === b[type];
    default:
      return compareScalars(a, b) === 0;
  }
}

/** The order of two scalars of one type (strings by their UTF-8 bytes); undefined where there is none. */
export function compareScalars(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return compareText(a.S, b.S);
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
}

/** UTF-16 code units sort like UTF-8 bytes but for surrogates, which stand for characters above all others. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

function utf8Rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit;
}

/** Size as DynamoDB bills and limits it (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html). */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += Buffer.byteLength(name) + valueBytes(item[name] as AttributeValue);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  const type = typeOf(value);
  switch (type) {
    case 'S':
      return Buffer.byteLength(value.S as string);
    case 'N':
      return numberBytes(value.N as string);
    case 'B':
      return (value.B as Uint8Array).byteLength;
    case 'M':
      return 3 + Object.keys(value.M as Item).length + itemBytes(value.M as Item);
    case 'L':
      return (value.L as AttributeValue[]).reduce((sum, member) => sum + 1 + valueBytes(member), 3);
    case 'SS':
    case 'NS':
    case 'BS':
      return (value[type] as (string | Uint8Array)[]).reduce(
        (sum, member) =>
          sum +
          (typeof member !== 'string'
            ? member.byteLength
            : type === 'NS'
              ? numberBytes(member)
              : Buffer.byteLength(member)),
        0,
      );
    default:
      return 1;
  }
}

/** A byte for each two digits, one more, and one for a sign. */
function numberBytes(text: string): number {
  const digits = text.replace(/^-?(?:0\.)?0*|\.|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}
