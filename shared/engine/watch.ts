import { ChangesGoneError } from '../errors.ts';
import { sameContent } from '../items.ts';
import { versionPrefix, versionValue } from '../version.ts';
import { type FeedReader, readerFromLastRound } from './audit.ts';
import type { SwitchFact } from './cutover.ts';
import type { AuditedMigration } from './migration.ts';
import { advanceTo } from './progress.ts';
import type { Turn } from './ready.ts';

const POLL_SECONDS = 5;
const RECORDS_PER_TURN = 50_000;

/** Changes of the source after the switch that nobody has seen: the migration stood still for too long. */
export interface UnwatchedFact {
  readonly at: number;
  readonly reason: string;
}

/**
 * One turn of the watch after the switch: whoever still writes the source is found and listed. Such a record is never
 * applied. It does not count when it changes nothing or is a removal by time to live.
 */
export async function watchForStrays(migration: AuditedMigration): Promise<Turn> {
  await advanceTo(migration, 'watch');
  const { journal, runtime, spec } = migration;
  // What is written while this turn reads, a shard read already may have: the watch is over by the turn's beginning.
  const began = runtime.now();
  const { epoch } = await journal.gate.read();
  for (const [resource, { stream }] of migration.feeds.entries()) {
    let reader: FeedReader;
    try {
      // Everything that the final recheck has read was settled before the switch; what comes after it is a stray.
      reader = await readerFromLastRound(migration, resource, 'end');
      await reader.read({ most: RECORDS_PER_TURN });
    } catch (error) {
      if (!(error instanceof ChangesGoneError)) throw error;
      // The switch stands: what nobody has seen can't be listed any more, and the report says so.
      await journal.noteFact('unwatched', { at: began, reason: error.message } satisfies UnwatchedFact);
      continue;
    }
    const strays = [...reader.last.values()].filter(
      ({ before, after, byTimeToLive }) => !byTimeToLive && !sameContent(before, after),
    );
    await journal.lists.add(
      'stray',
      strays.map(({ key, sequence, createdSecond, after }) => ({
        resource,
        key,
        version: versionValue(versionPrefix(epoch, sequence), after ? 'item' : 'tombstone', createdSecond),
        reason: 'written to the source after the switch',
      })),
    );
    await journal.shards.write(stream, reader.positions());
  }
  const switched = await journal.fact<SwitchFact>('switch');
  const switchedAt = switched?.switchedAt ?? 0;
  const over = began >= switchedAt + spec.cutover.watchSeconds * 1000;
  if (over) await advanceTo(migration, 'sweep');
  return { done: over, waitSeconds: POLL_SECONDS };
}
