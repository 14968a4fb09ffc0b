import { FIRST_EPOCH } from '../direction.ts';
import type { KeyEntry } from '../journal/key-lists.ts';
import { inParallel } from '../parallel.ts';
import type { HintedChange } from '../stores/feed.ts';
import { epochStart, versionValue } from '../version.ts';
import type { Applying } from './apply.ts';
import type { RecheckFact } from './cutover.ts';
import type { Resource } from './migration.ts';
import { differences } from './repair.ts';
import { strayReason } from './strays.ts';

const KEYS_IN_FLIGHT = 16;
/** The store's clock and that of who made the cutover may differ by so much, and events tell whole seconds. */
const CLOCKS_MILLISECONDS = 2_000;
const SECOND_MILLISECONDS = 1_000;

/**
 * What events tell of the passive side. After a switch whoever still writes the side that was left is found and listed;
 * while there is a way back, the key is made equal again. An event does not say who has written, only by which request,
 * so nobody is accused unless the request can't have been the migrator's: it was none of a kind that it makes; or it is
 * none that the migrator has noted, no write of the migrator's is in doubt, and both sides differ.
 */
export async function listHintedStrays(
  migration: Applying,
  resource: Resource,
  changes: readonly HintedChange[],
): Promise<void> {
  const { journal } = migration;
  const { epoch, lists } = journal;
  if (epoch === FIRST_EPOCH) return;
  const before = journal.inEpoch(epoch - 1);
  const { readAt = Number.POSITIVE_INFINITY } = (await before.direction.fact<RecheckFact>('recheck')) ?? {};
  // What was there when the last recheck read is settled: it was written before the switch, by whom it was allowed.
  const late = changes.filter(({ at }) => at + SECOND_MILLISECONDS >= readAt - CLOCKS_MILLISECONDS);
  const found = await inParallel(late, KEYS_IN_FLIGHT, async (change) => {
    const isAfter = change.at >= readAt + CLOCKS_MILLISECONDS;
    const finding = await findingOf(migration, resource, change);
    return {
      entry: entryOf(epoch, resource, change),
      finding: finding === 'stray' && !isAfter ? 'differs' : finding,
    };
  });
  const entriesOf = (...findings: readonly Found[]) =>
    found.filter(({ finding }) => findings.includes(finding as Found)).map(({ entry }) => entry);
  await lists.add('stray', entriesOf('stray'));
  await lists.add('recheck', entriesOf('stray', 'differs'));
}

/** `differs`: nobody can be blamed, but it must be there for whoever goes back. */
type Found = 'stray' | 'differs' | 'nothing';

async function findingOf(
  { journal }: Applying,
  resource: Resource,
  { key, request, by }: HintedChange,
): Promise<Found> {
  if (by === 'others') return 'stray';
  const { index } = resource;
  if ((await journal.ownWrites.isOwn(index, key, request)) === true) return 'nothing';
  if ((await differences(resource, [key])).length === 0) return 'nothing';
  if (by === 'expiry' || (await journal.lists.has('in-doubt', index, key))) return 'differs';
  // Noted before its key is out of doubt: now it is known.
  const isOwn = await journal.ownWrites.isOwn(index, key, request);
  if (isOwn === true) return 'nothing';
  return isOwn === 'perhaps' ? 'differs' : 'stray';
}

function entryOf(epoch: number, { index }: Resource, { key, at }: HintedChange): KeyEntry {
  const version = versionValue(epochStart(epoch), 'item', Math.floor(at / 1_000));
  return { resource: index, key, version, reason: strayReason(epoch) };
}
