import { within, withinRenewed } from './attempt-limit.ts';
import type { DynamoDB } from './clients.ts';
import type { Side } from './direction.ts';
import { RouteError } from './errors.ts';
import { type Route, type RouterReport, RouteTable } from './route.ts';
import { RouteFollower } from './route-follower.ts';
import type { TablePair } from './router-attempt.ts';
import { type KillSwitch, sideNow } from './router-bypass.ts';
import { RouterReports } from './router-reports.ts';
import { type Runtime, systemRuntime } from './runtime.ts';
import { reservedAttribute } from './version.ts';

/** What is moved where: by the route, or by the bypass, which knows no more than that. */
export interface Routing
  extends Pick<Route, 'reserved' | 'switchedAt' | 'hinted'>,
    Partial<Pick<Route, 'buckets'>> {
  readonly tables: readonly TablePair[];
}

/** One attempt of a request, about to be sent. What depends on the service is its part. */
export interface RoutedRequest<T> {
  /** Its service takes requests that last longer than the time limit of an attempt, like the upload of a large body. */
  readonly mayTakeLong: boolean;
  /** What it does to the resources that are routed; undefined if it names none. @throws RouteError for what can't be routed. */
  kindIn(routing: Routing): 'read' | 'write' | undefined;
  /** Does what takes time before it can be sent to a side; undefined if nothing is left to be done. */
  prepare?(side: Side, routing: Routing): Promise<void> | undefined;
  /** Sends it as the application made it. */
  pass(): Promise<T>;
  /** Sends it to one side. @param limited gives what is sent its time limit. */
  sendTo(side: Side, routing: Routing, limited: Limited): Promise<T>;
}

/** Sends, and gives up when there is no answer in time. */
export type Limited = <A>(send: () => Promise<A>) => Promise<A>;

export interface RequestRouterProps {
  readonly migration: string;
  readonly routeTable: string;
  /** Reads the route, and reports to it. */
  readonly client: DynamoDB;
  readonly killSwitch: KillSwitch;
  /** Whose requests it routes. @default DynamoDB's */
  readonly service?: RouterReport['service'] | undefined;
  /** Tries whether the application may write the passive side. @returns why not. */
  readonly prove: (route: Route) => Promise<string | undefined>;
  readonly runtime?: Runtime | undefined;
}

/** The migration that a client follows, by its middleware, which a `DynamoDBDocumentClient` shares with it. */
const FOLLOWED = new WeakMap<object, string>();

/** Notes which migration a client follows, by its middleware. @throws RouteError if it follows another one. */
export function followFrom(middleware: object, migration: string): void {
  const followed = FOLLOWED.get(middleware) ?? migration;
  if (followed !== migration)
    throw new RouteError(
      `this client follows the route of ${followed} already: make another client for ${migration}`,
    );
  FOLLOWED.set(middleware, migration);
}

/** Decides, for each attempt of a request, which side it goes to, and holds writes behind the fence. */
export class RequestRouter {
  readonly #runtime: Runtime;
  readonly #killSwitch: KillSwitch;
  readonly #reserved: string;
  readonly #follower: RouteFollower;
  readonly #reports: RouterReports;

  constructor(props: RequestRouterProps) {
    const { migration, routeTable, client, killSwitch, prove, service, runtime = systemRuntime } = props;
    const route = new RouteTable(client, routeTable, migration, runtime);
    this.#runtime = runtime;
    this.#killSwitch = killSwitch;
    this.#reserved = reservedAttribute(migration);
    this.#reports = new RouterReports({ route, runtime, prove, service });
    this.#follower = new RouteFollower({
      route,
      name: { migration, routeTable },
      runtime,
      onUse: (used) => this.#reports.follows(used),
    });
  }

  /**
   * Sends one attempt of a request to the side that the route names now.
   * @throws RouteError when the route is missing or can't be read, when a write was held too long, and for what can't
   * be routed.
   */
  async send<T>(request: RoutedRequest<T>): Promise<T> {
    const side = sideNow(this.#killSwitch);
    if (side !== 'route') return this.#past(side, request);
    const route = await this.#routeFor(request);
    if (!route) return request.pass();
    return request.sendTo(route.active, route, (send) => this.#within(route, request, send));
  }

  /** The route under which a request may be sent now. Whatever takes time is done before the last look at it. */
  async #routeFor(request: RoutedRequest<unknown>): Promise<Route | undefined> {
    for (;;) {
      const route = await this.#follower.routeFor((routing) => request.kindIn(routing));
      const preparing = route && request.prepare?.(route.active, route);
      if (!preparing) return route;
      await preparing;
    }
  }

  #within<T>(route: Route, request: RoutedRequest<unknown>, send: () => Promise<T>): Promise<T> {
    const { attemptMilliseconds } = route;
    return request.mayTakeLong
      ? withinRenewed(this.#runtime, attemptMilliseconds, () => this.#renewal(route, request), send)
      : within(this.#runtime, attemptMilliseconds, send);
  }

  /** The time limit that a request would get if it was sent once more; undefined if it would be held or go elsewhere. */
  async #renewal(sent: Route, request: RoutedRequest<unknown>): Promise<number | undefined> {
    for (;;) {
      const now = await this.#follower.current();
      const isHeld = now.state === 'fenced' && request.kindIn(now) === 'write';
      if (isHeld || now.active !== sent.active || now.switchedAt !== sent.switchedAt) return undefined;
      const preparing = request.prepare?.(now.active, now);
      if (!preparing) return now.attemptMilliseconds;
      await preparing;
    }
  }

  /** Sends an attempt past the route, as the kill switch says: nothing is read, nothing held, nothing has a time limit. */
  async #past<T>(side: Side, request: RoutedRequest<T>): Promise<T> {
    this.#reports.isBypassed(side);
    const routing: Routing = { ...this.#killSwitch.pairs, reserved: this.#reserved };
    if (side === 'source' || request.kindIn(routing) === undefined) return request.pass();
    await request.prepare?.(side, routing);
    return request.sendTo(side, routing, (send) => send());
  }
}
