import { activeSide, type Side } from '../direction.ts';
import { DirectionClosedError } from '../errors.ts';
import { itemText } from '../items.ts';
import type { Permit } from '../journal/gate.ts';
import type { Key } from '../model.ts';
import { inParallel } from '../parallel.ts';
import type { HintedChange } from '../stores/feed.ts';
import { epochStart, versionValue } from '../version.ts';
import { type Applying, permitToApply } from './apply.ts';
import { listHintedStrays } from './hinted-strays.ts';
import type { Resource } from './migration.ts';

const KEYS_IN_FLIGHT = 16;

/** What a side's events have named. */
export interface Hints {
  readonly side: Side;
  readonly changes: readonly HintedChange[];
}

/**
 * Settles the keys that events of a side have named. An event is believed in nothing else: it may come late, twice, out
 * of order or never, and says nothing that the key's own state on both sides does not say better. Those of the passive
 * side tell of the migrator's own writes, and of those whom nobody has told of the switch. While the direction is closed
 * they are listed, for they would come again only minutes later. It returns when every key is settled or durably listed;
 * else it throws, and the events come again.
 */
export async function settleHints(
  migration: Applying,
  resource: Resource,
  { side, changes }: Hints,
): Promise<void> {
  const { journal, runtime } = migration;
  if (side !== activeSide(journal.epoch)) return listHintedStrays(migration, resource, changes);
  const keys = changes.map(({ key }) => key);
  const distinct = [...new Map(keys.map((key) => [itemText(key), key])).values()];
  const permit = await permitOrList(migration, resource, distinct);
  if (!permit) return;
  try {
    const outcomes = await inParallel(distinct, KEYS_IN_FLIGHT, (key) =>
      resource.repair(migration, resource, key, permit),
    );
    const count = (kind: (typeof outcomes)[number]) => outcomes.filter((outcome) => outcome === kind).length;
    const counts = {
      records: keys.length,
      written: count('repaired'),
      removed: 0,
      newer: 0,
      skipped: count('equal') + keys.length - distinct.length,
      quarantined: count('rejected'),
      rechecked: 0,
    };
    // Counters only inform: the keys are settled, and their failure must not bring the events again.
    const since = Math.min(...changes.map(({ at }) => at));
    await journal.activity.add(counts, Math.max(0, runtime.now() - since) / 1_000).catch(() => undefined);
  } finally {
    await journal.gate.give(permit, resource.target.outcomesKnown());
  }
}

async function permitOrList(
  migration: Applying,
  { index }: Resource,
  keys: readonly Key[],
): Promise<Permit | undefined> {
  const { journal, runtime, deadline } = migration;
  try {
    return await permitToApply(migration, deadline);
  } catch (error) {
    if (!(error instanceof DirectionClosedError)) throw error;
    const version = versionValue(epochStart(journal.epoch), 'item', Math.floor(runtime.now() / 1_000));
    await journal.lists.add(
      'recheck',
      keys.map((key) => ({ resource: index, key, version })),
    );
    return undefined;
  }
}
