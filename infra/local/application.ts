import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Bookkeeping } from './bookkeeping.ts';
import { Claims } from './claims.ts';
import type { Item } from './item-text.ts';
import type { Ledger } from './ledger.ts';
import { Pause } from './pause.ts';
import { Random } from './random.ts';
import { SharedCounter } from './shared-counter.ts';
import { Writer } from './writer.ts';

export interface ApplicationProps {
  /** With the router already in it. */
  readonly client: DynamoDBClient;
  /** Name of the source table: all that an application knows. Its keys are those of `cities.ts`. */
  readonly table: string;
  readonly writers: number;
  /** Requests a second of each writer. */
  readonly ratePerWriter: number;
  readonly seed: number;
  /** Items that stand in the table: the writers share them out and change some. */
  readonly items?: readonly Item[];
}

export interface Live {
  readonly acknowledged: number;
  readonly failed: number;
  readonly contradictions: number;
  readonly longestPauseMilliseconds: number;
  /** How long the oldest write without an answer has been waiting. */
  readonly waitingMilliseconds: number;
}

export interface Application {
  live(): Live;
  /** Lets every writer finish what it has begun, and rest until `goOn`. */
  rest(): Promise<Ledger>;
  goOn(): void;
  /** Lets every writer finish what it has begun. */
  stop(): Promise<Ledger>;
}

/** New cities get numbers from here on, above those of all real ones. */
const FIRST_CITY_ID = 9_000_000_000;
const CITY_IDS_PER_WRITER = 10_000_000;
/** Share of the requests that go to hot keys: counters, then claims. */
const COUNTER_SHARE = 0.14;
const CLAIM_SHARE = 0.06;

/** Starts writers that go on until they are stopped, each with records of its own and some that all share. */
export function startApplication(props: ApplicationProps): Application {
  const { client, table, ratePerWriter, seed, items = [] } = props;
  const books = new Bookkeeping();
  const counters = (['checked', 'added'] as const).flatMap((kind) =>
    [0, 1].map((number) => new SharedCounter({ client, table, books }, kind, number)),
  );
  const claims = new Claims({ client, table, books });
  const stopping = new AbortController();
  const pause = new Pause(props.writers);

  const parts = Array.from({ length: props.writers }, (_, index) => {
    const name = `writer-${index + 1}`;
    const random = new Random(seed * 1_000 + index);
    const writer = new Writer({
      ...{ name, client, table, books, random },
      items: items.filter((_item, position) => position % props.writers === index),
      firstCityId: FIRST_CITY_ID + index * CITY_IDS_PER_WRITER,
    });
    const step = async () => {
      const chance = random.next();
      if (chance >= COUNTER_SHARE + CLAIM_SHARE) return writer.step();
      await (chance < COUNTER_SHARE ? random.pick(counters).increment(name) : claims.race(name));
      return 1;
    };
    return { writer, done: paced(step, ratePerWriter, pause, stopping.signal) };
  });

  const ledger = (): Ledger => ({
    ...books.close(),
    records: parts.flatMap(({ writer }) => writer.ledger()),
    counters: counters.map((counter) => counter.ledger()),
    claims: claims.ledger(),
  });
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
      await Promise.all(parts.map(({ done }) => done));
      return ledger();
    },
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
