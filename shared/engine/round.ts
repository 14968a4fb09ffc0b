import type { Permit } from '../journal/gate.ts';
import type { KeyEntry } from '../journal/key-lists.ts';
import type { Change } from '../model.ts';
import { inParallel } from '../parallel.ts';
import { notArrived, readerFromLastRound } from './audit.ts';
import { settleHinted } from './hinted.ts';
import { type AuditedMigration, type Resource, resourceOf, type SideFeed } from './migration.ts';
import { settle } from './repair.ts';

/** Records that one round reads at most: more would not fit an invocation's memory, and the next round goes on. */
const RECORDS_PER_ROUND = 10_000;
/** How long a round waits for records to arrive before it says that they lag. */
const ARRIVAL_MILLISECONDS = 5_000;
const LISTED_KEYS_PER_ROUND = 500;
const REMOVALS_IN_FLIGHT = 16;
/**
 * Between a record's creation second and the moment by which the auditor must have seen it: the stream's own delay,
 * clocks that differ, and the second's fraction.
 */
const FLOOR_MARGIN_SECONDS = 10;

/** What a round found. */
export interface Round {
  /** Whether everything that it read has arrived on the passive side, and it read to the tip. */
  readonly complete: boolean;
  readonly records: number;
  readonly keys: number;
  readonly repaired: number;
  /** Keys that routers have noted and the final recheck would have to compare; absent if there are none. */
  readonly noted?: number;
  /** Age of the oldest record that has not arrived, in seconds; 0 if all have. */
  readonly lagSeconds: number;
  /** Age of the newest record read, in seconds, where the round has not read to the tip: what follows is as old. */
  readonly unreadSeconds?: number;
  readonly milliseconds: number;
  /** A creation second up to which every record is applied; undefined unless the round is complete. */
  readonly floorSecond?: number;
}

/**
 * One round of recheck: reads what has changed since the last round, waits until it has arrived, compares each key on
 * both sides and repairs what differs. Each round covers what changed during the one before, so rounds shrink.
 */
export async function recheckRound(migration: AuditedMigration, permit: Permit): Promise<Round> {
  const { runtime } = migration;
  const began = runtime.now();
  const rounds: Omit<Round, 'milliseconds' | 'floorSecond'>[] = [];
  for (const [index, feed] of migration.feeds.entries())
    rounds.push(await roundOfResource(migration, resourceOf(migration, index), feed, permit));
  const complete = rounds.every((round) => round.complete);
  const hinted = await settleHinted(migration, permit);
  return {
    complete,
    records: sum(rounds, 'records'),
    keys: sum(rounds, 'keys') + hinted.keys,
    repaired: sum(rounds, 'repaired') + hinted.repaired + (await settleListed(migration, permit)),
    ...(hinted.kept > 0 ? { noted: hinted.kept } : {}),
    lagSeconds: Math.max(0, ...rounds.map(({ lagSeconds }) => lagSeconds)),
    ...(complete
      ? {}
      : { unreadSeconds: Math.max(0, ...rounds.map(({ unreadSeconds = 0 }) => unreadSeconds)) }),
    milliseconds: runtime.now() - began - hinted.lettingGoMilliseconds,
    ...(complete ? { floorSecond: Math.floor(began / 1000) - FLOOR_MARGIN_SECONDS } : {}),
  };
}

async function roundOfResource(
  migration: AuditedMigration,
  resource: Resource,
  feed: SideFeed,
  permit: Permit,
) {
  const { journal, runtime } = migration;
  const reader = await readerFromLastRound(migration, feed, 'end');
  await reader.read({ most: RECORDS_PER_ROUND });
  const late = await waitForArrival(
    migration,
    resource,
    [...reader.last.values()],
    runtime.now() + ARRIVAL_MILLISECONDS,
  );
  const read = { records: reader.records, keys: reader.last.size };
  if (late.length > 0) {
    const oldest = Math.min(...late.map(({ createdSecond }) => createdSecond));
    // Never 0: what has not arrived lags, whatever the clocks say.
    return {
      ...read,
      complete: false,
      repaired: 0,
      lagSeconds: Math.max(1, runtime.now() / 1000 - oldest),
    };
  }
  const { repaired } = await settle(migration, resource, reader.keys(), permit);
  await journal.shards.write(feed.stream, reader.positions());
  return {
    ...read,
    complete: reader.atTip,
    repaired,
    lagSeconds: 0,
    ...(reader.atTip ? {} : { unreadSeconds: Math.max(1, runtime.now() / 1_000 - reader.lastSecond) }),
  };
}

/**
 * Waits until records have arrived on the passive side.
 * @returns those that have not when the time is over.
 */
export async function waitForArrival(
  migration: Pick<AuditedMigration, 'journal' | 'runtime'>,
  resource: Resource,
  changes: readonly Change[],
  until: number,
): Promise<Change[]> {
  let open = await notArrived(migration, resource, changes);
  while (open.length > 0 && migration.runtime.now() < until) {
    await migration.runtime.sleep(50);
    open = await notArrived(migration, resource, open);
  }
  return open;
}

/** Settles keys that are listed for it: quarantined ones by a repair, others by a comparison. */
async function settleListed(migration: AuditedMigration, permit: Permit): Promise<number> {
  const { lists } = migration.journal;
  let repaired = 0;
  let settled = 0;
  for await (const { resource, key } of lists.entries('quarantine')) {
    if (settled++ >= LISTED_KEYS_PER_ROUND) break;
    const quarantined = resourceOf(migration, resource);
    if ((await quarantined.repair(migration, quarantined, key, permit)) === 'repaired') repaired++;
  }
  const listed: KeyEntry[] = [];
  for await (const entry of lists.entries('recheck')) if (listed.push(entry) >= LISTED_KEYS_PER_ROUND) break;
  for (const resource of migration.resources) {
    const entries = listed.filter((entry) => entry.resource === resource.index);
    const keys = entries.map(({ key }) => key);
    repaired += (await settle(migration, resource, keys, permit)).repaired;
    await inParallel(entries, REMOVALS_IN_FLIGHT, (entry) => lists.remove('recheck', entry));
  }
  return repaired;
}

function sum<K extends string>(rounds: readonly Record<K, number>[], name: K): number {
  return rounds.reduce((total, round) => total + round[name], 0);
}
