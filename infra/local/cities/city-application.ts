import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Application, startWriters } from '../application.ts';
import { Bookkeeping } from '../bookkeeping.ts';
import { Random } from '../random.ts';
import type { CityLedger } from './city-ledger.ts';
import { CityWriter } from './city-writer.ts';
import { Claims } from './claims.ts';
import type { Item } from './item-text.ts';
import { SharedCounter } from './shared-counter.ts';

export interface CityApplicationProps {
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

/** New cities get numbers from here on, above those of all real ones. */
const FIRST_CITY_ID = 9_000_000_000;
const CITY_IDS_PER_WRITER = 10_000_000;
/** Share of the requests that go to hot keys: counters, then claims. */
const COUNTER_SHARE = 0.14;
const CLAIM_SHARE = 0.06;

/** Starts the application of a table: writers with records of their own, and some that all share. */
export function startCityApplication(props: CityApplicationProps): Application<CityLedger> {
  const { client, table, ratePerWriter, seed, items = [] } = props;
  const books = new Bookkeeping();
  const connection = { client, table, books };
  const counters = (['checked', 'added'] as const).flatMap((kind) =>
    [0, 1].map((number) => new SharedCounter(connection, kind, number)),
  );
  const claims = new Claims(connection);

  const parts = Array.from({ length: props.writers }, (_, index) => {
    const name = `writer-${index + 1}`;
    const random = new Random(seed * 1_000 + index);
    const writer = new CityWriter({
      ...{ ...connection, name, random },
      items: items.filter((_item, position) => position % props.writers === index),
      firstCityId: FIRST_CITY_ID + index * CITY_IDS_PER_WRITER,
    });
    const step = async () => {
      const chance = random.next();
      if (chance >= COUNTER_SHARE + CLAIM_SHARE) return writer.step();
      await (chance < COUNTER_SHARE ? random.pick(counters).increment(name) : claims.race(name));
      return 1;
    };
    return { writer, step };
  });
  return startWriters({
    ...{ books, ratePerWriter, writers: parts.map(({ step }) => step) },
    ledger: () => ({
      ...books.close(),
      records: parts.flatMap(({ writer }) => writer.ledger()),
      counters: counters.map((counter) => counter.ledger()),
      claims: claims.ledger(),
    }),
  });
}
