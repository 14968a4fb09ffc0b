import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { assertKnown } from './known-parameters.ts';
import { sendOnce } from './request.ts';
import type { Commands, Execute, Service, WireRequest } from './service.ts';
import type { Task } from './task.ts';

export interface ClientOptions {
  /** Attempts of one `send`, as the SDK counts them. @default 3 */
  readonly maxAttempts?: number;
  /** A request takes effect within this time of its sending, or never. @default 5,000 */
  readonly requestMilliseconds?: number;
  /** The caller's role, for resource policies. @default arn:aws:iam::000000000000:role/anybody */
  readonly role?: string;
  /** Some requests take a while to arrive, however usual that is for others. @default none */
  readonly slow?: { readonly chance: number; readonly milliseconds: number };
  /** Stands around each attempt, inside the retries, as a router does: it may change the request, or hold it. */
  readonly aroundAttempt?: AroundAttempt;
}

type AroundAttempt = (
  operation: string,
  input: Record<string, unknown>,
  send: (input: Record<string, unknown>) => Promise<Record<string, unknown>>,
) => Promise<Record<string, unknown>>;

interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** A command instance of the AWS SDK. */
export interface Command {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

const RETRIED: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'LimitExceededException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  'InternalServerError',
  'TimeoutError',
  'SlowDown',
  'InternalError',
]);
/** Of an answer whose error has no name, as to HEAD. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504]);
const FIRST_BACKOFF_MILLISECONDS = 25;
const LONGEST_BACKOFF_MILLISECONDS = 20_000;

/** What a middleware of the SDK is given of a request, and gives back. */
interface MiddlewareArguments {
  readonly input: object;
  readonly request: WireRequest;
}
type Handler = (args: MiddlewareArguments) => Promise<{ readonly output: Record<string, unknown> }>;
type Middleware = (next: Handler, context: { readonly commandName: string }) => Handler;
/** Where a middleware stands: before the input becomes a request, before the retries, or inside them. */
type Stage = 'serialize' | 'command' | 'attempt';

/** Stands in for the SDK's clients: the same commands, answers, error classes and retries. */
export class ModelClient<S extends Service> {
  readonly #task: Task;
  readonly #service: S;
  readonly #commands: Commands<S>;
  readonly #options: Required<ClientOptions>;
  readonly #middlewares: { readonly middleware: Middleware; readonly stage: Stage }[] = [];
  /** As much of the SDK's stack as a router needs: what stands before the retries sees a command once. */
  readonly middlewareStack = {
    add: (middleware: Middleware, { step }: { readonly step: string }) => {
      if (step !== 'serialize') throw new Error(`the modelled AWS does not know the step ${step}`);
      this.#middlewares.push({ middleware, stage: step });
    },
    addRelativeTo: (middleware: Middleware, { toMiddleware }: { readonly toMiddleware: string }) => {
      this.#middlewares.push({
        middleware,
        stage: toMiddleware === 'retryMiddleware' ? 'command' : 'attempt',
      });
    },
  };

  constructor(task: Task, service: S, commands: Commands<S>, options: ClientOptions = {}) {
    this.#task = task;
    this.#service = service;
    this.#commands = commands;
    this.#options = {
      maxAttempts: 3,
      requestMilliseconds: 5_000,
      role: 'arn:aws:iam::000000000000:role/anybody',
      slow: { chance: 0, milliseconds: 0 },
      aroundAttempt: (_, input, send) => send(input),
      ...options,
    };
  }

  async send(command: Command, { abortSignal }: SendOptions = {}): Promise<object> {
    const execute = this.#commands.get(command.constructor);
    if (!execute) throw new Error(`the modelled AWS does not know ${command.constructor.name}`);
    assertKnown(command);
    const operation = command.constructor.name.replace(/Command$/, '');
    const { aroundAttempt } = this.#options;
    const input = this.#withToken(command);
    const once = (body: Record<string, unknown>) =>
      aroundAttempt(operation, body, (sent) => this.#attempt(operation, sent, execute, abortSignal));
    if (this.#middlewares.length === 0) return this.#retried(() => once(input), abortSignal);
    return this.#throughMiddlewares(command, input, once, abortSignal);
  }

  async #throughMiddlewares(
    command: Command,
    input: object,
    once: (input: Record<string, unknown>) => Promise<Record<string, unknown>>,
    abortSignal: AbortSignal | undefined,
  ): Promise<object> {
    const { input: asked } = command;
    const context = { commandName: command.constructor.name };
    const through = (stage: Stage, handler: Handler) =>
      this.#middlewares
        .filter((one) => one.stage === stage)
        .reduce((next, { middleware }) => middleware(next, context), handler);
    const attempt = through('attempt', async ({ request }) => ({
      output: await once(this.#service.inputOf(request)),
    }));
    const whole = through('command', async (args) => ({
      output: await this.#retried(async () => (await attempt(args)).output, abortSignal),
    }));
    const request = this.#service.requestOf(input);
    const serialized = through('serialize', (args) =>
      whole(args.input === asked ? args : { ...args, request: this.#service.requestOf(args.input) }),
    );
    return (await serialized({ input: asked, request })).output;
  }

  async #retried(
    send: () => Promise<Record<string, unknown>>,
    abortSignal: AbortSignal | undefined,
  ): Promise<Record<string, unknown>> {
    const { maxAttempts } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await send();
        const named = answer.$metadata as { readonly requestId: string } | undefined;
        return { ...answer, $metadata: { ...named, httpStatusCode: 200, attempts: attempt } };
      } catch (error) {
        if (attempt >= maxAttempts || abortSignal?.aborted || !isRetried(error))
          throw withAttempts(error, attempt);
        const most = Math.min(LONGEST_BACKOFF_MILLISECONDS, FIRST_BACKOFF_MILLISECONDS * 2 ** attempt);
        await this.#task.runtime.sleep(this.#service.random.int(1, most), abortSignal);
      }
    }
  }

  #attempt(
    operation: string,
    input: Record<string, unknown>,
    execute: Execute<S>,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, unknown>> {
    const caller = { name: this.#task.name, role: this.#options.role };
    return sendOnce({
      task: this.#task,
      service: this.#service,
      operation,
      input,
      effect: () => {
        const effect = () => execute(this.#service, input as never, caller);
        return this.#service.named?.(effect) ?? effect();
      },
      requestMilliseconds: this.#options.requestMilliseconds,
      slow: this.#options.slow,
      signal,
    }) as Promise<Record<string, unknown>>;
  }

  /** The SDK gives each transaction a token, the same for all its attempts. */
  #withToken(command: Command): Record<string, unknown> {
    const input = command.input as Record<string, unknown>;
    if (command.constructor !== TransactWriteItemsCommand || 'ClientRequestToken' in input) return input;
    return { ...input, ClientRequestToken: `token ${this.#task.runtime.id()}` };
  }
}

/** The SDK notes on an error, too, how often it has tried. */
function withAttempts(error: unknown, attempts: number): unknown {
  const { $metadata } = error as { $metadata?: object };
  return $metadata ? Object.assign(error as Error, { $metadata: { ...$metadata, attempts } }) : error;
}

function isRetried(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return RETRIED.has(error.name) || RETRIED_STATUSES.has($metadata?.httpStatusCode ?? 0) || 'code' in error;
}
