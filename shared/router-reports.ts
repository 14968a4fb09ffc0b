import type { Side } from './direction.ts';
import type { Route, RouterReport, RouteTable } from './route.ts';
import type { Way } from './router-bypass.ts';
import type { Runtime } from './runtime.ts';

const REPORT_EVERY_MILLISECONDS = 5_000;
const REPORT_LIVES_SECONDS = 30;

export interface RouterReportsProps {
  readonly route: RouteTable;
  readonly runtime: Runtime;
  readonly service?: RouterReport['service'] | undefined;
  /** Tries whether the application may write the passive side. @returns why not. */
  readonly prove: (route: Route) => Promise<string | undefined>;
}

/** What one router says of itself, from time to time and without delaying a request: the gates of the cutover hear it. */
export class RouterReports {
  readonly #route: RouteTable;
  readonly #runtime: Runtime;
  readonly #prove: RouterReportsProps['prove'];
  readonly #id: string;
  readonly #service: RouterReport['service'];
  #dueAt = 0;
  #reportedSide: Way = 'route';

  constructor({ route, runtime, prove, service }: RouterReportsProps) {
    this.#route = route;
    this.#runtime = runtime;
    this.#prove = prove;
    this.#service = service;
    this.#id = runtime.id();
  }

  /** Says that this router lives, and whether it may write the passive side. */
  follows(route: Route): void {
    if (route.final || this.#runtime.now() < this.#dueAt) return;
    this.#dueAt = this.#runtime.now() + REPORT_EVERY_MILLISECONDS;
    this.#reportedSide = 'route';
    this.#say(this.#prove(route));
  }

  /** The gate is shut as long as a router is bypassed, which would not hold a write. */
  isBypassed(side: Side): void {
    if (side === this.#reportedSide && this.#runtime.now() < this.#dueAt) return;
    this.#reportedSide = side;
    this.#dueAt = this.#runtime.now() + REPORT_EVERY_MILLISECONDS;
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
          ...(this.#service ? { service: this.#service } : {}),
          at: this.#runtime.now(),
          expiresAt: Math.ceil(this.#runtime.now() / 1000) + REPORT_LIVES_SECONDS,
        }),
      )
      .catch(() => undefined);
  }
}
