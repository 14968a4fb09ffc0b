import { RouteError } from './errors.ts';
import type { RoutedTable } from './route.ts';
import { assertNoneNamed, isNamedIn, type Json, type RequestKind, requestKind } from './router-request.ts';

/** What a router must know of a table to tell whose requests are routed, and where to. */
export type TablePair = Pick<RoutedTable, 'source' | 'target'>;

export interface AttemptProps {
  /** Name of DynamoDB's operation, like `PutItem`. */
  readonly operation: string;
  /** The body of the request, as the SDK has made it. */
  readonly body: unknown;
  /** What the application has asked for. */
  readonly input: object;
}

/** One attempt of a request, about to be sent. Its body is JSON, parsed only if somebody must look inside. */
export class Attempt {
  readonly operation: string;
  readonly kind: RequestKind;
  readonly #body: unknown;
  readonly #input: object;
  #text: string | Buffer | undefined;
  #json: Json | undefined;

  constructor({ operation, body, input }: AttemptProps) {
    this.operation = operation;
    this.kind = requestKind(operation);
    this.#body = body;
    this.#input = input;
  }

  /** @throws RouteError for a body that is not JSON. */
  get json(): Json {
    this.#json ??= JSON.parse(this.#readable().toString()) as Json;
    return this.#json;
  }

  /** Whether this stands anywhere in the request. @throws RouteError for a body that is not JSON. */
  mentions(text: string): boolean {
    return this.#readable().includes(text);
  }

  /**
   * Whether the request reads or writes items of one of these tables. Most tell it without being parsed: a table that
   * is named stands in the body, and one that the application has asked for needs no second look.
   * @throws RouteError for PartiQL that names one of them, and for a body that is not JSON.
   */
  names(tables: readonly TablePair[]): boolean {
    if (this.kind === 'statement') assertNoneNamed(this.operation, this.json, tables);
    if (this.kind !== 'read' && this.kind !== 'write') return false;
    const found = tables.filter(({ source }) => this.mentions(`${source}"`));
    return found.length > 0 && (isNamedIn(this.#input as Json, found) || isNamedIn(this.json, found));
  }

  /** What can't be read can't be routed: to let it pass might write the wrong side. */
  #readable(): string | Buffer {
    this.#text ??= textOf(this.#body);
    if (this.#text === undefined)
      throw new RouteError(
        `the router can't read a ${this.operation} as this version of the AWS SDK sends it: its body is not JSON`,
      );
    return this.#text;
  }
}

function textOf(body: unknown): string | Buffer | undefined {
  if (typeof body === 'string') return body.startsWith('{') ? body : undefined;
  if (!(body instanceof Uint8Array)) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return bytes[0] === '{'.charCodeAt(0) ? bytes : undefined;
}
