import { validationError } from './errors.ts';
import type { Comparator, Condition, Operand, Path, ValueRule } from './expression-tree.ts';
import type { AttributeType } from './values.ts';

const ORDERED: readonly AttributeType[] = ['S', 'N', 'B'];
const TOKEN = /\s*(?:(<>|<=|>=|[=<>(),.+-])|\[(\d+)\]|([#:]?\w+))/y;
const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/** Reads the tokens of one expression, and notes which placeholders it uses. */
export class ExpressionParser {
  /** Attributes that its paths begin with, names or placeholders. */
  readonly attributes = new Set<string>();
  readonly usedNames = new Set<string>();
  readonly usedValues = new Set<string>();
  readonly valueRules: ValueRule[] = [];
  readonly #kind: string;
  readonly #tokens: (string | number)[] = [];
  #position = 0;

  /** @param kind the parameter's name, for error messages */
  constructor(kind: string, text: string) {
    this.#kind = kind;
    if (text.trim() === '') throw this.error('The expression can not be empty;');
    TOKEN.lastIndex = 0;
    const end = text.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) throw this.error(`Syntax error; token: "${text.slice(at, at + 10)}"`);
      this.#tokens.push(match[2] === undefined ? ((match[1] ?? match[3]) as string) : Number(match[2]));
    }
  }

  error(message: string): Error {
    return validationError(`Invalid ${this.#kind}: ${message}`);
  }

  get ended(): boolean {
    return this.#position >= this.#tokens.length;
  }

  /** Fails unless everything was read. */
  end(): void {
    if (!this.ended) throw this.error(`Syntax error; token: "${this.#tokens[this.#position]}"`);
  }

  /** Takes the next token if it is this one; keywords have no case. */
  take(token: string): boolean {
    const next = this.#tokens[this.#position];
    if (typeof next !== 'string' || next.toUpperCase() !== token.toUpperCase()) return false;
    this.#position++;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token))
      throw this.error(
        `Syntax error; token: "${this.#tokens[this.#position] ?? '<EOF>'}", expected: "${token}"`,
      );
  }

  takeComparator(): Comparator | undefined {
    const next = this.#tokens[this.#position];
    if (typeof next !== 'string' || !COMPARATORS.has(next)) return undefined;
    this.#position++;
    return next as Comparator;
  }

  path(): Path {
    const parts: (string | number)[] = [this.#name()];
    this.attributes.add(parts[0] as string);
    for (;;) {
      const next = this.#tokens[this.#position];
      if (typeof next === 'number') {
        parts.push(next);
        this.#position++;
      } else if (this.take('.')) parts.push(this.#name());
      else return parts;
    }
  }

  value(): string {
    const next = this.#tokens[this.#position];
    if (typeof next !== 'string' || !next.startsWith(':'))
      throw this.error(`Syntax error; token: "${next ?? '<EOF>'}"`);
    this.#position++;
    this.usedValues.add(next);
    return next;
  }

  operand(): Operand {
    const next = this.#tokens[this.#position];
    if (typeof next === 'string' && next.startsWith(':')) return { kind: 'value', name: this.value() };
    if (this.#call('size')) return this.#closed({ kind: 'size', path: this.path() });
    return { kind: 'path', path: this.path() };
  }

  condition(): Condition {
    let left = this.#conjunction();
    while (this.take('OR')) left = { kind: 'or', left, right: this.#conjunction() };
    return left;
  }

  #conjunction(): Condition {
    let left = this.#negation();
    while (this.take('AND')) left = { kind: 'and', left, right: this.#negation() };
    return left;
  }

  #negation(): Condition {
    return this.take('NOT') ? { kind: 'not', condition: this.#negation() } : this.#primary();
  }

  #primary(): Condition {
    if (this.take('(')) return this.#parenthesised();
    if (this.#call('attribute_exists')) return this.#closed({ kind: 'exists', path: this.path() });
    if (this.#call('attribute_not_exists'))
      return { kind: 'not', condition: this.#closed({ kind: 'exists', path: this.path() }) };
    if (this.#call('attribute_type')) return this.#test('type');
    if (this.#call('begins_with')) return this.#test('prefix');
    if (this.#call('contains')) return this.#test('contains');
    return this.#comparison();
  }

  #parenthesised(): Condition {
    const nested = this.#tokens[this.#position] === '(';
    const condition = this.condition();
    this.expect(')');
    if (nested && this.#tokens[this.#position - 2] === ')' && this.#wraps(this.#position - 1))
      throw this.error('The expression has redundant parentheses;');
    return condition;
  }

  /** Whether the parenthesis that closes before `close` was opened just after the one that `close` ends. */
  #wraps(close: number): boolean {
    let depth = 0;
    for (let index = close - 1; index >= 0; index--) {
      if (this.#tokens[index] === ')') depth++;
      else if (this.#tokens[index] === '(' && --depth === 0) return this.#tokens[index - 1] === '(';
    }
    return false;
  }

  #comparison(): Condition {
    const left = this.operand();
    const comparator = this.takeComparator();
    if (comparator) {
      const right = this.operand();
      if (left.kind === 'path' && JSON.stringify(left) === JSON.stringify(right))
        throw this.error(
          `The first operand must be distinct from the remaining operands for this operator or function; operator: ${comparator}`,
        );
      if (comparator !== '=' && comparator !== '<>') this.#demand(comparator, ORDERED, left, right);
      return { kind: 'compare', comparator, left, right };
    }
    if (this.take('BETWEEN')) {
      const low = this.operand();
      this.expect('AND');
      const high = this.operand();
      this.#demand('BETWEEN', ORDERED, low, high);
      return { kind: 'between', operand: left, low, high };
    }
    this.expect('IN');
    this.expect('(');
    const list = [this.operand()];
    while (this.take(',')) list.push(this.operand());
    return this.#closed({ kind: 'in', operand: left, list });
  }

  #test(kind: 'type' | 'prefix' | 'contains'): Condition {
    const path = this.path();
    this.expect(',');
    const operand = this.operand();
    if (kind === 'prefix') this.#demand('begins_with', ['S', 'B'], operand);
    if (kind === 'type') this.#demand('attribute_type', ['S'], operand);
    return this.#closed({ kind, path, operand });
  }

  #demand(operator: string, types: readonly AttributeType[], ...operands: readonly Operand[]): void {
    const values = operands.flatMap((operand) => (operand.kind === 'value' ? [operand.name] : []));
    this.valueRules.push({ operator, values, types });
  }

  /** Takes a function's name and its parenthesis. */
  #call(name: string): boolean {
    if (this.#tokens[this.#position + 1] !== '(' || !this.take(name)) return false;
    this.#position++;
    return true;
  }

  #closed<T>(node: T): T {
    this.expect(')');
    return node;
  }

  #name(): string {
    const next = this.#tokens[this.#position];
    if (typeof next !== 'string' || !/^#?\w+$/.test(next))
      throw this.error(`Syntax error; token: "${next ?? '<EOF>'}"`);
    this.#position++;
    if (next.startsWith('#')) this.usedNames.add(next);
    return next;
  }
}
