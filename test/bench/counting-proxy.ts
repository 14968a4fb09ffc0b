import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** Stands before an AWS on the loopback interface, lets everything pass, and counts the requests. */
export class CountingProxy implements AsyncDisposable {
  readonly #target: URL;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  #counts = new Map<string, number>();

  /** @param target endpoint of the AWS behind it. */
  static async start(target: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((message, response) => {
      this.#forward(message, response).catch(() => response.destroy());
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many requests of each kind have come since the last call. */
  takeCounts(): ReadonlyMap<string, number> {
    const counts = this.#counts;
    this.#counts = new Map();
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await once(this.#server, 'close');
  }

  async #forward(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const kind = kindOf(message);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    const { hostname: host, port } = this.#target;
    const { method, url: path, headers } = message;
    const sent = request({ host, port, agent: this.#agent, method, path, headers });
    const [[answer]] = await Promise.all([
      once(sent, 'response') as Promise<[IncomingMessage]>,
      pipeline(message, sent),
    ]);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    await pipeline(answer, response);
  }
}

/** As a person calls it: copy, head, list, tags. */
function kindOf({ method, url = '', headers }: IncomingMessage): string {
  const { pathname, searchParams } = new URL(url, 'http://any');
  const isObject = /^\/[^/]+\/./.test(pathname);
  if (headers['x-amz-copy-source'] !== undefined) return searchParams.has('uploadId') ? 'part copy' : 'copy';
  if (searchParams.has('tagging')) return method === 'PUT' ? 'put tags' : 'get tags';
  if (searchParams.has('uploads') || searchParams.has('uploadId')) return 'upload';
  if (!isObject) return method === 'GET' ? 'list' : 'bucket';
  return (method ?? 'GET').toLowerCase();
}
