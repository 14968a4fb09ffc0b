import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/model.ts';
import { ExpressionParser } from './expression-parser.ts';
import type { Comparator, Condition, Operand, Path, ValueRule } from './expression-tree.ts';
import { givenValue, nameOf, type Placeholders } from './placeholders.ts';
import { compareScalars, memberText, sameValue, typeOf } from './values.ts';

/** A parsed expression with the placeholders it uses. */
export interface Parsed<T> {
  readonly tree: T;
  readonly attributes: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  readonly valueRules: readonly ValueRule[];
}

/** Parses each text once: a schedule sends the same few expressions again and again. */
export function cachedParser<T>(
  kind: string,
  parse: (parser: ExpressionParser) => T,
): (text: string) => Parsed<T> {
  const cache = new Map<string, Parsed<T>>();
  return (text) => {
    const known = cache.get(text);
    if (known) return known;
    const parser = new ExpressionParser(kind, text);
    const tree = parse(parser);
    parser.end();
    const parsed = {
      tree,
      attributes: parser.attributes,
      names: parser.usedNames,
      values: parser.usedValues,
      valueRules: parser.valueRules,
    };
    cache.set(text, parsed);
    return parsed;
  };
}

export const parseCondition = cachedParser('ConditionExpression', (parser) => parser.condition());
export const parseFilter = cachedParser('FilterExpression', (parser) => parser.condition());
export const parseKeyCondition = cachedParser('KeyConditionExpression', (parser) => parser.condition());
export const parseProjection = cachedParser('ProjectionExpression', (parser) => {
  const paths = [parser.path()];
  while (parser.take(',')) paths.push(parser.path());
  return paths;
});

export function lookUp(
  item: Item | undefined,
  path: Path,
  request: Placeholders,
): AttributeValue | undefined {
  let value: AttributeValue | undefined = item && { M: item };
  for (const part of path)
    value = typeof part === 'number' ? value?.L?.[part] : value?.M?.[nameOf(part, request)];
  return value;
}

/** Whether a condition holds for an item, which may be absent. */
export function holds(condition: Condition, item: Item | undefined, request: Placeholders): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item, request) && holds(condition.right, item, request);
    case 'or':
      return holds(condition.left, item, request) || holds(condition.right, item, request);
    case 'not':
      return !holds(condition.condition, item, request);
    case 'exists':
      return lookUp(item, condition.path, request) !== undefined;
    case 'compare':
      return compares(
        condition.comparator,
        evaluate(condition.left, item, request),
        evaluate(condition.right, item, request),
      );
    case 'between': {
      const value = evaluate(condition.operand, item, request);
      return (
        compares('>=', value, evaluate(condition.low, item, request)) &&
        compares('<=', value, evaluate(condition.high, item, request))
      );
    }
    case 'in': {
      const value = evaluate(condition.operand, item, request);
      return condition.list.some((operand) => compares('=', value, evaluate(operand, item, request)));
    }
    case 'type': {
      const value = lookUp(item, condition.path, request);
      return value !== undefined && typeOf(value) === evaluate(condition.operand, item, request)?.S;
    }
    case 'prefix':
      return beginsWith(lookUp(item, condition.path, request), evaluate(condition.operand, item, request));
    case 'contains':
      return contains(lookUp(item, condition.path, request), evaluate(condition.operand, item, request));
  }
}

function evaluate(
  operand: Operand,
  item: Item | undefined,
  request: Placeholders,
): AttributeValue | undefined {
  switch (operand.kind) {
    case 'value':
      return givenValue(operand.name, request);
    case 'path':
      return lookUp(item, operand.path, request);
    case 'size': {
      const value = lookUp(item, operand.path, request);
      const size = value && sizeOf(value);
      return size === undefined ? undefined : { N: String(size) };
    }
  }
}

function compares(
  comparator: Comparator,
  a: AttributeValue | undefined,
  b: AttributeValue | undefined,
): boolean {
  if (comparator === '=') return a !== undefined && b !== undefined && sameValue(a, b);
  if (comparator === '<>') return a === undefined || b === undefined ? a !== b : !sameValue(a, b);
  const order = a && b && compareScalars(a, b);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
}

function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (value?.S !== undefined && prefix?.S !== undefined) return value.S.startsWith(prefix.S);
  if (value?.B !== undefined && prefix?.B !== undefined)
    return memberText(value.B).startsWith(memberText(prefix.B));
  return false;
}

function contains(value: AttributeValue | undefined, member: AttributeValue | undefined): boolean {
  if (!value || !member) return false;
  if (value.S !== undefined) return member.S !== undefined && value.S.includes(member.S);
  if (value.L !== undefined) return value.L.some((element) => sameValue(element, member));
  if (value.SS !== undefined) return member.S !== undefined && value.SS.includes(member.S);
  if (value.NS !== undefined)
    return member.N !== undefined && value.NS.some((element) => sameValue({ N: element }, member));
  return value.BS?.some((element) => sameValue({ B: element }, member)) ?? false;
}

function sizeOf(value: AttributeValue): number | undefined {
  const type = typeOf(value);
  if (type === 'S') return (value.S as string).length;
  if (type === 'B') return (value.B as Uint8Array).byteLength;
  if (type === 'M') return Object.keys(value.M as Item).length;
  return type === 'N' || type === 'BOOL' || type === 'NULL' ? undefined : (value[type] as unknown[]).length;
}
