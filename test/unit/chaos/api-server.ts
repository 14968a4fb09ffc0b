import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiCall, answerOf, type Json, readCall } from '../../chaos/proxy/api-call.ts';

/** An API that keeps every call that took effect, and answers each in the same way. */
export interface ApiServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly calls: readonly ApiCall[];
}

export async function startApiServer(answer: (call: ApiCall) => Json): Promise<ApiServer> {
  const calls: ApiCall[] = [];
  const server = createServer(async (message, response) => {
    const call = await readCall(message);
    calls.push(call);
    const { status, headers, body } = answerOf(200, answer(call));
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
