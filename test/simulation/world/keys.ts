import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { validationError } from './errors.ts';
import { canonicalNumber } from './numbers.ts';
import { memberText, typeOf } from './values.ts';

type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

const MOST_BYTES = { HASH: 2048, RANGE: 1024 } as const;

/**
 * The text of a key attribute's value, the same for equal values.
 * @param mismatch what to say of a value that is missing or of another type, if not the usual
 */
export function keyText(
  value: AttributeValue | undefined,
  { name, type }: KeyAttribute,
  role: 'HASH' | 'RANGE',
  mismatch?: string,
): string {
  const invalid = 'One or more parameter values were invalid:';
  if (!value) throw validationError(mismatch ?? `${invalid} Missing the key ${name} in the item`);
  if (typeOf(value) !== type)
    throw validationError(
      mismatch ?? `${invalid} Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
    );
  if (value.N !== undefined) return canonicalNumber(value.N);
  const text = memberText((value.S ?? value.B) as string | Uint8Array);
  if (text === '')
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    );
  if ((value.B?.byteLength ?? Buffer.byteLength(text)) > MOST_BYTES[role])
    throw validationError(`${invalid} Size of ${role} key has exceeded the maximum`);
  return text;
}
