import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/model.ts';
import { validationError } from './errors.ts';
import type { ExpressionParser } from './expression-parser.ts';
import type { Path } from './expression-tree.ts';
import { cachedParser, lookUp } from './expressions.ts';
import { addNumbers, negateNumber } from './numbers.ts';
import { givenValue, nameOf, type Placeholders } from './placeholders.ts';
import { memberText, typeOf } from './values.ts';

type Term =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'fallback'; readonly path: Path; readonly otherwise: Term };

type Action =
  | {
      readonly kind: 'set';
      readonly path: Path;
      readonly term: Term;
      readonly sign?: '+' | '-';
      readonly second?: Term;
    }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add'; readonly path: Path; readonly name: string }
  | { readonly kind: 'delete'; readonly path: Path; readonly name: string };

export const parseUpdate = cachedParser('UpdateExpression', (parser) => {
  const actions: Action[] = [];
  const clauses = new Set<string>();
  const clause = (keyword: string, read: () => Action): boolean => {
    if (!parser.take(keyword)) return false;
    if (clauses.has(keyword))
      throw parser.error(`The "${keyword}" section can only be used once in an update expression;`);
    clauses.add(keyword);
    do actions.push(read());
    while (parser.take(','));
    return true;
  };
  while (!parser.ended) {
    const known =
      clause('SET', () => setAction(parser)) ||
      clause('REMOVE', () => ({ kind: 'remove', path: parser.path() })) ||
      clause('ADD', () => ({ kind: 'add', path: parser.path(), name: parser.value() })) ||
      clause('DELETE', () => ({ kind: 'delete', path: parser.path(), name: parser.value() }));
    if (!known) parser.end();
  }
  return actions;
});

function setAction(parser: ExpressionParser): Action {
  const path = parser.path();
  parser.expect('=');
  const first = term(parser);
  const sign = parser.take('+') ? '+' : parser.take('-') ? '-' : undefined;
  return sign
    ? { kind: 'set', path, term: first, sign, second: term(parser) }
    : { kind: 'set', path, term: first };
}

function term(parser: ExpressionParser): Term {
  const operand = parser.operand();
  if (operand.kind === 'value') return operand;
  if (operand.kind === 'size')
    throw parser.error('The function is not allowed in an update expression; function: size');
  if (operand.path.length !== 1 || operand.path[0] !== 'if_not_exists' || !parser.take('(')) return operand;
  const path = parser.path();
  parser.expect(',');
  const otherwise = term(parser);
  parser.expect(')');
  return { kind: 'fallback', path, otherwise };
}

/** @throws ValidationException where an update would change a part of the key, or one place twice. */
export function checkUpdate(actions: readonly Action[], key: Item, request: Placeholders): void {
  const paths = actions.map(({ path }) => resolvedPath(path, request));
  for (const [name] of paths)
    if ((name as string) in key)
      throw validationError(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      );
  for (const [index, path] of paths.entries())
    if (paths.slice(0, index).some((other) => overlap(path, other)))
      throw validationError(
        `Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path: [${path.join(', ')}]`,
      );
}

function overlap(a: Path, b: Path): boolean {
  return a.slice(0, b.length).every((part, index) => part === b[index]);
}

function resolvedPath(path: Path, request: Placeholders): Path {
  return path.map((part) => (typeof part === 'string' ? nameOf(part, request) : part));
}

/** The item after an update that was checked. All right-hand sides see the item as it was before. */
export function updated(
  actions: readonly Action[],
  key: Item,
  item: Item | undefined,
  request: Placeholders,
): { readonly item: Item; readonly touched: readonly string[] } {
  const before = item ?? key;
  let after = before;
  const touched = new Set<string>();
  for (const action of actions) {
    const path = resolvedPath(action.path, request);
    touched.add(path[0] as string);
    after = placed({ M: after }, path, outcome(action, before, request)).M as Item;
  }
  return { item: after, touched: [...touched] };
}

function outcome(action: Action, item: Item, request: Placeholders): AttributeValue | undefined {
  if (action.kind === 'remove') return undefined;
  const current = lookUp(item, action.path, request);
  if (action.kind === 'add') return added(current, givenValue(action.name, request));
  if (action.kind === 'delete') return deleted(current, givenValue(action.name, request));
  const first = resolved(action.term, item, request);
  if (!action.sign) return first;
  const second = resolved(action.second as Term, item, request);
  if (first.N === undefined || second.N === undefined)
    throw validationError('An operand in the update expression has an incorrect data type');
  return { N: addNumbers(first.N, action.sign === '+' ? second.N : negateNumber(second.N)) };
}

function resolved(term: Term, item: Item, request: Placeholders): AttributeValue {
  if (term.kind === 'value') return givenValue(term.name, request);
  const value = lookUp(item, term.path, request);
  if (value !== undefined) return value;
  if (term.kind === 'fallback') return resolved(term.otherwise, item, request);
  throw validationError('The provided expression refers to an attribute that does not exist in the item');
}

function added(current: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  const type = typeOf(value);
  if (current === undefined) return value;
  if (type !== typeOf(current))
    throw validationError('An operand in the update expression has an incorrect data type');
  if (type === 'N') return { N: addNumbers(current.N as string, value.N as string) };
  const members = [...setMembers(current), ...setMembers(value)];
  return {
    [type]: [...new Map(members.map((member) => [memberText(member), member])).values()],
  } as unknown as AttributeValue;
}

/** A set that loses its last member is gone. */
function deleted(current: AttributeValue | undefined, value: AttributeValue): AttributeValue | undefined {
  if (current === undefined) return undefined;
  if (typeOf(current) !== typeOf(value))
    throw validationError('An operand in the update expression has an incorrect data type');
  const gone = new Set(setMembers(value).map(memberText));
  const rest = setMembers(current).filter((member) => !gone.has(memberText(member)));
  return rest.length === 0 ? undefined : ({ [typeOf(current)]: rest } as unknown as AttributeValue);
}

function setMembers(value: AttributeValue): readonly (string | Uint8Array)[] {
  const members = value.SS ?? value.NS ?? value.BS;
  if (!members) throw validationError('Incorrect operand type for operator or function');
  return members;
}

/** A copy of a document with one place set, or removed where there is no value. */
function placed(document: AttributeValue, path: Path, value: AttributeValue | undefined): AttributeValue {
  const [part, ...rest] = path;
  if (part === undefined) return value as AttributeValue;
  const inner = typeof part === 'number' ? document.L?.[part] : document.M?.[part];
  const missing =
    (rest.length > 0 && inner === undefined) || (typeof part === 'number' ? !document.L : !document.M);
  if (missing)
    throw validationError('The document path provided in the update expression is invalid for update');
  const next = rest.length === 0 ? value : placed(inner as AttributeValue, rest, value);
  if (typeof part === 'number') {
    const list = [...(document.L as AttributeValue[])];
    if (next === undefined) list.splice(part, 1);
    else list[Math.min(part, list.length)] = next;
    return { L: list };
  }
  const { [part]: _, ...others } = document.M as Item;
  return { M: next === undefined ? others : { ...others, [part]: next } };
}
