import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { smokeTestClients } from '../../shared/clients.ts';
import { type SmokeTestClients, smokeTestCaller } from '../../shared/smoke-test.ts';

const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:looks:live';
const STATE_MACHINE = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Looks';
const input = { migration: 'orders', attempt: 1 };
const limitMilliseconds = 200;

interface Options {
  readonly abortSignal: AbortSignal;
}
type Answer = (options: Options) => Promise<object>;

/** Clients of which one gives an answer, and the commands that came to each. */
function clients(answer: Answer) {
  const sent: unknown[] = [];
  const send = (kind: new (...args: never[]) => unknown) => async (command: unknown, options: Options) => {
    expect(command).toBeInstanceOf(kind);
    sent.push((command as InvokeCommand).input);
    return answer(options);
  };
  const fakes = { lambda: { send: send(InvokeCommand) }, sfn: { send: send(StartSyncExecutionCommand) } };
  return { sent, clients: fakes as unknown as SmokeTestClients };
}

const call = (arn: string, answer: Answer) =>
  smokeTestCaller(clients(answer).clients)({ arn, input, limitMilliseconds });
const bytes = (text: string) => new TextEncoder().encode(text);
const nothing: Answer = ({ abortSignal }) =>
  new Promise((_, reject) => {
    abortSignal.addEventListener('abort', () => reject(abortSignal.reason));
  });

describe('a smoke test that is a function', () => {
  const answering = (Payload: string | undefined, more: object = {}) =>
    call(FUNCTION, async () => ({ ...(Payload === undefined ? {} : { Payload: bytes(Payload) }), ...more }));

  it('is invoked once, with its input as JSON', async () => {
    const { sent, clients: fakes } = clients(async () => ({ Payload: bytes('{"ok":true}') }));
    const outcome = await smokeTestCaller(fakes)({ arn: FUNCTION, input, limitMilliseconds });
    expect(outcome).toEqual({ kind: 'answered', answer: { ok: true } });
    expect(sent).toEqual([{ FunctionName: FUNCTION, Payload: JSON.stringify(input) }]);
  });

  it.each([
    ['null', null],
    ['"a text"', 'a text'],
    ['no JSON', 'no JSON'],
    ['', ''],
    [undefined, ''],
  ])('answers what it returned: %s', async (payload, answer) => {
    expect(await answering(payload)).toEqual({ kind: 'answered', answer });
  });

  it.each([
    [
      '{"errorType":"TypeError","errorMessage":"x is undefined"}',
      'the function failed: TypeError: x is undefined',
    ],
    ['null', 'the function failed: Unhandled: null'],
    ['crashed', 'the function failed: Unhandled: crashed'],
  ])('fails with its error: %s', async (payload, reason) => {
    expect(await answering(payload, { FunctionError: 'Unhandled' })).toEqual({ kind: 'failed', reason });
  });
});

describe('a smoke test that is a state machine', () => {
  it('is executed once, with its input as JSON, and answers its output', async () => {
    const { sent, clients: fakes } = clients(async () => ({ status: 'SUCCEEDED', output: '{"ok":true}' }));
    const outcome = await smokeTestCaller(fakes)({ arn: STATE_MACHINE, input, limitMilliseconds });
    expect(outcome).toEqual({ kind: 'answered', answer: { ok: true } });
    expect(sent).toEqual([{ stateMachineArn: STATE_MACHINE, input: JSON.stringify(input) }]);
  });

  it.each([
    [
      { status: 'FAILED', error: 'Missing', cause: 'order 7' },
      'the execution x ended as FAILED: Missing: order 7',
    ],
    [{ status: 'TIMED_OUT' }, 'the execution x ended as TIMED_OUT'],
    // Whatever it has said before.
    [{ status: 'ABORTED', output: '{"ok":true}' }, 'the execution x ended as ABORTED'],
  ])('fails when its execution has not succeeded: %j', async (answer, reason) => {
    const outcome = await call(STATE_MACHINE, async () => ({ executionArn: 'x', ...answer }));
    expect(outcome).toEqual({ kind: 'failed', reason });
  });
});

describe.each([FUNCTION, STATE_MACHINE])('the call of %s', (arn) => {
  it('fails when no answer comes in time', async () => {
    const began = performance.now();
    expect(await call(arn, nothing)).toEqual({ kind: 'failed', reason: 'no answer within 200 ms' });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('fails when AWS refuses it', async () => {
    const error = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    const outcome = await call(arn, () => Promise.reject(error));
    expect(outcome).toEqual({
      kind: 'failed',
      reason: 'it could not be called: AccessDeniedException: not authorized',
    });
  });
});

describe('the clients of a smoke test', () => {
  let server: Server | undefined;
  let requests = 0;

  afterEach(() => {
    vi.unstubAllEnvs();
    server?.closeAllConnections();
    server?.close();
    requests = 0;
  });

  async function serve(answer: Parameters<typeof createServer>[1]): Promise<void> {
    server = createServer((request, response) => {
      requests++;
      answer?.(request, response);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  }
  const invoke = () => smokeTestCaller(smokeTestClients())({ arn: FUNCTION, input, limitMilliseconds: 500 });

  it('do not retry', async () => {
    await serve((_, response) => {
      response.writeHead(500, { 'x-amzn-errortype': 'ServiceException' }).end('{"message":"try again"}');
    });
    expect(await invoke()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('try again') });
    expect(requests).toBe(1);
  });

  it.each([
    ['nothing', () => {}],
    [
      'half an answer',
      (_: unknown, response: { writeHead(status: number): { write(text: string): void } }) =>
        response.writeHead(200).write('{"ok":'),
    ],
  ])('give up after the limit when there comes %s', async (_, answer) => {
    await serve(answer as Parameters<typeof createServer>[1]);
    const began = performance.now();
    expect(await invoke()).toEqual({ kind: 'failed', reason: 'no answer within 500 ms' });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(requests).toBe(1);
  });

  it('use a connection once', async () => {
    await serve((_, response) => response.end('{"ok":true}'));
    let connections = 0;
    server?.on('connection', () => connections++);
    const caller = smokeTestCaller(smokeTestClients());
    for (const _ of ['first', 'second'])
      expect(await caller({ arn: FUNCTION, input, limitMilliseconds: 5_000 })).toEqual({
        kind: 'answered',
        answer: { ok: true },
      });
    expect(connections).toBe(2);
  });
});
