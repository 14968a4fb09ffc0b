import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ROUTE_PROTOCOL, type Route } from '../../shared/route.ts';
import { type RouterProps, routed } from '../../shared/router.ts';
import { type Runtime, systemRuntime } from '../../shared/runtime.ts';

export const ROUTE: Route = {
  state: 'source',
  active: 'source',
  revision: 1,
  protocol: ROUTE_PROTOCOL,
  tables: [{ source: 'orders', target: 'orders-v2', keys: [{ name: 'id', type: 'S' }] }],
  reserved: '_segue:m',
  cacheMilliseconds: 1_000,
  attemptMilliseconds: 500,
  settledAt: 0,
};

export const AT_TARGET: Route = { ...ROUTE, state: 'target', active: 'target' };

export interface Sent {
  readonly operation: string;
  readonly body: { readonly TableName?: string; readonly [name: string]: unknown };
  readonly headers: Record<string, string>;
}

export type Answer = { readonly status?: number; readonly body?: object } | 'silence';

/** Stands for no answer at all. */
const SILENCE = new Promise<never>(() => {});
/** What a router sends to see whether it may write. */
const PROOF = 'attribute_exists(#k) AND attribute_not_exists(#k)';

/** The network under a real client of the SDK: answers route reads from `route`, the rest by `answer`. */
export class Network {
  route: Route | undefined = ROUTE;
  /** What was sent but to the route, without the proofs of permissions. */
  readonly sent: Sent[] = [];
  /** What was sent to the route. */
  readonly toRoute: Sent[] = [];
  /** The table of each proof of permissions. */
  readonly proven: (string | undefined)[] = [];
  answer: (sent: Sent) => Answer | Promise<Answer> = () => ({});
  /** Answers a read of the route. */
  read: () => Answer = () => ({
    body: this.route ? { Item: marshall(this.route, { removeUndefinedValues: true }) } : {},
  });
  /** Answers a router that lifts the fence. */
  lift: (sent: Sent) => Answer = () => ({});
  /** Answers what is put beside the route. */
  write: (sent: Sent) => Answer = () => ({});
  /** Answers a proof. */
  prove: (sent: Sent) => Answer = () => ({
    status: 400,
    body: { __type: 'ConditionalCheckFailedException' },
  });

  readonly handler = {
    handle: async (
      request: { readonly headers: Record<string, string>; readonly body: Uint8Array | string },
      { abortSignal }: { readonly abortSignal?: AbortSignal } = {},
    ) => {
      abortSignal?.throwIfAborted();
      const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
      if (Number(request.headers['content-length']) !== Buffer.byteLength(text))
        throw new Error('the length of the body is not what its header says');
      const sent: Sent = {
        operation: request.headers['x-amz-target']?.split('.')[1] ?? '',
        body: JSON.parse(text),
        headers: request.headers,
      };
      const answer = await this.#answerTo(sent);
      return answer === 'silence' ? SILENCE : { response: response(answer.status ?? 200, answer.body ?? {}) };
    },
  };

  /** The table of each request that names one. */
  get tables(): (string | undefined)[] {
    return this.sent.map(({ body }) => body.TableName);
  }

  /** The reports of the routers. */
  get reports(): Record<string, { readonly S?: string; readonly BOOL?: boolean }>[] {
    return this.toRoute
      .filter(({ operation }) => operation === 'PutItem')
      .map(({ body }) => body.Item as Record<string, { readonly S?: string; readonly BOOL?: boolean }>)
      .filter(({ sk }) => sk?.S?.startsWith('router#'));
  }

  /** How often the route was read. */
  get reads(): number {
    return this.toRoute.filter(({ operation }) => operation === 'GetItem').length;
  }

  #answerTo(sent: Sent): Answer | Promise<Answer> {
    if (sent.body.TableName === 'route') {
      this.toRoute.push(sent);
      if (sent.operation === 'UpdateItem') return this.lift(sent);
      return sent.operation === 'GetItem' ? this.read() : this.write(sent);
    }
    if (sent.body.ConditionExpression === PROOF) {
      this.proven.push(sent.body.TableName);
      return this.prove(sent);
    }
    this.sent.push(sent);
    return this.answer(sent);
  }
}

/** An application's client with the router in it, over a network and a clock of the test's own. */
export class RouterScene {
  readonly network = new Network();
  now = 1_000_000;
  readonly client: DynamoDBClient;

  constructor(props: Partial<RouterProps> = {}, maxAttempts = 4) {
    const runtime: Runtime = {
      ...systemRuntime,
      now: () => this.now,
      // Time is moved by the test; a limit of time passes quickly.
      sleep: (milliseconds, signal) => systemRuntime.sleep(milliseconds / 20, signal),
    };
    const client = new DynamoDBClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: this.network.handler as never,
      maxAttempts,
    });
    this.client = routed(client, { migration: 'm', routeTable: 'route', runtime, ...props });
  }

  /** The route changes, and whoever has cached it must read it again. */
  turnTo(state: Route['state'], more: Partial<Route> = {}): void {
    this.network.route = { ...(state === 'target' ? AT_TARGET : { ...ROUTE, state }), ...more };
    this.now += 2_000;
  }
}

function response(statusCode: number, body: object) {
  return {
    statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Readable.from([Buffer.from(JSON.stringify(body))]),
  };
}
