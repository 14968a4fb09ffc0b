import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { FinalizeRequestMiddleware } from '@smithy/types';
import type { DynamoDB } from './clients.ts';
import { isNamed, RouteError } from './errors.ts';
import { withoutAttribute } from './items.ts';
import type { Item, Key } from './model.ts';
import { FRESH_MILLISECONDS, ROUTE_PROTOCOL, type Route, RouteTable } from './route.ts';
import { RequestBody } from './router-body.ts';
import {
  answerFor,
  assertNoneNamed,
  type Json,
  type RequestKind,
  renamed,
  requestKind,
  tableName,
} from './router-request.ts';
import { UndecidedTransactions } from './router-transactions.ts';
import { type Runtime, systemRuntime, Waker } from './runtime.ts';

export interface RouterProps {
  /** Name of the migration. */
  readonly migration: string;
  /** Name of the stack's route table (output `RouteTable`). */
  readonly routeTable: string;
  /** @default the system's clock and randomness */
  readonly runtime?: Runtime;
}

/** How long a write is held beyond the fence's deadline before the application gets an error. */
const HOLD_BEYOND_DEADLINE_MILLISECONDS = 5_000;
/** Between two looks at a fence: short at first; many processes read one route, and a partition takes 3,000 reads a second. */
const FIRST_HOLD_MILLISECONDS = 20;
const LONGEST_HOLD_MILLISECONDS = 100;
const HOLD_GROWTH = 1.25;
const REPORT_EVERY_MILLISECONDS = 5_000;
const REPORT_LIVES_SECONDS = 30;

/**
 * Puts the router into a DynamoDB client of the AWS SDK v3: from now on each attempt of each request goes to the side
 * that the route names. It works for a `DynamoDBDocumentClient` made from the client, too.
 * @returns the same client.
 */
export function routed(client: DynamoDBClient, props: RouterProps): DynamoDBClient {
  const own = new WeakSet<object>();
  const direct: DynamoDB = {
    send: ((command: Parameters<DynamoDBClient['send']>[0]) => {
      own.add(command.input);
      return client.send(command);
    }) as DynamoDB['send'],
  };
  const router = new Router({ ...props, client: direct });
  const middleware: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> =
    (next, context) => async (args) => {
      if (own.has(args.input)) return next(args);
      const request = args.request as { readonly body?: unknown; readonly headers: Record<string, string> };
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      const body = new RequestBody(request.body, args.input);
      const answer = await router.attempt(operation, body, async (changed) => {
        // Each attempt gets a request of its own: an earlier one may still be on its way.
        const { response, output } = await next({
          ...args,
          request: Object.assign(
            Object.create(Object.getPrototypeOf(request)),
            request,
            changed ? withBody(request, changed) : { headers: { ...request.headers } },
          ),
        });
        return { response, output: output as unknown as Record<string, unknown> };
      });
      return answer as unknown as Awaited<ReturnType<typeof next>>;
    };
  // Inside the SDK's retries, so that each attempt is routed anew; before the signature, which covers the table's name.
  client.middlewareStack.addRelativeTo(middleware, {
    name: 'segueRouter',
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
    override: true,
  });
  return client;
}

function withBody({ headers }: { readonly headers: Record<string, string> }, changed: Json) {
  const body = JSON.stringify(changed);
  return { body, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } };
}

interface Answer {
  readonly output: Json;
}

/** Sends an attempt: as the application made it, or with another body. */
type Send<T extends Answer> = (changed?: Json) => Promise<T>;

/** Decides, for each attempt of a request, which side it goes to, and holds writes behind the fence. */
export class Router {
  readonly #route: RouteTable;
  readonly #client: DynamoDB;
  readonly #runtime: Runtime;
  readonly #id: string;
  readonly #transactions: UndecidedTransactions;
  #cached: { readonly route: Route | undefined; readonly sentAt: number } | undefined;
  #reading: Promise<void> | undefined;
  #reportDueAt = 0;

  constructor({
    migration,
    routeTable,
    client,
    runtime = systemRuntime,
  }: RouterProps & { readonly client: DynamoDB }) {
    this.#client = client;
    this.#runtime = runtime;
    this.#route = new RouteTable(client, routeTable, migration, runtime);
    this.#id = runtime.id();
    this.#transactions = new UndecidedTransactions(runtime);
  }

  /**
   * Sends one attempt of a request to the side that the route names now.
   * @throws RouteError when there is no route, or a write was held too long.
   */
  async attempt<T extends Answer>(operation: string, body: RequestBody, send: Send<T>): Promise<T> {
    const route = await this.#routeFor(requestKind(operation), operation, body);
    if (!route) return send();
    try {
      return route.state === 'target'
        ? await this.#toTarget(route, body.json, send)
        : await this.#transactions.send(body, () => this.#within(route, send));
    } catch (error) {
      hideReserved(error, route.reserved);
      throw error;
    }
  }

  async #toTarget<T extends Answer>(route: Route, body: Json, send: Send<T>): Promise<T> {
    const toTarget = new Map(route.tables.map(({ source, target }) => [source, target]));
    const toSource = new Map(route.tables.map(({ source, target }) => [target, source]));
    const sent = renamed(body, (table) => renameTable(table, toTarget));
    const sentAt = this.#runtime.now();
    try {
      const answer = await this.#within(route, () => send(sent));
      const output = answerFor(answer.output, route.reserved, (table) => renameTable(table, toSource));
      return { ...answer, output };
    } catch (error) {
      if (this.#transactions.isDone(body, error, sentAt))
        return { output: { $metadata: {} } } as unknown as T;
      throw error;
    }
  }

  /** The route under which a request may be sent at this moment; undefined for one that names no routed table. */
  async #routeFor(kind: RequestKind, operation: string, body: RequestBody): Promise<Route | undefined> {
    let overdueSince: number | undefined;
    for (
      let pause = FIRST_HOLD_MILLISECONDS;
      ;
      pause = Math.min(pause * HOLD_GROWTH, LONGEST_HOLD_MILLISECONDS)
    ) {
      const route = await this.#current();
      if (kind === 'statement') assertNoneNamed(operation, body.json, route.tables);
      if (kind === 'statement' || kind === 'other' || !body.namesOneOf(route.tables)) return undefined;
      if (kind === 'read' || route.state !== 'fenced') return route;
      if (this.#runtime.now() > (route.deadline ?? Number.POSITIVE_INFINITY)) {
        overdueSince ??= this.#runtime.now();
        await this.#liftOverdue(route, overdueSince);
      }
      await this.#runtime.sleep(pause * (0.5 + this.#runtime.random()));
      this.#cached = undefined;
    }
  }

  /**
   * Lifts a fence whose deadline is over: the switch has not come, and nobody is left hanging. The condition decides
   * between this lift, another router's and the switch; whoever loses reads the route again.
   * @throws RouteError when this write could not even try it for too long.
   */
  async #liftOverdue(route: Route, since: number): Promise<void> {
    try {
      await this.#route.lift(route);
    } catch (error) {
      if (isNamed(error, 'CutoverGivenUpError')) return;
      if (this.#runtime.now() - since < HOLD_BEYOND_DEADLINE_MILLISECONDS) return;
      throw new RouteError(
        'a write was held behind the fence beyond its deadline, and the fence could not be lifted',
        { cause: error },
      );
    }
  }

  /** The route, never older than its cache time, counted from the sending of the read. */
  async #current(): Promise<Route> {
    for (;;) {
      const route = this.#cached?.route;
      if (this.#cached && route && this.#runtime.now() - this.#cached.sentAt < maxAge(route)) {
        this.#report(route);
        return route;
      }
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
      if (!this.#cached?.route)
        throw new RouteError(
          'there is no route for this migration: create it before the application uses the router (segue route create)',
        );
      if (this.#cached.route.protocol > ROUTE_PROTOCOL)
        throw new RouteError(
          `the route speaks protocol ${this.#cached.route.protocol}, this router ${ROUTE_PROTOCOL}: update the application's router`,
        );
    }
  }

  async #read(): Promise<void> {
    const sentAt = this.#runtime.now();
    this.#cached = { route: await this.#route.read(), sentAt };
  }

  /** Says from time to time that this router lives, and whether it may write the targets. It never delays a request. */
  #report(route: Route): void {
    if (route.state === 'target' || this.#runtime.now() < this.#reportDueAt) return;
    this.#reportDueAt = this.#runtime.now() + REPORT_EVERY_MILLISECONDS;
    // A report that fails is a router not heard of: the gate waits, the application goes on.
    void this.#prove(route)
      .then((reason) =>
        this.#route.report({
          id: this.#id,
          ready: reason === undefined,
          ...(reason === undefined ? {} : { reason }),
          at: this.#runtime.now(),
          expiresAt: Math.ceil(this.#runtime.now() / 1000) + REPORT_LIVES_SECONDS,
        }),
      )
      .catch(() => undefined);
  }

  /** Tries each kind of write on each target with a condition that can't hold. @returns why one is not allowed. */
  async #prove({ tables }: Route): Promise<string | undefined> {
    for (const { target, keys } of tables) {
      const key: Key = Object.fromEntries(
        keys.map(({ name, type }) => [
          name,
          type === 'N' ? { N: '0' } : type === 'B' ? { B: Buffer.from('segue') } : { S: 'segue' },
        ]),
      );
      const condition = {
        TableName: target,
        ConditionExpression: 'attribute_exists(#k) AND attribute_not_exists(#k)',
        ExpressionAttributeNames: { '#k': keys[0]?.name as string },
      };
      try {
        await neverHolds(this.#client.send(new PutItemCommand({ ...condition, Item: key })));
        await neverHolds(this.#client.send(new DeleteItemCommand({ ...condition, Key: key })));
        await neverHolds(this.#client.send(new UpdateItemCommand({ ...condition, Key: key })));
      } catch (error) {
        return `${target}: ${(error as Error).name}: ${(error as Error).message}`;
      }
    }
    return undefined;
  }

  /** Gives an attempt its time limit. What is sent may still take effect later: the drain waits for this bound. */
  async #within<T>({ attemptMilliseconds: milliseconds }: Route, send: () => Promise<T>): Promise<T> {
    const answered = new Waker();
    return new Promise<T>((resolve, reject) => {
      send()
        .then(resolve, reject)
        .finally(() => answered.wake());
      void this.#runtime.sleep(milliseconds, answered.signal).then(() => {
        if (answered.aborted) return;
        // The SDK takes an error of this name for a transient one and tries again.
        reject(
          Object.assign(new RouteError(`no answer within ${milliseconds} ms`), { name: 'TimeoutError' }),
        );
      });
    });
  }
}

function maxAge({ state, cacheMilliseconds }: Route): number {
  return state === 'announced' || state === 'fenced'
    ? Math.min(FRESH_MILLISECONDS, cacheMilliseconds)
    : cacheMilliseconds;
}

function renameTable(table: string, names: ReadonlyMap<string, string>): string {
  const name = tableName(table);
  return table.slice(0, table.length - name.length) + (names.get(name) ?? name);
}

/** A failed condition may carry the item that stood in its way. */
function hideReserved(error: unknown, reserved: string): void {
  const carriers = [error, ...((error as { CancellationReasons?: unknown[] }).CancellationReasons ?? [])];
  for (const carrier of carriers as { Item?: Item }[])
    if (carrier.Item) carrier.Item = withoutAttribute(carrier.Item, reserved);
}

async function neverHolds(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  }
}
