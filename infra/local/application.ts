import { setTimeout as delay } from 'node:timers/promises';
import type { Bookkeeping } from './bookkeeping.ts';
import type { Ledger } from './ledger.ts';
import { Pause } from './pause.ts';

/** How an application is doing. */
export interface Live {
  readonly acknowledged: number;
  readonly failed: number;
  readonly contradictions: number;
  readonly longestPauseMilliseconds: number;
  /** How long the oldest write without an answer has been waiting. */
  readonly waitingMilliseconds: number;
}

export interface Application<OfKind extends Ledger = Ledger> {
  live(): Live;
  /** Lets every writer finish what it has begun, and rest until `goOn`. */
  rest(): Promise<OfKind>;
  goOn(): void;
  /** Lets every writer finish what it has begun. */
  stop(): Promise<OfKind>;
}

export interface WritersProps<OfKind extends Ledger> {
  readonly books: Bookkeeping;
  /** What each writer does time and again. @returns the number of requests it took. */
  readonly writers: readonly (() => Promise<number>)[];
  /** Requests a second of each writer. */
  readonly ratePerWriter: number;
  /** What is known of all writes; asked for while nobody writes. */
  readonly ledger: () => OfKind;
}

/** Starts writers that go on until they are stopped. */
export function startWriters<OfKind extends Ledger>(props: WritersProps<OfKind>): Application<OfKind> {
  const { books, writers, ratePerWriter, ledger } = props;
  const stopping = new AbortController();
  const pause = new Pause(writers.length);
  const done = writers.map((step) => paced(step, ratePerWriter, pause, stopping.signal));
  return {
    rest: async () => {
      await pause.begin();
      return ledger();
    },
    goOn: () => pause.end(),
    live: () => ({
      acknowledged: books.acknowledged,
      failed: books.failures.length,
      contradictions: books.contradictions.length + books.twice.length,
      longestPauseMilliseconds: books.longestPauseMilliseconds(),
      waitingMilliseconds: books.waitingMilliseconds(),
    }),
    stop: async () => {
      stopping.abort();
      pause.end();
      await Promise.all(done);
      return ledger();
    },
  };
}

/** Several applications as one that somebody watches. */
export function liveTogether(applications: readonly Pick<Application, 'live'>[]): Live {
  const all = applications.map((application) => application.live());
  const sum = (of: (live: Live) => number) => all.reduce((total, live) => total + of(live), 0);
  const longest = (of: (live: Live) => number) => Math.max(0, ...all.map(of));
  return {
    acknowledged: sum((live) => live.acknowledged),
    failed: sum((live) => live.failed),
    contradictions: sum((live) => live.contradictions),
    longestPauseMilliseconds: longest((live) => live.longestPauseMilliseconds),
    waitingMilliseconds: longest((live) => live.waitingMilliseconds),
  };
}

/** Repeats a step at a rate. A step that took longer is not made up for: writers that were held don't rush afterwards. */
async function paced(
  step: () => Promise<number>,
  perSecond: number,
  pause: Pause,
  stopping: AbortSignal,
): Promise<void> {
  for (;;) {
    await pause.over();
    if (stopping.aborted) return;
    const begun = performance.now();
    const requests = await step();
    const rest = (requests * 1_000) / perSecond - (performance.now() - begun);
    await delay(Math.max(0, rest), undefined, { signal: stopping }).catch(() => undefined);
  }
}
