import { activeSide, FIRST_EPOCH, passiveSide } from '../direction.ts';
import { ChangesGoneError } from '../errors.ts';
import { sameContent } from '../items.ts';
import type { KeyEntry } from '../journal/key-lists.ts';
import type { Change } from '../model.ts';
import { parseVersion, versionPrefix, versionValue } from '../version.ts';
import { type FeedReader, readerFromLastRound } from './audit.ts';
import type { AuditedMigration } from './migration.ts';

const RECORDS_PER_TURN = 50_000;

/** Changes of the passive side that nobody has seen: the migration stood still for too long. */
export interface UnwatchedFact {
  readonly at: number;
  readonly reason: string;
}

/** How far the changes of the passive side were read. */
export interface PassiveReading {
  readonly atTip: boolean;
  /** Why some of them can't be read any more. */
  readonly gone?: string;
}

/**
 * Reads what has happened on the passive side. After a switch whoever still writes the side that was left is found and
 * listed; such a record is never applied, and while there is a way back, the side is made equal again. Before the first
 * switch nobody is accused, for copied items carry no version: the reading only keeps its place, so that the auditor
 * goes on there once that side is active.
 */
export async function watchPassiveSide(migration: AuditedMigration): Promise<PassiveReading> {
  const { journal, runtime } = migration;
  const began = runtime.now();
  let atTip = true;
  let gone: string | undefined;
  for (const [resource, feed] of migration.passiveFeeds.entries()) {
    if (!feed) continue;
    let reader: FeedReader;
    try {
      // Everything that the final recheck has read was settled before the switch; what comes after it is a stray.
      reader = await readerFromLastRound(migration, feed, 'end');
      await reader.read({ most: RECORDS_PER_TURN });
    } catch (error) {
      if (!(error instanceof ChangesGoneError)) throw error;
      // The switch stands: what nobody has seen can't be listed any more, and the report says so.
      await journal.direction.noteFact('unwatched', {
        at: began,
        reason: error.message,
      } satisfies UnwatchedFact);
      gone = error.message;
      continue;
    }
    atTip &&= reader.atTip;
    if (journal.epoch !== FIRST_EPOCH) await listStrays(migration, resource, [...reader.last.values()]);
    await journal.shards.write(feed.stream, reader.positions());
  }
  return { atTip: atTip && gone === undefined, ...(gone === undefined ? {} : { gone }) };
}

async function listStrays(
  { journal }: AuditedMigration,
  resource: number,
  changes: readonly Change[],
): Promise<void> {
  const { epoch, lists } = journal;
  const entries: (KeyEntry & { readonly byTimeToLive: boolean })[] = [];
  for (const change of changes) {
    const { key, sequence, createdSecond, after, byTimeToLive } = change;
    if (sameContent(change.before, after) || isOwn(change, epoch)) continue;
    // Written without a version by a final recheck, because it is too large for one.
    if (await lists.find('oversize', resource, key)) continue;
    entries.push({
      resource,
      key,
      version: versionValue(versionPrefix(epoch, sequence), after ? 'item' : 'tombstone', createdSecond),
      reason: strayReason(epoch),
      byTimeToLive,
    });
  }
  // Nobody is to blame for what was removed by time to live, but it must be there for whoever goes back.
  await lists.add(
    'stray',
    entries.filter(({ byTimeToLive }) => !byTimeToLive),
  );
  await lists.add('recheck', entries);
}

export function strayReason(epoch: number): string {
  return `written to the ${passiveSide(epoch)} while the ${activeSide(epoch)} was active`;
}

/** Nobody but the migrator writes a version of this epoch that is later than the one that stood there. */
function isOwn({ versionBefore, versionAfter }: Change, epoch: number): boolean {
  const after = parseVersion(versionAfter ?? '');
  if (after?.epoch !== epoch) return false;
  const before = parseVersion(versionBefore ?? '');
  if (!before || before.prefix !== after.prefix) return !before || before.prefix < after.prefix;
  // A repair keeps the version of what it repairs, with a later second.
  return before.createdSecond < after.createdSecond;
}
