import { FIRST_EPOCH } from '../direction.ts';
import type { Permit } from '../journal/gate.ts';
import { chunks, inParallel } from '../parallel.ts';
import { type Resource, resourceOf } from './migration.ts';
import { type Repairing, settle } from './repair.ts';
import { isDecided } from './repair-unversioned.ts';

const KEYS_AT_ONCE = 500;
const REMOVALS_IN_FLIGHT = 16;

/**
 * Compares the keys of writes whose outcome nobody came to know, once these can't take effect any more.
 * @param closed the direction is closed and no permit is out: then all of them are decided.
 * @returns how many were compared, and how many of them were repaired.
 */
export async function settleDoubts(
  migration: Repairing & { readonly resources: readonly Resource[] },
  permit: Permit,
  closed = false,
): Promise<{ readonly keys: number; readonly repaired: number }> {
  const { journal, runtime } = migration;
  const listed = await journal.lists.all('in-doubt');
  const decided = listed.filter((entry) => closed || isDecided(entry, runtime.now()));
  let repaired = 0;
  for (const some of chunks(decided, KEYS_AT_ONCE)) {
    for (const index of new Set(some.map(({ resource }) => resource))) {
      const resource = resourceOf(migration, index);
      const keys = some.filter((entry) => entry.resource === index).map(({ key }) => key);
      repaired += (await settle(migration, resource, keys, permit, closed)).repaired;
    }
    await inParallel(some, REMOVALS_IN_FLIGHT, async (entry) => {
      if (journal.epoch !== FIRST_EPOCH) await journal.ownWrites.noteAny(entry.resource, entry.key);
      await journal.lists.remove('in-doubt', entry);
    });
  }
  return { keys: decided.length, repaired };
}
