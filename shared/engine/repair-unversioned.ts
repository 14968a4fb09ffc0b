import { FIRST_EPOCH } from '../direction.ts';
import { assertPermitted, type Permit } from '../journal/gate.ts';
import type { KeyEntry } from '../journal/key-lists.ts';
import { type Cell, contentOf, type Key } from '../model.ts';
import { epochStart, versionValue } from '../version.ts';
import type { Resource } from './migration.ts';
import type { Repairing } from './repair.ts';

const ATTEMPTS = 20;
/** Longer than a request that was sent at the last moment of its permit may still take, and clocks may differ. */
const DOUBT_MILLISECONDS = 10_000;

/** While the direction is closed nobody comes to a key any more: whoever is still at it has soon done. */
const BUSY_MILLISECONDS = 1_000;

/**
 * Settles one key of a store whose cells carry no versions, from the state of both sides, the passive one first. Each
 * write is conditional on what was seen; and after each write both sides are read again, until they are equal: the
 * other side may have changed while it was copied, and what somebody else has sent may have come in between.
 *
 * Whoever writes notes it before, and takes the note back once both sides are equal and the outcome of all its requests
 * is known. So of a worker that died, or whose request is still on its way, the key stands in the list `in-doubt`: it is
 * compared again when the request can't take effect any more, and by the final recheck.
 */
export async function repairUnversioned(
  migration: Repairing,
  resource: Resource,
  key: Key,
  permit: Permit,
  closed = false,
): Promise<'equal' | 'repaired' | 'rejected'> {
  const { journal, runtime } = migration;
  const { lists } = journal;
  const { index, source, target } = resource;
  let doubt: KeyEntry | undefined;
  let written = false;
  const outOfDoubt = async () => {
    if (doubt && target.outcomesKnown(key)) await lists.remove('in-doubt', doubt);
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const quarantined = await lists.find('quarantine', index, key);
    const [cell] = (await target.read([key])) as [Cell];
    const [activeCell] = (await source.read([key])) as [Cell];
    if (await target.isSame(cell, activeCell)) {
      if (quarantined) await lists.remove('quarantine', quarantined);
      await outOfDoubt();
      return written ? 'repaired' : 'equal';
    }
    if (!doubt) {
      doubt = { resource: index, key, version: doubtOf(permit, runtime.id()) };
      await lists.add('in-doubt', [doubt]);
    }
    const item = contentOf(activeCell);
    assertPermitted(permit, runtime.now());
    const result = await target.write({
      key,
      ...(item ? { item } : {}),
      when: { kind: 'unchanged', seen: cell },
    });
    // Nobody asks who has written the passive side before a side was left.
    if (permit.epoch !== FIRST_EPOCH)
      await journal.ownWrites.note(index, key, target.requestsOf?.(key) ?? []);
    if (result.verdict === 'rejected') {
      await lists.add('quarantine', [
        { ...entryOf(migration, resource, key, permit), reason: result.reason },
      ]);
      await outOfDoubt();
      return 'rejected';
    }
    if (result.verdict === 'busy') {
      if (!closed) {
        await lists.add('recheck', [entryOf(migration, resource, key, permit)]);
        await outOfDoubt();
        return 'rejected';
      }
      await runtime.sleep(BUSY_MILLISECONDS);
      continue;
    }
    if (result.verdict === 'unconfirmed' && result.written) written = true;
    else await runtime.sleep(Math.ceil(20 * runtime.random()));
  }
  // Somebody else writes it all the time: the next round looks at it again.
  await lists.add('recheck', [entryOf(migration, resource, key, permit)]);
  return 'rejected';
}

/** Whether a write in doubt has taken effect by now, or never will. */
export function isDecided({ version }: KeyEntry, now: number): boolean {
  return Number(version.split('#', 1)[0]) < now;
}

function doubtOf({ expiresAt }: Permit, id: string): string {
  return `${expiresAt + DOUBT_MILLISECONDS}#${id}`;
}

function entryOf({ runtime }: Repairing, { index }: Resource, key: Key, { epoch }: Permit): KeyEntry {
  const version = versionValue(epochStart(epoch), 'item', Math.floor(runtime.now() / 1_000));
  return { resource: index, key, version };
}
