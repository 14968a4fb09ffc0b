import { RouteError } from './errors.ts';
import type { RoutedTable } from './route.ts';
import { isNamedIn, type Json } from './router-request.ts';

/** The body of a request as the SDK has made it: JSON, parsed only if somebody must look inside. */
export class RequestBody {
  readonly #sent: string | Buffer;
  readonly #input: object;
  #json: Json | undefined;

  /**
   * @param body what is about to be sent.
   * @param input what the application has asked for.
   * @throws RouteError for a body that is no text: what can't be read can't be routed.
   */
  constructor(body: unknown, input: object) {
    if (typeof body === 'string') this.#sent = body;
    else if (body instanceof Uint8Array)
      this.#sent = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    else
      throw new RouteError(
        "the router can't read a request of this version of the AWS SDK: its body is neither text nor bytes",
      );
    this.#input = input;
  }

  get json(): Json {
    this.#json ??= JSON.parse(this.#sent.toString()) as Json;
    return this.#json;
  }

  /** Whether this stands anywhere in the request. */
  mentions(text: string): boolean {
    return this.#sent.includes(text);
  }

  /**
   * Whether the request names one of these tables. Most requests tell it without being parsed: a table that is named
   * stands in the body, and one that the application has asked for needs no second look.
   */
  namesOneOf(tables: readonly RoutedTable[]): boolean {
    const found = tables.filter(({ source }) => this.mentions(`${source}"`));
    return found.length > 0 && (isNamedIn(this.#input as Json, found) || isNamedIn(this.json, found));
  }
}
