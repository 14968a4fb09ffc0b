import { isNamed, RouteError } from './errors.ts';
import { FRESH_MILLISECONDS, ROUTE_PROTOCOL, type Route, type RouteTable } from './route.ts';
import type { Runtime } from './runtime.ts';
import { SharedRead } from './shared-read.ts';

export interface RouteFollowerProps {
  readonly route: RouteTable;
  /** The route in words, for errors. */
  readonly name: { readonly migration: string; readonly routeTable: string };
  readonly runtime: Runtime;
  /** Called with each route that is acted on. */
  readonly onUse: (route: Route) => void;
}

/** What a request does to the resources of a route; undefined for one that names none of them. */
type KindIn = (route: Route) => 'read' | 'write' | undefined;

/** How long a write is held beyond the fence's deadline before the application gets an error. */
const HOLD_BEYOND_DEADLINE_MILLISECONDS = 5_000;
/** Between two looks at a fence: short at first; many processes read one route, and a partition takes 3,000 reads a second. */
const FIRST_HOLD_MILLISECONDS = 20;
const LONGEST_HOLD_MILLISECONDS = 100;
const HOLD_GROWTH = 1.25;
/** How long a request waits for a route that is not too old already when it arrives. */
const LONGEST_READING_MILLISECONDS = 30_000;
/** A process that was frozen for so long has not tried: it reads anew. */
const LEAST_READS = 10;

/** The route as one process knows it, never older than it allows, and the wait behind its fence. */
export class RouteFollower {
  readonly #route: RouteTable;
  readonly #runtime: Runtime;
  readonly #name: RouteFollowerProps['name'];
  readonly #onUse: RouteFollowerProps['onUse'];
  readonly #reading: SharedRead;
  #cached: { readonly route: Route | undefined; readonly sentAt: number } | undefined;

  constructor({ route, name, runtime, onUse }: RouteFollowerProps) {
    this.#route = route;
    this.#runtime = runtime;
    this.#name = name;
    this.#onUse = onUse;
    this.#reading = new SharedRead(() => this.#read().catch((error) => this.#explain(error)), runtime);
  }

  /**
   * The route under which a request may be sent at this moment; undefined for one that names nothing that is routed.
   * @throws RouteError when the route is missing or can't be read, and when a write was held too long.
   */
  async routeFor(kindIn: KindIn): Promise<Route | undefined> {
    let overdueSince: number | undefined;
    for (
      let pause = FIRST_HOLD_MILLISECONDS;
      ;
      pause = Math.min(pause * HOLD_GROWTH, LONGEST_HOLD_MILLISECONDS)
    ) {
      const route = await this.current();
      const kind = kindIn(route);
      if (kind === undefined) return undefined;
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
   * The route, never older than its cache time, counted from the sending of the read.
   * @throws RouteError when it is missing or can't be read.
   */
  async current(): Promise<Route> {
    const began = this.#runtime.now();
    for (let reads = 0; ; reads++) {
      const route = this.#cached?.route;
      if (this.#cached && route && this.#runtime.now() - this.#cached.sentAt < maxAge(route)) {
        this.#onUse(route);
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

  #explain(error: Error): never {
    if (error instanceof RouteError) throw error;
    throw asRouteError(`${this.#unreadable}: ${error.name}: ${error.message}`, error);
  }

  get #unreadable(): string {
    const { migration, routeTable } = this.#name;
    return `the route of ${migration} can't be read from the table ${routeTable}`;
  }
}

/** An error in a router's words. What the SDK's retries go by stays: its name, its status, its code. */
export function asRouteError(text: string, error: Error): RouteError {
  return Object.assign(new RouteError(text, { cause: error }), error, { name: error.name, message: text });
}

function maxAge({ state, cacheMilliseconds }: Route): number {
  return state === 'announced' || state === 'fenced'
    ? Math.min(FRESH_MILLISECONDS, cacheMilliseconds)
    : cacheMilliseconds;
}
