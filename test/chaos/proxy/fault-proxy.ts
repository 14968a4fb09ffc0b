import { once } from 'node:events';
import { Agent, createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ApiAnswer, type ApiCall, readCall } from './api-call.ts';
import { FAULTS } from './fault.ts';
import type { FaultPlan } from './fault-plan.ts';
import { FaultTally } from './fault-tally.ts';
import { Hold, type HoldProps } from './hold.ts';
import type { Fate } from './passage.ts';

/** Headers that belong to a connection, not to what is said over it. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

/**
 * Stands between the senders of API calls and an AWS, on the loopback interface. Everything passes untouched until a
 * plan of faults is given. What is no call of DynamoDB or its streams always does.
 */
export class FaultProxy implements AsyncDisposable {
  readonly tally = new FaultTally();
  readonly #target: URL;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #holds = new Set<Hold>();
  #plan: FaultPlan | undefined;

  /** @param target endpoint of the AWS behind it. */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer(async (message, response) => {
      // Whoever has sent the call may be dead before it is answered. What it has sent takes effect nevertheless.
      response.on('error', () => undefined);
      try {
        answer(response, await this.#fateOf(await readCall(message)));
      } catch {
        answer(response, 'reset');
      }
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Begins with faults, or ends them where there is no plan. */
  inject(plan: FaultPlan | undefined): void {
    this.#plan = plan;
  }

  /** Holds the next call of a moment. It meets no other fault. */
  hold(props: HoldProps): Hold {
    const hold = new Hold(props);
    this.#holds.add(hold);
    void hold.released.then(() => this.#holds.delete(hold));
    return hold;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hold of this.#holds) hold.release();
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await once(this.#server, 'close');
  }

  async #fateOf(call: ApiCall): Promise<Fate> {
    if (!call.operation) return this.#forward(call);
    const hold = [...this.#holds].find((one) => one.takes(call));
    if (hold) return this.#holdUp(hold, call);
    const plan = this.#plan;
    const dealt = plan?.deal(call);
    if (!plan || !dealt) return this.#forward(call);
    this.tally.add(dealt.kind, call.operation);
    const forward = (altered = call) => this.#forward(altered);
    return FAULTS[dealt.kind].meet({ call, random: dealt.random, latest: plan.latest, forward });
  }

  async #holdUp(hold: Hold, call: ApiCall): Promise<Fate> {
    if (!hold.tookEffect) await hold.wait();
    const answered = await this.#forward(call);
    if (hold.tookEffect) await hold.wait();
    return answered;
  }

  async #forward({ method, path, headers, body }: ApiCall): Promise<ApiAnswer> {
    const sent = request({
      host: this.#target.hostname,
      port: this.#target.port,
      agent: this.#agent,
      ...{ method, path },
      // The host stays the proxy's: the sender's signature covers it.
      headers: { ...withoutConnection(headers), 'content-length': body.length },
    });
    sent.end(body);
    const [message] = await once(sent, 'response');
    return {
      status: message.statusCode,
      headers: withoutConnection(message.headers),
      body: await buffer(message),
    };
  }
}

function answer(response: ServerResponse, fate: Fate): void {
  if (fate === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, headers, body } = fate;
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}

function withoutConnection<T extends object>(headers: T): T {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name)),
  ) as T;
}
