import { backoffMilliseconds } from '../backoff.ts';
import { CAPACITY_KINDS, type Capacity, type CapacityKind } from '../capacity.ts';
import { HandedOverError } from '../errors.ts';
import { type ControlsRecord, SLOWDOWN_MILLISECONDS, slowdownOf } from '../journal/controls.ts';
import type { Counts } from '../journal/units.ts';
import type { UnitPhase } from '../phases.ts';
import type { Meter, Throttling } from '../stores/meter.ts';
import { CapacityAccount } from './capacity-account.ts';
import { pauseText } from './hold.ts';
import type { Migration } from './migration.ts';
import { capacityOfPages, paceOf, slowdownFrom, standingPace, workersOf } from './pace.ts';
import { StandingOrders } from './standing-orders.ts';
import { THROTTLED_BY } from './throttled.ts';

export type PacerProps = Pick<
  Migration,
  'journal' | 'runtime' | 'spec' | 'plan' | 'alarmFires' | 'handoverAt' | 'deadline'
> & {
  readonly phase: UnitPhase;
  /** Workers of the Map Run that has sent this one. Absent: it is not looked at. */
  readonly workers?: number | undefined;
  /** When that run is to end; milliseconds since the epoch. */
  readonly until?: number | undefined;
  /** No Map Run has sent this worker: it works alone, on so many units at one time. */
  readonly alone?: number | undefined;
};

/** A lease is a worker's share of some seconds, and void after them. */
const LEASE_SECONDS = 5;
/** Or more than its share: however many workers there are, the budget is not written more often. */
const MOST_LEASES_PER_SECOND = 200;
/** Nobody takes a lease that begins later than this: it would keep the others waiting if he stopped. */
const LONGEST_QUEUE_MILLISECONDS = 5_000;
/** What a page may take of a worker's share. */
const PAGE_SECONDS = 5;
/** While it waits a worker looks up now and then, in case that it is to stop. */
const NAP_MILLISECONDS = 2_000;

/** Tells one worker whether it may go on, and how fast: what a person has said, the alarm, the budget of all. */
export class Pacer implements Meter {
  readonly #props: PacerProps;
  readonly #orders: StandingOrders;
  readonly #accounts: Readonly<Record<CapacityKind, CapacityAccount>>;
  #throttled: Counts = {};

  constructor(props: PacerProps) {
    this.#props = props;
    this.#orders = new StandingOrders(props);
    const account = () => new CapacityAccount(props.runtime);
    this.#accounts = { read: account(), write: account(), request: account(), megabyte: account() };
  }

  /**
   * Whether this worker is to leave its unit, and its Map Run is to end: the migration is paused, or ended before it
   * was copied; it wants another number of workers than the run was begun with, which a run can't change; or the run
   * has lasted long enough.
   */
  async standsAside(): Promise<boolean> {
    const { phase, plan, runtime, spec, workers, until = Number.POSITIVE_INFINITY } = this.#props;
    const orders = await this.#orders.look();
    if (pauseText(orders) !== undefined || runtime.now() >= until) return true;
    if (orders.ending && phase !== 'sweep') return true;
    return workers !== undefined && workersOf(phase, plan, standingPace(spec, orders)) !== workers;
  }

  /**
   * The requests of this worker that are charged each, and how often it was throttled by what, since it was asked last.
   */
  takeCounts(): Counts {
    const throttled = this.#throttled;
    this.#throttled = {};
    const requests = this.#accounts.request.takeUsed();
    return requests === 0 ? throttled : { ...throttled, requests };
  }

  /** Gives back what this worker has taken of the budget and will not use. */
  async giveBack(): Promise<void> {
    const { budget } = this.#props.journal;
    for (const kind of CAPACITY_KINDS) {
      const { units, unitsPerSecond } = this.#accounts[kind].close();
      // Should that fail, it is only not used.
      if (units >= 1) await budget.giveBack(kind, { units, unitsPerSecond }).catch(() => undefined);
    }
  }

  /** @throws HandedOverError when the worker is to stop instead, or its time is over. */
  spend(kind: CapacityKind, units: number): Promise<void> {
    // One after the other: each finds what the one before it has left.
    const account = this.#accounts[kind];
    const spent = account.last.then(
      () => this.#spend(kind, units),
      () => this.#spend(kind, units),
    );
    account.last = spent.catch(() => undefined);
    return spent;
  }

  correct(kind: CapacityKind, units: number): void {
    this.#accounts[kind].correct(units);
  }

  async pageShare(): Promise<Capacity> {
    const orders = await this.#orders.look();
    const { alone = 1, phase } = this.#props;
    const pages = alone * this.#workers(orders);
    const shares = capacityOfPages(phase).flatMap((kind) => {
      const pace = this.#pace(kind, orders);
      return pace === undefined ? [] : [[kind, (pace * PAGE_SECONDS) / pages] as const];
    });
    return Object.fromEntries(shares);
  }

  async throttled({ kind, scope }: Throttling): Promise<void> {
    const counter = THROTTLED_BY[scope];
    this.#throttled = { ...this.#throttled, [counter]: (this.#throttled[counter] ?? 0) + 1 };
    if (scope !== 'key range') await this.#slowAll(kind, scope);
    if (await this.standsAside()) throw new HandedOverError('the worker stands aside within a step');
    this.#assertTime();
  }

  async backOff(attempts: number): Promise<void> {
    const { runtime } = this.#props;
    await runtime.sleep(backoffMilliseconds(runtime, attempts));
  }

  async #spend(kind: CapacityKind, units: number): Promise<void> {
    const account = this.#accounts[kind];
    for (;;) {
      const orders = await this.#orders.look();
      const pace = this.#pace(kind, orders);
      if (pace === undefined) return account.useFreely(units);
      const missing = units - account.left();
      if (missing <= 0) return account.use(units);
      const share = LEASE_SECONDS / this.#workers(orders);
      await this.#lease(kind, Math.max(missing, pace * Math.max(share, 1 / MOST_LEASES_PER_SECOND)), pace);
    }
  }

  /** Takes a lease and waits until it begins, or until it is worth while to ask for one again. */
  async #lease(kind: CapacityKind, units: number, unitsPerSecond: number): Promise<void> {
    const { journal, runtime } = this.#props;
    const now = runtime.now();
    const latest = now + LONGEST_QUEUE_MILLISECONDS;
    const lease = await journal.budget.take(kind, { units, unitsPerSecond, now, latest });
    if (lease.kind === 'none') {
      // Not all at once: who waits for the same moment would only be in each other's way.
      return this.#wait(lease.freeAt - LONGEST_QUEUE_MILLISECONDS + NAP_MILLISECONDS * runtime.random());
    }
    const account = this.#accounts[kind];
    account.add(units, { unitsPerSecond, milliseconds: lease.startsAt - now + LEASE_SECONDS * 1_000 });
    await this.#wait(lease.startsAt);
  }

  /** @throws HandedOverError when it is to stop, or would have to wait beyond its time. */
  async #wait(until: number): Promise<void> {
    const { runtime } = this.#props;
    for (;;) {
      if (await this.standsAside()) throw new HandedOverError('the worker stands aside within a step');
      const now = runtime.now();
      if (until <= now) return;
      this.#assertTime();
      await runtime.sleep(Math.ceil(Math.min(NAP_MILLISECONDS, until - now, this.#lastMoment - now)));
    }
  }

  #assertTime(): void {
    if (this.#props.runtime.now() >= this.#lastMoment)
      throw new HandedOverError('the time of this invocation is over within a step');
  }

  /** A step that has begun may take a part of the time that is kept for handing over. */
  get #lastMoment(): number {
    const { handoverAt, deadline } = this.#props;
    return (handoverAt + deadline) / 2;
  }

  /** Slows all workers to a part of what they use together, as if each worked like this one. */
  async #slowAll(kind: CapacityKind, scope: Throttling['scope']): Promise<void> {
    const { journal, runtime } = this.#props;
    const orders = await this.#orders.look();
    const now = runtime.now();
    const standing = orders[slowdownOf(kind)];
    const used = this.#accounts[kind].unitsPerSecond() * this.#workers(orders);
    if (used === 0 || (standing && now - standing.at < SLOWDOWN_MILLISECONDS)) return;
    const pace = this.#pace(kind, orders) ?? Number.POSITIVE_INFINITY;
    await journal.controls.slow(kind, slowdownFrom(Math.min(used, pace), standing, { now, scope }));
    this.#orders.forget();
  }

  #pace(kind: CapacityKind, orders: ControlsRecord): number | undefined {
    const { runtime, spec } = this.#props;
    return paceOf(kind, standingPace(spec, orders), orders, runtime.now());
  }

  #workers(orders: ControlsRecord): number {
    const { alone, phase, plan, spec, workers } = this.#props;
    if (alone !== undefined) return 1;
    return workers ?? workersOf(phase, plan, standingPace(spec, orders));
  }
}
