import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { validationError } from './errors.ts';
import type { ValueRule } from './expression-tree.ts';
import type { Parsed } from './expressions.ts';
import { compareScalars, storedValue, typeOf } from './values.ts';

/** The placeholders of a request. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

/** Every placeholder used must be given, with a value that fits, and every one given must be used. */
export function checkPlaceholders(request: Placeholders, expressions: readonly Parsed<unknown>[]): void {
  const names = new Set(expressions.flatMap((parsed) => [...parsed.names]));
  const values = new Set(expressions.flatMap((parsed) => [...parsed.values]));
  checkGiven('ExpressionAttributeNames', 'name', request.ExpressionAttributeNames, names);
  checkGiven('ExpressionAttributeValues', 'value', request.ExpressionAttributeValues, values);
  for (const name of values) {
    const value = givenValue(name, request);
    // Most are texts, of which any will do.
    if (value.S === undefined) storedValue(value);
  }
  for (const { valueRules } of expressions) for (const rule of valueRules) checkRule(rule, request);
}

function checkRule({ operator, values, types }: ValueRule, request: Placeholders): void {
  const given = values.map((name) => givenValue(name, request));
  for (const value of given)
    if (!types.includes(typeOf(value)))
      throw validationError(
        `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(value)}`,
      );
  const [low, high] = given;
  if (operator !== 'BETWEEN' || !low || !high) return;
  if (typeOf(low) !== typeOf(high))
    throw validationError('The BETWEEN operator requires same data type for lower and upper bounds');
  if ((compareScalars(low, high) ?? 0) > 0)
    throw validationError(
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound',
    );
}

function checkGiven(
  parameter: string,
  noun: string,
  given: object | undefined,
  used: ReadonlySet<string>,
): void {
  if (given === undefined && used.size === 0) return;
  const names = Object.keys(given ?? {});
  if (given && names.length === 0) throw validationError(`${parameter} must not be empty`);
  for (const name of used)
    if (!names.includes(name))
      throw validationError(
        `An expression attribute ${noun} used in expression is not defined; attribute ${noun}: ${name}`,
      );
  const unused = names.filter((name) => !used.has(name));
  if (unused.length > 0)
    throw validationError(
      `Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`,
    );
}

export function nameOf(part: string, request: Placeholders): string {
  return part.startsWith('#') ? (request.ExpressionAttributeNames?.[part] as string) : part;
}

export function givenValue(name: string, request: Placeholders): AttributeValue {
  return request.ExpressionAttributeValues?.[name] as AttributeValue;
}
