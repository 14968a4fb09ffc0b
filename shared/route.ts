import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { locationName } from './bucket-location.ts';
import type { DynamoDB } from './clients.ts';
import { otherSide, type Side } from './direction.ts';
import { CutoverGivenUpError, isNamed } from './errors.ts';
import { HintLog } from './hint-log.ts';
import { assignments, type Condition, RecordTable, type TransactUpdate } from './journal/table.ts';
import type { BucketLocation } from './model.ts';
import type { Runtime } from './runtime.ts';

/** Newest version of the agreement between route and routers that is known here. A router refuses a newer one. */
export const ROUTE_PROTOCOL = 2;
/** What a route of tables alone speaks: routers that know no buckets may follow it. */
const TABLES_PROTOCOL = 1;

export type RouteState = Side | 'announced' | 'fenced';

export interface RoutedTable {
  readonly source: string;
  readonly target: string;
  readonly keys: readonly { readonly name: string; readonly type: 'S' | 'N' | 'B' }[];
}

export interface RoutedBucket {
  readonly source: BucketLocation;
  readonly target: BucketLocation;
}

/** The names of what is moved where. */
type NamedPair = Pick<RoutedTable, 'source' | 'target'>;

/** What a route leads from and to. */
export function routedPairs({
  tables,
  buckets = [],
}: Pick<Route, 'tables' | 'buckets'>): readonly NamedPair[] {
  const named = buckets.map(({ source, target }) => ({
    source: locationName(source),
    target: locationName(target),
  }));
  return [...tables, ...named];
}

/** What is moved where, in words, and the same for the same pairs in any order. */
export function pairTexts(pairs: readonly NamedPair[]): string[] {
  return pairs.map(({ source, target }) => `${source}:${target}`).sort();
}

/** The same as one text. */
export function pairsText(pairs: readonly NamedPair[]): string {
  return pairTexts(pairs).join(' ');
}

/** Where the application's requests go: one item, written conditionally, read consistently. A missing one means refuse. */
export interface Route {
  readonly state: RouteState;
  /** The side that takes the requests now: in `announced` and `fenced` the one that is to be left. */
  readonly active: Side;
  /** Grows with each write. */
  readonly revision: number;
  readonly protocol: number;
  readonly tables: readonly RoutedTable[];
  /** Absent where there are none. Their order is that of the resources in the hints. */
  readonly buckets?: readonly RoutedBucket[];
  /** Routers note the keys of each write to a bucket before they send it: since this revision, without a break. */
  readonly hinted?: number;
  /** The reserved attribute, to be hidden from what the application reads. */
  readonly reserved: string;
  /** Longest age at which a router may act on the route, from the sending of the read. */
  readonly cacheMilliseconds: number;
  /** Longest time of one attempt of a request. */
  readonly attemptMilliseconds: number;
  /** When the last router that read longer times has let go of them; milliseconds since the epoch. */
  readonly settledAt: number;
  /** When the fence is expected: only a warning. */
  readonly fenceAt?: number;
  /** After it any router may lift the fence. */
  readonly deadline?: number;
  readonly switchedAt?: number;
  /** The migration is over: nothing is switched any more, and routers need not report. */
  readonly final?: boolean;
}

/** What a router says of itself, so that the cutover can wait for it. */
export interface RouterReport {
  readonly id: string;
  /** Whether the application's own credentials may write each target. */
  readonly ready: boolean;
  readonly reason?: string;
  /** Whose requests it routes. @default DynamoDB's */
  readonly service?: 'S3';
  readonly at: number;
  /** Seconds since the epoch, for the table's time to live: a router that is silent until then is gone. */
  readonly expiresAt: number;
}

/** Whose requests a router routes, or whose a resource takes. */
export function serviceOf({ service }: { readonly service?: RouterReport['service'] | undefined }): string {
  return service ?? 'DynamoDB';
}

/** Times while the copy runs: requests need not read the route often. */
const RELAXED = { cacheMilliseconds: 5_000, attemptMilliseconds: 5_000 };
/** Cache time from *ready* on. */
const TIGHT_CACHE_MILLISECONDS = 1_000;
/** Longest age of a route that announces or fences: with it each request reads the route anew. */
export const FRESH_MILLISECONDS = 250;
const CLOCK_MARGIN_MILLISECONDS = 2_000;
/** A switch and another write of the route may meet; either is over soon. */
const CONFLICT_ATTEMPTS = 5;
const CONFLICT_MILLISECONDS = 20;

/** The route of one migration and its transitions, each conditional on state and revision. */
export class RouteTable {
  /** What routers note of their writes to buckets. */
  readonly hints: HintLog;
  readonly #client: DynamoDB;
  readonly #table: RecordTable;
  readonly #migration: string;
  readonly #runtime: Runtime;

  constructor(client: DynamoDB, table: string, migration: string, runtime: Runtime) {
    this.hints = new HintLog(client, table, migration, runtime);
    this.#client = client;
    this.#table = new RecordTable(client, table, ['name', 'sk']);
    this.#migration = migration;
    this.#runtime = runtime;
  }

  read(): Promise<Route | undefined> {
    return this.#table.get<Route>(this.#key);
  }

  /** Creates the route, pointing at the source. @returns false if there is one. */
  create(
    tables: readonly RoutedTable[],
    reserved: string,
    buckets: readonly RoutedBucket[] = [],
  ): Promise<boolean> {
    const route: Route = {
      state: 'source',
      active: 'source',
      revision: 1,
      protocol: buckets.length > 0 ? ROUTE_PROTOCOL : TABLES_PROTOCOL,
      tables,
      ...(buckets.length > 0 ? { buckets } : {}),
      reserved,
      ...RELAXED,
      settledAt: 0,
    };
    return this.#table.put(this.#key, { ...route }, { expression: 'attribute_not_exists(#name)' });
  }

  /**
   * Removes a route: a final one has done its work, another must not be in use yet. During a cutover it stays.
   * @returns false unless it is as the caller has seen it.
   */
  async retire(seen: Route): Promise<boolean> {
    return seen.state === seen.active && this.#table.delete(this.#key, asSeen(seen));
  }

  /** Takes the route over from an earlier coordinator, whose next write is refused. */
  raise(seen: Route): Promise<Route> {
    return this.#write(seen, seen.state, {});
  }

  /** Shortens the times that routers may hold on, well before they matter. */
  tighten(seen: Route, attemptMilliseconds: number): Promise<Route> {
    return this.#write(seen, seen.state, {
      cacheMilliseconds: TIGHT_CACHE_MILLISECONDS,
      attemptMilliseconds,
      settledAt: this.#settledAt(seen),
    });
  }

  /** Has routers note the keys of what they write to buckets. From `settledAt` on, each of their writes is noted. */
  hint(seen: Route): Promise<Route> {
    return this.#write(seen, seen.state, { hinted: seen.revision + 1, settledAt: this.#settledAt(seen) });
  }

  announce(seen: Route, fenceAt: number): Promise<Route> {
    return this.#write(seen, 'announced', { fenceAt });
  }

  fence(seen: Route, deadline: number): Promise<Route> {
    return this.#write(seen, 'fenced', { deadline });
  }

  /** Gives the active side back to its writers. */
  lift(seen: Route): Promise<Route> {
    return this.#write(seen, seen.active, {}, ['hinted']);
  }

  /** The migration is over: from now on the route only says which side it ended with. */
  finish(seen: Route): Promise<Route> {
    return this.#write(seen, seen.active, { final: true, ...RELAXED }, ['hinted']);
  }

  /**
   * The switch: routes to the other side and begins the next direction, both or neither, so that nobody can open the
   * direction that ends and switch at the same time.
   * @param nextDirection moves the direction's gate on, if it is shut and as the caller left it.
   * @throws CutoverGivenUpError when state, revision or gate are not as seen.
   */
  async switch(seen: Route, nextDirection: TransactUpdate): Promise<void> {
    const writer = this.#runtime.id();
    // The same for every attempt: DynamoDB refuses a token that comes again with another request.
    const switched = this.#switched(seen, writer);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#client.send(
          new TransactWriteItemsCommand({
            ClientRequestToken: writer,
            TransactItems: [{ Update: switched }, { Update: nextDirection }],
          }),
        );
        return;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const current = await this.#table.get<Route & { writer?: string }>(this.#key);
        if (current?.writer === writer) return;
        const conflict = error.CancellationReasons?.some(({ Code }) => Code === 'TransactionConflict');
        if (!conflict || attempt >= CONFLICT_ATTEMPTS)
          throw new CutoverGivenUpError(
            'the switch was refused: the route or the gate was moved by another coordinator or lifted by a router',
            { cause: error },
          );
        await this.#runtime.sleep(CONFLICT_MILLISECONDS * attempt);
      }
    }
  }

  #switched(seen: Route, writer: string): TransactUpdate {
    const side = otherSide(seen.active);
    const values = {
      state: side,
      active: side,
      revision: seen.revision + 1,
      writer,
      switchedAt: this.#runtime.now(),
      // Nothing is to be awaited any more: requests need not read the route often.
      ...RELAXED,
    };
    return this.#table.updateOf(
      this.#key,
      `SET ${assignments(values)} REMOVE #fenceAt, #deadline, #hinted`,
      values,
      {
        expression: '#state = :fenced AND #revision = :seen',
        values: { fenced: 'fenced', seen: seen.revision },
      },
    );
  }

  /** The reports of the routers that have been heard of lately. */
  async routers(): Promise<RouterReport[]> {
    const reports = await Array.fromAsync(
      this.#table.query<Omit<RouterReport, 'id'> & { sk: string }>(this.#migration, 'router#'),
    );
    return reports
      .map(({ sk, ...report }) => ({ id: sk.slice('router#'.length), ...report }))
      .filter(({ expiresAt }) => expiresAt * 1000 > this.#runtime.now());
  }

  async report({ id, ...report }: RouterReport): Promise<void> {
    await this.#table.put({ pk: this.#migration, sk: `router#${id}` }, { ...report });
  }

  /** Writes the next state if the route is as seen. A deadline seen is part of the condition. */
  async #write(
    seen: Route,
    state: RouteState,
    changes: Partial<Route>,
    alsoRemoved: readonly (keyof Route)[] = [],
  ): Promise<Route> {
    const writer = this.#runtime.id();
    const next = { ...changes, state, revision: seen.revision + 1, writer };
    const cutover = (['fenceAt', 'deadline'] as const).filter(
      (name) => state === seen.active && !(name in changes),
    );
    const removed = [...cutover, ...alsoRemoved];
    const update = [
      `SET ${assignments(next)}`,
      ...(removed.length > 0 ? [`REMOVE ${removed.map((name) => `#${name}`).join(', ')}`] : []),
    ].join(' ');
    const written = await this.#afterConflicts(() =>
      this.#table.update<Route>(this.#key, update, next, asSeen(seen)),
    );
    if (written) return written;
    // The answer of an earlier attempt may have been lost: then the route carries this writer.
    const current = await this.#table.get<Route & { writer?: string }>(this.#key);
    if (current?.writer === writer) return current;
    throw new CutoverGivenUpError(
      `the route was changed by somebody else: it is ${current ? `${current.state} at revision ${current.revision}` : 'missing'}, expected ${seen.state} at revision ${seen.revision}`,
    );
  }

  /** A write that meets the transaction of a switch comes again after it: then its condition decides. */
  async #afterConflicts<T>(write: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await write();
      } catch (error) {
        if (!isNamed(error, 'TransactionConflictException') || attempt >= CONFLICT_ATTEMPTS) throw error;
        await this.#runtime.sleep(CONFLICT_MILLISECONDS * attempt);
      }
    }
  }

  /** When nobody acts any more on what stands in the route as it was seen. */
  #settledAt({ cacheMilliseconds, attemptMilliseconds }: Route): number {
    return this.#runtime.now() + cacheMilliseconds + attemptMilliseconds + CLOCK_MARGIN_MILLISECONDS;
  }

  get #key() {
    return { pk: this.#migration, sk: 'route' };
  }
}

function asSeen({ state, revision, deadline }: Route): Condition {
  return deadline === undefined
    ? {
        expression: '#state = :seenState AND #revision = :seenRevision',
        values: { seenState: state, seenRevision: revision },
      }
    : {
        expression: '#state = :seenState AND #revision = :seenRevision AND #deadline = :seenDeadline',
        values: { seenState: state, seenRevision: revision, seenDeadline: deadline },
      };
}
