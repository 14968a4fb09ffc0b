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
import { otherSide, type Side } from './direction.ts';
import { isNamed, RouteError } from './errors.ts';
import type { Key } from './model.ts';
import { FRESH_MILLISECONDS, ROUTE_PROTOCOL, type Route, RouteTable } from './route.ts';
import { Attempt, type TablePair } from './router-attempt.ts';
import { type Bypass, bypassProblem, pairsOf, sideNow, type Way } from './router-bypass.ts';
import { answerFor, hideReserved, type Json, renamed, renameTable } from './router-request.ts';
import { UndecidedTransactions } from './router-transactions.ts';
import { type Runtime, systemRuntime, Waker } from './runtime.ts';
import { SharedRead } from './shared-read.ts';
import { reservedAttribute } from './version.ts';

export interface RouterProps {
  /** Name of the migration. */
  readonly migration: string;
  /** Name of the stack's route table (output `RouteTable`). */
  readonly routeTable: string;
  /** The kill switch. @default none: requests always go as the route says */
  readonly bypass?: Bypass;
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
/** How long a request waits for a route that is not too old already when it arrives. */
const LONGEST_READING_MILLISECONDS = 30_000;
/** A process that was frozen for so long has not tried: it reads anew. */
const LEAST_READS = 10;
/** The migration that a client follows, by its middleware, which a `DynamoDBDocumentClient` shares with it. */
const FOLLOWED = new WeakMap<object, string>();

/**
 * Puts the router into a DynamoDB client of the AWS SDK v3: from now on each attempt of each request goes to the side
 * that the route names. It works for a `DynamoDBDocumentClient` made from the client, too.
 * @returns the same client.
 * @throws RouteError for a client that follows another migration.
 */
export function routed(client: DynamoDBClient, props: RouterProps): DynamoDBClient {
  const followed = FOLLOWED.get(client.middlewareStack) ?? props.migration;
  if (followed !== props.migration)
    throw new RouteError(
      `this client follows the route of ${followed} already: make another client for ${props.migration}`,
    );
  FOLLOWED.set(client.middlewareStack, props.migration);
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
      const attempt = new Attempt({ operation, body: request.body, input: args.input });
      const answer = await router.send(attempt, async (changed) => {
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
  readonly #bypass: Bypass | undefined;
  readonly #props: Pick<RouterProps, 'migration' | 'routeTable'>;
  readonly #reading: SharedRead;
  #cached: { readonly route: Route | undefined; readonly sentAt: number } | undefined;
  #reportDueAt = 0;
  #reportedSide: Way = 'route';

  constructor({
    migration,
    routeTable,
    client,
    bypass,
    runtime = systemRuntime,
  }: RouterProps & { readonly client: DynamoDB }) {
    this.#client = client;
    this.#runtime = runtime;
    this.#route = new RouteTable(client, routeTable, migration, runtime);
    this.#props = { migration, routeTable };
    this.#bypass = bypass;
    this.#reading = new SharedRead(() => this.#read().catch((error) => this.#explain(error)), runtime);
    this.#id = runtime.id();
    this.#transactions = new UndecidedTransactions(runtime);
  }

  /**
   * Sends one attempt of a request to the side that the route names now.
   * @throws RouteError when the route is missing or can't be read, when a write was held too long, and for what can't
   * be routed.
   */
  async send<T extends Answer>(attempt: Attempt, send: Send<T>): Promise<T> {
    const side = sideNow(this.#bypass);
    if (side !== 'route') return this.#past(side, attempt, send);
    const route = await this.#routeFor(attempt);
    if (!route) return send();
    const { active, switchedAt } = route;
    const timed: Send<T> = (changed) => this.#within(route, () => send(changed));
    // Before the first switch the source is as it always was: nothing is renamed, and there is nothing to hide.
    const asItIs = active === 'source' && switchedAt === undefined;
    const sentAt = this.#runtime.now();
    try {
      return await this.#transactions.send(active, attempt, () =>
        asItIs ? timed() : sendTo(active, route, attempt.json, timed),
      );
    } catch (error) {
      if (this.#transactions.isDone(active, attempt, error, sentAt)) return done();
      hideReserved(error, route.reserved);
      throw error;
    }
  }

  /** Sends an attempt past the route, as the kill switch says: nothing is read, nothing held, nothing has a time limit. */
  async #past<T extends Answer>(side: Side, attempt: Attempt, send: Send<T>): Promise<T> {
    this.#reportBypass(side);
    const tables = pairsOf(this.#bypass);
    if (side === 'source' || !attempt.names(tables)) return send();
    const reserved = reservedAttribute(this.#props.migration);
    const sentAt = this.#runtime.now();
    try {
      return await sendTo(side, { tables, reserved }, attempt.json, send);
    } catch (error) {
      if (this.#transactions.isDone(side, attempt, error, sentAt)) return done();
      hideReserved(error, reserved);
      throw error;
    }
  }

  /** The route under which a request may be sent at this moment; undefined for one that names no routed table. */
  async #routeFor(attempt: Attempt): Promise<Route | undefined> {
    const { kind } = attempt;
    let overdueSince: number | undefined;
    for (
      let pause = FIRST_HOLD_MILLISECONDS;
      ;
      pause = Math.min(pause * HOLD_GROWTH, LONGEST_HOLD_MILLISECONDS)
    ) {
      const route = await this.#current();
      if (!attempt.names(route.tables)) return undefined;
      if (kind === 'read' || route.state !== 'fenced') return route;
      if (this.#runtime.now() > (route.deadline ?? Number.POSITIVE_INFINITY)) {
        overdueSince ??= this.#runtime.now();
        await this.#liftOverdue(route, overdueSince);
      }
      const heldAt = this.#runtime.now();
      await this.#runtime.sleep(pause * (0.5 + this.#runtime.random()));
      // However many writes a process holds, it looks at the fence as often as for one.
      if (this.#cached && this.#cached.sentAt <= heldAt) this.#cached = undefined;
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
    const began = this.#runtime.now();
    for (let reads = 0; ; reads++) {
      const route = this.#cached?.route;
      if (this.#cached && route && this.#runtime.now() - this.#cached.sentAt < maxAge(route)) {
        this.#report(route);
        return route;
      }
      if (reads >= LEAST_READS && this.#runtime.now() - began > LONGEST_READING_MILLISECONDS)
        throw new RouteError(
          `${this.#unreadable}: for ${LONGEST_READING_MILLISECONDS / 1000} s each answer was too old when it came`,
        );
      await this.#reading.answer();
      if (!this.#cached?.route)
        throw new RouteError(
          'there is no route for this migration: create it before the application uses the router (segue route create)',
        );
    }
  }

  async #read(): Promise<void> {
    const sentAt = this.#runtime.now();
    this.#cached = { route: await this.#route.read(), sentAt };
    const protocol = this.#cached.route?.protocol ?? ROUTE_PROTOCOL;
    if (protocol <= ROUTE_PROTOCOL) return;
    // Its other fields may mean something else: nobody acts on it.
    this.#cached = undefined;
    throw new RouteError(
      `the route speaks protocol ${protocol}, this router ${ROUTE_PROTOCOL}: update the application's router`,
    );
  }

  /** What the SDK's retries go by stays: the error's name, its status, its code. */
  #explain(error: Error): never {
    if (error instanceof RouteError) throw error;
    const text = `${this.#unreadable}: ${error.name}: ${error.message}`;
    throw Object.assign(new RouteError(text, { cause: error }), error, { name: error.name, message: text });
  }

  get #unreadable(): string {
    const { migration, routeTable } = this.#props;
    return `the route of ${migration} can't be read from the table ${routeTable}`;
  }

  /** Says from time to time that this router lives, and whether it may write the targets. It never delays a request. */
  #report(route: Route): void {
    if (route.final || this.#runtime.now() < this.#reportDueAt) return;
    this.#reportDueAt = this.#runtime.now() + REPORT_EVERY_MILLISECONDS;
    this.#reportedSide = 'route';
    this.#say(this.#prove(route));
  }

  /** The gate is shut as long as a router is bypassed, which would not hold a write. */
  #reportBypass(side: Way): void {
    if (side === this.#reportedSide && this.#runtime.now() < this.#reportDueAt) return;
    this.#reportedSide = side;
    this.#reportDueAt = this.#runtime.now() + REPORT_EVERY_MILLISECONDS;
    this.#say(Promise.resolve(`it is bypassed: its requests go to the ${side}, whatever the route says`));
  }

  #say(unready: Promise<string | undefined>): void {
    // A report that fails is a router not heard of: the gate waits, the application goes on.
    void unready
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

  /**
   * Tries each kind of write on each table of the passive side with a condition that can't hold.
   * @returns why one is not allowed.
   */
  async #prove({ tables, active }: Route): Promise<string | undefined> {
    const problem = bypassProblem(this.#bypass, tables);
    if (problem !== undefined) return problem;
    const passive = otherSide(active);
    for (const { [passive]: table, keys } of tables) {
      const key: Key = Object.fromEntries(
        keys.map(({ name, type }) => [
          name,
          type === 'N' ? { N: '0' } : type === 'B' ? { B: Buffer.from('segue') } : { S: 'segue' },
        ]),
      );
      const condition = {
        TableName: table,
        ConditionExpression: 'attribute_exists(#k) AND attribute_not_exists(#k)',
        ExpressionAttributeNames: { '#k': keys[0]?.name as string },
      };
      try {
        await neverHolds(this.#client.send(new PutItemCommand({ ...condition, Item: key })));
        await neverHolds(this.#client.send(new DeleteItemCommand({ ...condition, Key: key })));
        await neverHolds(this.#client.send(new UpdateItemCommand({ ...condition, Key: key })));
      } catch (error) {
        return `${table}: ${(error as Error).name}: ${(error as Error).message}`;
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

interface Sides {
  readonly tables: readonly TablePair[];
  readonly reserved: string;
}

/** Sends a request to one side's tables, and answers under the names that the application knows, without versions. */
async function sendTo<T extends Answer>(
  side: Side,
  { tables, reserved }: Sides,
  body: Json,
  send: Send<T>,
): Promise<T> {
  const toSide = new Map(tables.map(({ source, [side]: table }) => [source, table]));
  const asAsked = new Map(tables.map(({ source, [side]: table }) => [table, source]));
  const sent = renamed(body, (table) => renameTable(table, toSide));
  const answer = await send(sent);
  const output = answerFor(answer.output, reserved, (table) => renameTable(table, asAsked));
  return { ...answer, output };
}

/** The answer of a transaction that was done before. */
function done<T extends Answer>(): T {
  return { output: { $metadata: {} } } as unknown as T;
}

function maxAge({ state, cacheMilliseconds }: Route): number {
  return state === 'announced' || state === 'fenced'
    ? Math.min(FRESH_MILLISECONDS, cacheMilliseconds)
    : cacheMilliseconds;
}

async function neverHolds(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  }
}
