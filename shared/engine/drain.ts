import { CutoverGivenUpError } from '../errors.ts';
import type { Key } from '../model.ts';
import type { Route } from '../route.ts';
import { type FeedReader, readerFromLastRound } from './audit.ts';
import { isHinted, keysNoted } from './hinted.ts';
import { type AuditedMigration, resourceOf } from './migration.ts';
import { waitForArrival } from './round.ts';

/** Silence that is taken for the end: its length, and the readings of all shards within it. */
const SILENCE_MILLISECONDS = 600;
const SILENT_READINGS = 3;
const PAUSE_MILLISECONDS = 50;
/** A record of the journal holds 400 KB. */
const MOST_SHARDS_NOTED = 1_000;

/** What the drain saw. Silence is evidence, not proof: the source stays watched. */
export interface DrainFact {
  readonly shards: number;
  readonly records: number;
  readonly keys: number;
  readonly silentMilliseconds: number;
  readonly silentReadings: number;
  /** Last sequence number of each open shard. */
  readonly last: Readonly<Record<string, string>>;
  readonly assumptions: readonly string[];
}

const ASSUMPTIONS = [
  'every writer of the source goes through a router, or wrote before the fence',
  `a record is visible in the stream within ${SILENCE_MILLISECONDS} ms after its write was answered`,
  'what is written later is seen by the watch and listed as a stray, never applied',
];

/**
 * Reads every shard past the fence to silence, and waits until each key's last record has arrived.
 * @param quietFrom from when no routed write can be on its way any more; silence counts from there.
 * @throws CutoverGivenUpError when it does not end in time.
 */
export async function drainFeeds(
  migration: AuditedMigration,
  quietFrom: number,
  until: number,
): Promise<DrainFact> {
  const { runtime } = migration;
  const readers = await readersFromLastRound(migration);
  let silentSince = quietFrom;
  let readings = 0;
  for (;;) {
    const began = runtime.now();
    // A silence that is long enough is confirmed by one more reading, of every shard that there is by then.
    const confirms = readings >= SILENT_READINGS && began - silentSince >= SILENCE_MILLISECONDS;
    const breaking = await Promise.all(readers.map((reader) => reader.read({ relist: confirms })));
    if (breaking.some((count) => count > 0)) {
      silentSince = Math.max(quietFrom, runtime.now());
      readings = 0;
    } else if (began >= silentSince && readers.every(({ atTip }) => atTip)) {
      readings++;
      if (confirms) break;
    }
    if (runtime.now() >= until)
      throw new CutoverGivenUpError('the source did not fall silent in time: somebody still writes it');
    await runtime.sleep(PAUSE_MILLISECONDS);
  }
  const silentMilliseconds = runtime.now() - silentSince;
  for (const [index, reader] of readers.entries()) {
    const late = await waitForArrival(
      migration,
      resourceOf(migration, index),
      [...reader.last.values()],
      until,
    );
    if (late.length > 0)
      throw new CutoverGivenUpError(`${late.length} changes have not arrived on the target in time`);
  }
  const positions = readers.flatMap((reader) => reader.positions());
  return {
    shards: positions.length,
    records: readers.reduce((sum, { records }) => sum + records, 0),
    keys: readers.reduce((sum, { last }) => sum + last.size, 0),
    silentMilliseconds,
    silentReadings: readings,
    last: Object.fromEntries(
      positions
        .filter(({ ended }) => !ended)
        .slice(0, MOST_SHARDS_NOTED)
        .map(({ shard, sequence }) => [shard, sequence ?? 'no record']),
    ),
    assumptions: ASSUMPTIONS,
  };
}

/** What the final recheck compares of one resource. */
export interface Touched {
  readonly keys: readonly Key[];
  /** Largest creation second among their records. */
  readonly lastSecond: number;
  /** Notes that they are settled: the watch goes on from here. */
  settled(): Promise<void>;
}

/**
 * For each resource every key touched since before the last round began, or noted by routers, and every key ever listed,
 * those of writes in doubt among them.
 * @param route as it is now.
 */
export async function readTouched(migration: AuditedMigration, route: Route): Promise<Touched[]> {
  const { lists, shards } = migration.journal;
  const listed = (
    await Promise.all(
      (['quarantine', 'recheck', 'repaired', 'oversize'] as const).map((kind) => lists.all(kind)),
    )
  ).flat();
  const readers = await readersFromLastRound(migration);
  const hinted = isHinted(migration);
  const doubts = hinted ? await lists.all('in-doubt') : [];
  const notes = hinted ? await migration.route.hints.all() : [];
  return Promise.all(
    readers.map(async (reader, index) => {
      await reader.read();
      return {
        keys: [
          ...reader.keys(),
          ...listed.filter(({ resource }) => resource === index).map(({ key }) => key),
          ...doubts.filter(({ resource }) => resource === index).map(({ key }) => key),
          ...keysNoted(resourceOf(migration, index), notes, route),
        ],
        lastSecond: reader.lastSecond,
        settled: () => shards.write(migration.feeds[index]?.stream ?? '', reader.positions()),
      };
    }),
  );
}

function readersFromLastRound(migration: AuditedMigration): Promise<FeedReader[]> {
  return Promise.all(migration.feeds.map((feed) => readerFromLastRound(migration, feed, 'start')));
}
