import { Readable } from 'node:stream';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { RouteError } from '../../shared/errors.ts';
import { ROUTE_PROTOCOL, type Route } from '../../shared/route.ts';
import { routed } from '../../shared/router.ts';
import { type Runtime, systemRuntime } from '../../shared/runtime.ts';

const ROUTE: Route = {
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
const AT_TARGET: Route = { ...ROUTE, state: 'target', active: 'target' };

interface Sent {
  readonly operation: string;
  readonly body: { readonly TableName?: string; readonly [name: string]: unknown };
  readonly headers: Record<string, string>;
}

/** The network under a real client of the SDK: answers route reads from `route`, the rest by `answer`. */
class Network {
  route: Route | undefined = ROUTE;
  readonly sent: Sent[] = [];
  answer: (sent: Sent) => { readonly status?: number; readonly body?: object } | 'silence' = () => ({});

  /** The tables that routers have tried their rights on, and what they have said of themselves. */
  readonly proven: (string | undefined)[] = [];
  readonly reports: Sent[] = [];

  /** Answers a router that lifts the fence. */
  lift: (sent: Sent) => ReturnType<typeof response> = () => response(200, {});

  readonly handler = {
    handle: async (request: { headers: Record<string, string>; body: Uint8Array | string }) => {
      const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
      const sent = {
        operation: request.headers['x-amz-target']?.split('.')[1] ?? '',
        body: JSON.parse(text),
        headers: request.headers,
      };
      expect(Number(request.headers['content-length'])).toBe(Buffer.byteLength(text));
      if (sent.body.TableName === 'route') {
        if (sent.operation === 'UpdateItem') return { response: this.lift(sent) };
        if (sent.operation === 'PutItem') this.reports.push(sent);
        const body =
          sent.operation === 'GetItem' && this.route
            ? { Item: marshall(this.route, { removeUndefinedValues: true }) }
            : {};
        return { response: response(200, body) };
      }
      if ('ConditionExpression' in sent.body) {
        this.proven.push(sent.body.TableName);
        return { response: response(400, { __type: 'ConditionalCheckFailedException' }) };
      }
      this.sent.push(sent);
      const answer = this.answer(sent);
      if (answer === 'silence') return new Promise<never>(() => {});
      return { response: response(answer.status ?? 200, answer.body ?? {}) };
    },
  };

  get tables(): (string | undefined)[] {
    return this.sent.map(({ body }) => body.TableName);
  }
}

function response(statusCode: number, body: object) {
  return {
    statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Readable.from([Buffer.from(JSON.stringify(body))]),
  };
}

let network: Network;
let now: number;
let client: DynamoDBClient;

beforeEach(() => {
  network = new Network();
  now = 1_000_000;
  const runtime: Runtime = {
    ...systemRuntime,
    now: () => now,
    // Time is moved by the test; a limit of time passes quickly.
    sleep: (milliseconds, signal) => systemRuntime.sleep(milliseconds / 20, signal),
  };
  client = routed(
    new DynamoDBClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: network.handler as never,
      maxAttempts: 4,
    }),
    { migration: 'm', routeTable: 'route', runtime },
  );
});

const FENCED_BACK = () => ({ ...AT_TARGET, state: 'fenced', deadline: now + 10_000 }) as const;

const get = () => client.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'x' } } }));

const put = () =>
  client.send(
    new PutItemCommand({
      TableName: 'orders',
      Item: { id: { S: 'x' }, n: { N: '12345678901234567890123456789012345678' } },
    }),
  );

describe('the router in a client of the SDK', () => {
  it('sends to the side that the route names, with the item untouched', async () => {
    await put();
    network.route = AT_TARGET;
    now += 2_000;
    await put();
    expect(network.tables).toEqual(['orders', 'orders-v2']);
    expect(network.sent[1]?.body.Item).toEqual({
      id: { S: 'x' },
      n: { N: '12345678901234567890123456789012345678' },
    });
    expect(network.sent[1]?.headers.authorization).toContain('AWS4-HMAC-SHA256');
  });

  it('acts on a cached route only as long as the route allows', async () => {
    await put();
    network.route = AT_TARGET;
    now += 999;
    await put();
    now += 2;
    await put();
    expect(network.tables).toEqual(['orders', 'orders', 'orders-v2']);
  });

  it('routes each attempt anew, inside the retries of the SDK', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return {};
      network.route = AT_TARGET;
      now += 2_000;
      return { status: 500, body: { __type: 'InternalServerError' } };
    };
    await put();
    expect(network.tables).toEqual(['orders', 'orders-v2']);
  });

  it('gives up an attempt that gets no answer in time, and tries again where the route points then', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return {};
      network.route = AT_TARGET;
      now += 2_000;
      return 'silence';
    };
    await put();
    expect(network.tables).toEqual(['orders', 'orders-v2']);
  });

  it('holds writes while fenced and lets reads through', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: now + 10_000 };
    const held = put();
    await get();
    expect(network.sent.map(({ operation }) => operation)).toEqual(['GetItem']);
    network.route = AT_TARGET;
    now += 300;
    await held;
    expect(network.tables).toEqual(['orders', 'orders-v2']);
  });

  it('lifts a fence whose deadline is over', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: now - 1 };
    network.lift = () => {
      network.route = ROUTE;
      return response(200, { Attributes: marshall(ROUTE) });
    };
    await put();
    expect(network.tables).toEqual(['orders']);
  });

  it('reads the route again when somebody else was faster, however long it has tried', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: now - 1 };
    network.lift = () => {
      network.route = ROUTE;
      now += 60_000;
      return response(400, { __type: 'ConditionalCheckFailedException' });
    };
    await put();
    expect(network.tables).toEqual(['orders']);
  });

  it('fails a write behind an overdue fence only when it could not be lifted for seconds', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: now - 1 };
    let tries = 0;
    network.lift = () => {
      tries++;
      now += 2_000;
      return response(400, { __type: 'AccessDeniedException' });
    };
    await expect(put()).rejects.toThrow('held behind the fence beyond its deadline');
    expect(tries).toBe(3);
  });

  it('refuses without a route, and with a route of a newer protocol', async () => {
    network.route = undefined;
    await expect(put()).rejects.toThrow(RouteError);
    network.route = { ...ROUTE, protocol: ROUTE_PROTOCOL + 1 };
    await expect(put()).rejects.toThrow(/update the application's router/);
    expect(network.sent).toEqual([]);
  });

  it('lets requests to other tables through', async () => {
    network.route = { ...ROUTE, state: 'fenced', deadline: now + 10_000 };
    await client.send(new PutItemCommand({ TableName: 'customers', Item: { id: { S: 'x' } } }));
    expect(network.tables).toEqual(['customers']);
  });

  it('hides the reserved attribute, also from a DynamoDBDocumentClient', async () => {
    network.route = AT_TARGET;
    network.answer = () => ({ body: { Item: { id: { S: 'x' }, '_segue:m': { S: 'version' } } } });
    const documents = DynamoDBDocumentClient.from(client);
    expect((await documents.send(new GetCommand({ TableName: 'orders', Key: { id: 'x' } }))).Item).toEqual({
      id: 'x',
    });
    await documents.send(new PutCommand({ TableName: 'orders', Item: { id: 'x', count: 1 } }));
    expect(network.tables).toEqual(['orders-v2', 'orders-v2']);
  });
});

describe('the router after the switch', () => {
  it('sends to the target while a cutover back is announced', async () => {
    network.route = { ...AT_TARGET, state: 'announced' };
    await put();
    expect(network.tables).toEqual(['orders-v2']);
  });

  it('reads from the target behind the fence, and writes to the source once that is active', async () => {
    network.route = FENCED_BACK();
    const held = put();
    await get();
    expect(network.tables).toEqual(['orders-v2']);
    network.route = ROUTE;
    now += 300;
    await held;
    expect(network.tables).toEqual(['orders-v2', 'orders']);
  });

  it('gives the target back when it lifts a fence whose deadline is over', async () => {
    network.route = { ...FENCED_BACK(), deadline: now - 1 };
    let state: unknown;
    network.lift = ({ body }) => {
      state = (body.ExpressionAttributeValues as Record<string, unknown>)[':state'];
      network.route = AT_TARGET;
      return response(200, { Attributes: marshall(AT_TARGET) });
    };
    await put();
    expect(state).toEqual({ S: 'target' });
    expect(network.tables).toEqual(['orders-v2']);
  });

  it('hides the versions that a rollback has left on the source', async () => {
    network.route = { ...ROUTE, switchedAt: now };
    network.answer = () => ({ body: { Item: { id: { S: 'x' }, '_segue:m': { S: 'version' } } } });
    expect((await get()).Item).toEqual({ id: { S: 'x' } });
    expect(network.tables).toEqual(['orders']);
  });
});

describe('what a router says of itself', () => {
  /** A request, and time for the report that it brings. */
  const heard = async () => {
    await put();
    await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it.each([
    { active: 'source', route: ROUTE, passive: 'orders-v2' },
    { active: 'target', route: AT_TARGET, passive: 'orders' },
  ])('is proven on the passive side while the $active is active', async ({ route, passive }) => {
    network.route = route;
    await heard();
    expect(network.proven).toEqual([passive, passive, passive]);
    expect(network.reports.map(({ body }) => body.Item)).toMatchObject([{ ready: { BOOL: true } }]);
  });

  it('is of no interest any more once the migration is over', async () => {
    network.route = { ...AT_TARGET, final: true };
    await heard();
    expect([network.proven, network.reports]).toEqual([[], []]);
  });
});

describe('a transaction whose outcome on the side that was left is not known', () => {
  const MISMATCH = { status: 400, body: { __type: 'IdempotentParameterMismatchException' } };
  const transact = () =>
    client.send(
      new TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName: 'orders', Item: { id: { S: 'x' } } } }],
      }),
    );
  const tables = () =>
    network.sent.map(({ body }) => (body.TransactItems as [{ Put: { TableName: string } }])[0].Put.TableName);

  it('is done when the target refuses its token: the source had taken it before the switch', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return MISMATCH;
      network.route = AT_TARGET;
      now += 2_000;
      return 'silence';
    };
    expect((await transact()).$metadata.attempts).toBe(2);
    expect(tables()).toEqual(['orders', 'orders-v2']);
    const tokens = network.sent.map(({ body }) => body.ClientRequestToken);
    expect(tokens[0]).toEqual(tokens[1]);
  });

  it('is sent to the target when its token is not known there', async () => {
    network.answer = () => {
      if (network.sent.length > 1) return {};
      network.route = AT_TARGET;
      now += 2_000;
      return { status: 500, body: { __type: 'InternalServerError' } };
    };
    await transact();
    expect(tables()).toEqual(['orders', 'orders-v2']);
  });

  it('is done once, too, when it was left on the target by a rollback', async () => {
    network.route = AT_TARGET;
    network.answer = () => {
      if (network.sent.length > 1) return MISMATCH;
      network.route = ROUTE;
      now += 2_000;
      return 'silence';
    };
    expect((await transact()).$metadata.attempts).toBe(2);
    expect(tables()).toEqual(['orders-v2', 'orders']);
    const tokens = network.sent.map(({ body }) => body.ClientRequestToken);
    expect(tokens[0]).toEqual(tokens[1]);
  });

  it('is refused by the source when it was never sent to the target', async () => {
    network.answer = () => MISMATCH;
    await expect(transact()).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  it('is refused when it was never sent to the source, or longer ago than a token lives', async () => {
    network.route = AT_TARGET;
    network.answer = () => MISMATCH;
    await expect(transact()).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
    network.sent.length = 0;
    network.route = ROUTE;
    now += 2_000;
    network.answer = () => {
      if (network.sent.length > 1) return MISMATCH;
      network.route = AT_TARGET;
      now += 10 * 60_000;
      return 'silence';
    };
    await expect(transact()).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });
});
