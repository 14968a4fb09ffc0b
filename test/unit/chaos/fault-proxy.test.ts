import { crc32 } from 'node:zlib';
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../infra/local/random.ts';
import type { ApiCall, Json } from '../../chaos/proxy/api-call.ts';
import { FAULT_KINDS, type FaultKind } from '../../chaos/proxy/fault.ts';
import { FaultPlan } from '../../chaos/proxy/fault-plan.ts';
import { FaultProxy } from '../../chaos/proxy/fault-proxy.ts';
import { type ApiServer, startApiServer } from './api-server.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const latest = { effectMilliseconds: 20, answerMilliseconds: 20 };

let server: ApiServer;
let proxy: FaultProxy;
let client: DynamoDBClient;

beforeEach(async () => {
  server = await startApiServer(answer);
  proxy = await FaultProxy.start(server.endpoint);
  client = new DynamoDBClient({ endpoint: proxy.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** What DynamoDB would answer, as far as the tests look. */
function answer({ operation, input }: ApiCall): Json {
  if (operation === 'BatchExecuteStatement')
    return { Responses: (input.Statements as Json[]).map(({ Statement }) => ({ TableName: Statement })) };
  if (operation === 'BatchGetItem') {
    const { t } = input.RequestItems as { t: { Keys: Json[] } };
    return { Responses: { t: t.Keys } };
  }
  return {};
}

/** A plan that deals one kind of fault to every call that it fits. */
function always(kind: FaultKind, seed = 1): FaultPlan {
  const plan = new FaultPlan({ seed, latest });
  plan.deal = () => ({ kind, random: new Random(seed) });
  return plan;
}

const put = () => client.send(new PutItemCommand({ TableName: 't', Item: { id: { S: 'a' } } }));
const keys = Array.from({ length: 10 }, (_, index) => ({ id: { S: String(index) } }));

describe('a fault', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'of throttling has a name that the SDK takes for it, and no effect (%i)',
    async (seed) => {
      proxy.inject(always('throttled', seed));
      await expect(put()).rejects.toMatchObject({
        name: expect.stringMatching(
          /^(ProvisionedThroughputExceededException|ThrottlingException|RequestLimitExceeded)$/,
        ),
        $metadata: { httpStatusCode: 400 },
        message: expect.stringMatching(/throughput|capacity/i),
      });
      expect(server.calls).toHaveLength(0);
    },
  );

  it('of throttling has another name for streams', async () => {
    proxy.inject(always('throttled'));
    const streams = new DynamoDBStreamsClient({
      endpoint: proxy.endpoint,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
    });
    await expect(streams.send(new DescribeStreamCommand({ StreamArn: 'arn' }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    streams.destroy();
  });

  it('inside the service leaves open whether the call took effect', async () => {
    for (let seed = 0; seed < 10; seed++) {
      proxy.inject(always('internal error', seed));
      await expect(put()).rejects.toMatchObject({
        name: 'InternalServerError',
        $metadata: { httpStatusCode: 500 },
      });
    }
    expect(server.calls.length).toBeGreaterThan(0);
    expect(server.calls.length).toBeLessThan(10);
  });

  it('of an unavailable service has no effect', async () => {
    proxy.inject(always('unavailable'));
    await expect(put()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    expect(server.calls).toHaveLength(0);
  });

  it.each([
    ['reset before it took effect', 0],
    ['reset after it took effect', 1],
  ] as const)('%s breaks the connection', async (kind, effects) => {
    proxy.inject(always(kind));
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(server.calls).toHaveLength(effects);
  });

  it.each(['answered late', 'took effect late'] as const)('%s is answered in the end', async (kind) => {
    proxy.inject(always(kind));
    await put();
    expect(server.calls).toHaveLength(1);
  });

  it('of a double delivery takes effect twice, and is answered once', async () => {
    proxy.inject(always('delivered twice'));
    await put();
    expect(server.calls.map(({ input }) => input.Item)).toEqual([{ id: { S: 'a' } }, { id: { S: 'a' } }]);
  });

  it('holds keys back, and gives them to be asked again', async () => {
    proxy.inject(always('keys held back'));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { t: { Keys: keys, ConsistentRead: true } } }),
    );
    expect(Responses?.t?.length).toBeGreaterThan(0);
    expect(UnprocessedKeys?.t?.Keys?.length).toBeGreaterThan(0);
    expect(UnprocessedKeys?.t?.ConsistentRead).toBe(true);
    expect([...(Responses?.t ?? []), ...(UnprocessedKeys?.t?.Keys ?? [])]).toEqual(keys);
  });

  it('holds writes back, which have no effect', async () => {
    proxy.inject(always('keys held back'));
    const writes = keys.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { t: writes } }),
    );
    const { t } = (server.calls[0] as ApiCall).input.RequestItems as { t: typeof writes };
    expect([...t, ...(UnprocessedItems?.t ?? [])]).toEqual(writes);
    expect(UnprocessedItems?.t?.length).toBeGreaterThan(0);
  });
});

describe('a fault of one statement', () => {
  const statements = ['a', 'b', 'c', 'd'];
  const execute = () =>
    client.send(
      new BatchExecuteStatementCommand({ Statements: statements.map((Statement) => ({ Statement })) }),
    );
  const executed = () =>
    ((server.calls[0] as ApiCall).input.Statements as Json[]).map(({ Statement }) => Statement);

  it.each([1, 2, 3, 4, 5])('refuses it alone, in its place (%i)', async (seed) => {
    proxy.inject(always('statement refused', seed));
    const { Responses = [] } = await execute();
    const failed = Responses.findIndex(({ Error: error }) => error);
    expect(Responses[failed]?.Error).toEqual({ Code: expect.any(String), Message: expect.any(String) });
    expect(executed()).toEqual(statements.filter((_, index) => index !== failed));
    expect(Responses.map(({ TableName }) => TableName)).toEqual(
      statements.map((statement, index) => (index === failed ? undefined : statement)),
    );
  });

  it('of unknown outcome executes all of them', async () => {
    proxy.inject(always('statement of unknown outcome'));
    const { Responses = [] } = await execute();
    expect(Responses.filter(({ Error: error }) => error?.Code === 'InternalServerError')).toHaveLength(1);
    expect(executed()).toEqual(statements);
  });
});

describe('the proxy', () => {
  const raw = (operation: string, body: string) =>
    fetch(proxy.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': `DynamoDB_20120810.${operation}`, authorization: 'of the sender' },
      body,
    });

  it('lets everything pass untouched until it is given a plan, and after it', async () => {
    const body = '{"TableName": "t" }';
    proxy.inject(always('unavailable'));
    proxy.inject(undefined);
    const response = await raw('GetItem', body);
    const text = await response.text();
    expect(response.headers.get('x-amz-crc32')).toBe(String(crc32(text)));
    expect(server.calls[0]?.body.toString()).toBe(body);
    expect(server.calls[0]?.headers).toMatchObject({
      authorization: 'of the sender',
      host: new URL(proxy.endpoint).host,
    });
    expect(proxy.tally.total()).toBe(0);
  });

  it('never touches what is no call of DynamoDB', async () => {
    proxy.inject(always('unavailable'));
    const response = await fetch(`${proxy.endpoint}/2015-03-31/functions`, { method: 'PUT', body: 'x' });
    expect(response.status).toBe(200);
    expect(server.calls[0]).toMatchObject({ method: 'PUT', path: '/2015-03-31/functions' });
  });

  it('gives an altered answer the checksum of its body', async () => {
    proxy.inject(always('keys held back'));
    const response = await raw('BatchGetItem', JSON.stringify({ RequestItems: { t: { Keys: keys } } }));
    const text = await response.text();
    expect(text).toContain('UnprocessedKeys');
    expect(response.headers.get('x-amz-crc32')).toBe(String(crc32(text)));
  });

  it('counts each fault by its kind and its operation', async () => {
    proxy.inject(always('delivered twice'));
    await put();
    await put();
    expect(proxy.tally.of('delivered twice')).toBe(2);
    expect([...proxy.tally.operations('delivered twice')]).toEqual([['PutItem', 2]]);
  });

  it('answers with a broken connection when nobody is behind it', async () => {
    await server[Symbol.asyncDispose]();
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    server = await startApiServer(answer);
  });
});

describe('a hold', () => {
  const moment = ({ operation }: ApiCall) => operation === 'PutItem';

  it.each([
    [false, 0],
    [true, 1],
  ])(
    'keeps a call that took effect (%s) from its answer until it is released',
    async (tookEffect, effects) => {
      const hold = proxy.hold({ moment, tookEffect });
      let answered = false;
      const sent = put().then(() => {
        answered = true;
      });
      await hold.reached;
      expect(server.calls).toHaveLength(effects);
      expect(answered).toBe(false);
      hold.release();
      await sent;
      expect(server.calls).toHaveLength(1);
    },
  );

  it('takes the call after those that it skips, and no other', async () => {
    proxy.inject(always('unavailable'));
    const hold = proxy.hold({ moment, skip: 1, tookEffect: false });
    await expect(put()).rejects.toThrow();
    const held = put();
    await hold.reached;
    await expect(put()).rejects.toThrow();
    hold.release();
    await held;
    expect(server.calls).toHaveLength(1);
  });

  it('lets a call take effect though its sender has died', async () => {
    const hold = proxy.hold({ moment, tookEffect: false });
    const sender = new AbortController();
    const sent = client.send(new PutItemCommand({ TableName: 't', Item: {} }), {
      abortSignal: sender.signal,
    });
    await hold.reached;
    sender.abort();
    await expect(sent).rejects.toThrow();
    hold.release();
    await expect.poll(() => server.calls.length).toBe(1);
  });
});

describe('a plan', () => {
  const calls = (operation: string, input: Json = {}): ApiCall[] =>
    Array.from({ length: 480 }, () => ({
      ...{ method: 'POST', path: '/', headers: {}, body: Buffer.alloc(0) },
      ...{ operation, input },
    }));
  const dealt = (seed: number, operation: string, input?: Json) => {
    const plan = new FaultPlan({ seed, latest });
    return calls(operation, input).map((call) => plan.deal(call)?.kind);
  };

  it('deals the same to the n-th call of an operation for one seed, and something else for another', () => {
    expect(dealt(1, 'PutItem')).toEqual(dealt(1, 'PutItem'));
    expect(dealt(1, 'PutItem')).not.toEqual(dealt(2, 'PutItem'));
    expect(dealt(1, 'PutItem')).not.toEqual(dealt(1, 'UpdateItem'));
  });

  it('is not changed by the calls of other operations', () => {
    const plan = new FaultPlan({ seed: 1, latest });
    const random = new Random(1);
    const kinds = calls('PutItem').map((call) => {
      if (random.next() < 0.5) plan.deal({ ...call, operation: 'GetItem' });
      return plan.deal(call)?.kind;
    });
    expect(kinds).toEqual(dealt(1, 'PutItem'));
  });

  it('leaves a part of every thousand calls in peace', () => {
    const plan = new FaultPlan({ seed: 1, latest, calm: 0.4 });
    const [call] = calls('PutItem') as [ApiCall];
    const kinds = Array.from({ length: 2_000 }, () => plan.deal(call)?.kind);
    const faults = (from: number, to: number) => kinds.slice(from, to).filter(Boolean).length;
    expect([faults(600, 1_000), faults(1_600, 2_000)]).toEqual([0, 0]);
    expect(faults(0, 600)).toBeGreaterThan(50);
    expect(faults(1_000, 1_600)).toBeGreaterThan(50);
  });

  it('deals every kind that fits an operation, and no other', () => {
    const kindsOf = (operation: string, input?: Json) => new Set(dealt(1, operation, input));
    expect(kindsOf('BatchExecuteStatement', { Statements: [{}, {}] })).toEqual(
      new Set([undefined, ...FAULT_KINDS.filter((kind) => kind !== 'keys held back')]),
    );
    const ofReads = FAULT_KINDS.filter((kind) => !/statement|twice|effect late|held back/.test(kind));
    expect(kindsOf('GetItem')).toEqual(new Set([undefined, ...ofReads]));
    expect(kindsOf('BatchGetItem', { RequestItems: { t: { Keys: [{}] } } })).toEqual(
      new Set([undefined, ...ofReads]),
    );
    expect(kindsOf('BatchGetItem', { RequestItems: { t: { Keys: [{}, {}] } } })).toEqual(
      new Set([undefined, ...ofReads, 'keys held back']),
    );
  });
});
