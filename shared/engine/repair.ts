import { itemText, sameContent } from '../items.ts';
import { assertPermitted, type Permit } from '../journal/gate.ts';
import { type Cell, contentOf, type Key } from '../model.ts';
import { chunks, inParallel } from '../parallel.ts';
import type { WriteResult } from '../stores/store.ts';
import { epochStart, laterPrefix, parseVersion, versionValue } from '../version.ts';
import type { Migration, Resource } from './migration.ts';

const KEYS_IN_FLIGHT = 16;
/** A change may be in flight: a difference is looked at this often before it counts. */
const LOOKS = 4;
const ATTEMPTS = 20;
const KEYS_COMPARED_AT_ONCE = 400;

export type Repairing = Pick<Migration, 'journal' | 'runtime'>;

export interface SettleResult {
  /** Keys that differed and were repaired. */
  readonly repaired: number;
  /** Keys that can't be written and stay in quarantine. */
  readonly rejected: number;
}

/**
 * Makes one key of the passive side what it is on the active one. How depends on what the cells carry: `repairKey` is
 * the rule where they have versions, `repairUnversioned` where they have none.
 */
export type Repair = (
  migration: Repairing,
  resource: Resource,
  key: Key,
  permit: Permit,
  closed?: boolean,
) => Promise<'equal' | 'repaired' | 'oversize' | 'rejected'>;

/**
 * Compares keys of both sides and repairs those that stay different.
 * @param closed the direction is closed: nothing is in flight, and items too large for a version may be written.
 */
export async function settle(
  migration: Repairing,
  resource: Resource,
  keys: readonly Key[],
  permit: Permit,
  closed = false,
): Promise<SettleResult> {
  let differing = await differences(resource, keys);
  for (let look = 1; look < LOOKS && !closed && differing.length > 0; look++) {
    await migration.runtime.sleep(100 * 2 ** look);
    differing = await differences(resource, differing);
  }
  const outcomes = await inParallel(differing, KEYS_IN_FLIGHT, (key) =>
    resource.repair(migration, resource, key, permit, closed),
  );
  return {
    repaired: outcomes.filter((outcome) => outcome === 'repaired').length,
    rejected: outcomes.filter((outcome) => outcome === 'rejected').length,
  };
}

/** The keys whose content is not the same on both sides. The passive side is read first. */
export async function differences({ source, target }: Resource, keys: readonly Key[]): Promise<Key[]> {
  const distinct = [...new Map(keys.map((key) => [itemText(key), key])).values()];
  const found: Key[] = [];
  // In portions: the items of both sides are held in memory.
  for (const some of chunks(distinct, KEYS_COMPARED_AT_ONCE)) found.push(...(await differing(some)));
  return found;

  async function differing(some: readonly Key[]): Promise<Key[]> {
    const cells = await target.read(some);
    const active = await source.read(some);
    const found: Key[] = [];
    for (const [index, key] of some.entries()) {
      const same = target.isSame(cells[index] as Cell, active[index] as Cell);
      // Awaited only where bytes have to be read.
      if (!(typeof same === 'boolean' ? same : await same)) found.push(key);
    }
    return found;
  }
}

/**
 * Repairs one key. In this order, for the write is conditional on what was read first: the quarantine entry, the
 * passive cell, the active side. The write carries the highest version known before the active side was read; absence
 * is a tombstone; a quarantined key is stamped even when equal.
 */
export async function repairKey(
  migration: Repairing,
  resource: Resource,
  key: Key,
  permit: Permit,
  closed = false,
): Promise<'equal' | 'repaired' | 'oversize' | 'rejected'> {
  const { journal, runtime } = migration;
  const { lists } = journal;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const entry = await lists.find('quarantine', resource.index, key);
    const [cell] = (await resource.target.read([key])) as [Cell];
    const [activeCell] = (await resource.source.read([key])) as [Cell];
    const item = contentOf(activeCell);
    const equal = sameContent(contentOf(cell), item);
    if (equal && !entry) return 'equal';

    const version = stamp(
      cell,
      entry?.version,
      item ? 'item' : 'tombstone',
      permit.epoch,
      Math.floor(runtime.now() / 1000),
    );
    const listed = { resource: resource.index, key, version };
    await lists.add('repaired', [listed]);
    if (!item) await lists.add('tombstone', [listed]);

    assertPermitted(permit, runtime.now());
    const write = { key, ...(item ? { item } : {}), when: { kind: 'unchanged', seen: cell } } as const;
    let result: WriteResult = await resource.target.write({ ...write, version });
    let oversize = false;
    if (result.verdict === 'rejected' && result.oversize) {
      oversize = true;
      await lists.add('oversize', [listed]);
      // Without a version it could be overwritten by an old record: only once the direction is closed.
      if (closed) result = await resource.target.write(write);
    }
    if (result.verdict === 'newer') {
      await runtime.sleep(Math.ceil(20 * runtime.random()));
      continue;
    }
    if (result.verdict === 'rejected' && (closed || !oversize)) {
      await lists.add('quarantine', [{ ...listed, reason: `repair: ${result.reason}` }]);
      return 'rejected';
    }
    if (entry) await lists.remove('quarantine', entry);
    return oversize && !closed ? 'oversize' : 'repaired';
  }
  // Somebody else writes it all the time: the next round looks at it again.
  const version = versionValue(epochStart(permit.epoch), 'item', Math.floor(runtime.now() / 1000));
  await lists.add('recheck', [{ resource: resource.index, key, version }]);
  return 'rejected';
}

/**
 * The reserved value of a repair: the highest version that the cell and the quarantine know, or the start of the epoch.
 * Its second is later than that of what it repairs, so that its own record is told from one that somebody else wrote
 * over the cell with the value that he had read.
 */
function stamp(
  cell: Cell,
  quarantined: string | undefined,
  kind: 'item' | 'tombstone',
  epoch: number,
  now: number,
): string {
  const seen = cell.kind === 'absent' ? undefined : cell.version;
  const known = [seen, quarantined].filter((value) => value !== undefined);
  const prefix = known.reduce(laterPrefix, epochStart(epoch));
  const knownSeconds = known.map((value) => parseVersion(value)?.createdSecond ?? 0);
  return versionValue(prefix, kind, Math.max(now, ...knownSeconds.map((second) => second + 1)));
}
