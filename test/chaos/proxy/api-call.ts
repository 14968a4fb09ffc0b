import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';

export type Json = Record<string, unknown>;

/** A request on its way to an API. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Of DynamoDB or of its streams; empty for anything else. */
  readonly operation: string;
  readonly input: Json;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

const TARGET = /^DynamoDB(?:Streams)?_\d+\.(\w+)$/;

/** Reads a request to its end. */
export async function readCall(message: IncomingMessage): Promise<ApiCall> {
  const { method = 'GET', url: path = '/', headers } = message;
  const body = await buffer(message);
  const [, operation = ''] = TARGET.exec(String(headers['x-amz-target'] ?? '')) ?? [];
  return { method, path, headers, body, operation, input: operation ? parse(body) : {} };
}

/**
 * The call with another input. Its signature covers the one it had, and nobody but its sender has the secret: it goes on
 * under the name of the root user, of whom the embedded AWS asks no signature.
 */
export function withInput(call: ApiCall, input: Json): ApiCall {
  const { 'x-amz-security-token': _, authorization = '', ...headers } = call.headers;
  return {
    ...call,
    input,
    headers: { ...headers, authorization: authorization.replace(/Credential=[^/]+/, 'Credential=test') },
    body: Buffer.from(JSON.stringify(input)),
  };
}

export function outputOf({ body }: ApiAnswer): Json {
  return parse(body);
}

/** An answer as DynamoDB gives it, with the checksum of its body. */
export function answerOf(status: number, output: Json): ApiAnswer {
  const body = Buffer.from(JSON.stringify(output));
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-crc32': String(crc32(body)) },
    body,
  };
}

function parse(body: Buffer): Json {
  return body.length > 0 ? (JSON.parse(body.toString()) as Json) : {};
}
