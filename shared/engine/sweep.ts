import { activeSide, FIRST_EPOCH, passiveSide } from '../direction.ts';
import { CutoverGivenUpError, PermanentError } from '../errors.ts';
import { itemText } from '../items.ts';
import type { Permit, PermitKind } from '../journal/gate.ts';
import type { KeyEntry } from '../journal/key-lists.ts';
import type { Key } from '../model.ts';
import { inParallel } from '../parallel.ts';
import type { Cursor, Store } from '../stores/store.ts';
import { parseVersion } from '../version.ts';
import { type Migration, type Resource, resourceOf, type UnitMigration } from './migration.ts';
import { addCounts, type UnitAnswer, workOnUnit } from './unit.ts';

const WRITES_IN_FLIGHT = 32;

/**
 * Publishes a floor and deletes the tombstones at or below it, each if it is unchanged. Only for a side without
 * writers. A swept cell has forgotten its version: from the floor on no record is applied from its image by an
 * invocation that starts after this, and those that run already are waited for. Where there is none, nobody is.
 * @returns false if they did not end in time: nothing is deleted then.
 */
export async function sweepTombstones(
  migration: Pick<Migration, 'journal' | 'runtime' | 'resources'>,
  floorSecond: number,
  until: number,
): Promise<boolean> {
  const { gate, lists } = migration.journal;
  // By this floor alone: one that somebody else publishes has to be waited for by its own publisher.
  const spent = (await lists.all('tombstone')).filter(({ version }) => createdSecond(version) <= floorSecond);
  if (spent.length === 0) return true;
  const unaware = await raiseFloor(migration, floorSecond);
  if (!(await gate.waitForPermits(until, unaware))) return false;
  await inParallel(spent, WRITES_IN_FLIGHT, async (entry) => {
    await removeTombstone(migration, entry);
    await lists.remove('tombstone', entry);
  });
  return true;
}

/**
 * The last sweep of a direction that is closed: the same for every tombstone that is left. Their entries in the list
 * are kept: removing them would only lengthen the write pause, and a cutover given up leaves them to the next sweep.
 * @param own the caller's own permit, which is not waited for.
 * @throws CutoverGivenUpError if invocations did not end in time, or a tombstone stands above the floor.
 */
export async function sweepLastTombstones(
  migration: Pick<Migration, 'journal' | 'runtime' | 'resources'>,
  floorSecond: number,
  until: number,
  own: Permit,
): Promise<void> {
  const { gate, lists } = migration.journal;
  const unaware = await raiseFloor(migration, floorSecond);
  unaware.delete(own.id);
  await gate.assertPermitsBack(until, unaware);
  const left = await lists.all('tombstone');
  if (left.some(({ version }) => createdSecond(version) > floorSecond))
    throw new CutoverGivenUpError('a tombstone was created after the floor: the clocks differ too much');
  await inParallel(left, WRITES_IN_FLIGHT, (entry) => removeTombstone(migration, entry));
}

/** Publishes a floor. @returns the permits of the invocations that may not know it. */
async function raiseFloor(
  { journal }: Pick<Migration, 'journal'>,
  floorSecond: number,
): Promise<Map<string, PermitKind>> {
  await journal.gate.publishFloor(floorSecond);
  return journal.gate.permitsOut();
}

function removeTombstone(
  migration: Pick<Migration, 'resources'>,
  { resource, key, version }: KeyEntry,
): Promise<void> {
  return resourceOf(migration, resource).target.removeTombstone(key, version);
}

function createdSecond(version: string): number {
  return parseVersion(version)?.createdSecond ?? Number.POSITIVE_INFINITY;
}

/** How far the sweep of a unit has come: which of its sides, and where on it. */
interface Position {
  readonly side: number;
  readonly cursor?: Cursor;
}

/** Removes what the migrator has left in one unit, on each side that was ever passive: each cell if it is unchanged. */
export function sweepUnit(migration: UnitMigration, number: number): Promise<UnitAnswer> {
  return workOnUnit(migration, 'sweep', number, async (unit) => {
    const sides = sidesWithVersions(migration, resourceOf(migration, unit.resource));
    return {
      async step({ position, counts }) {
        const { side, cursor }: Position = position === undefined ? { side: 0 } : JSON.parse(position);
        const { store, isActive } = sides[side] as Swept;
        const { scanned, cells, next } = await store.scanVersions(unit, cursor);
        if (isActive) assertNoTombstone(cells);
        await inParallel(cells, WRITES_IN_FLIGHT, ({ key, version }) =>
          isTombstone(version) ? store.removeTombstone(key, version) : store.removeVersion(key, version),
        );
        const after: Position = next === undefined ? { side: side + 1 } : { side, cursor: next };
        const done = after.side >= sides.length;
        return {
          ...(done ? {} : { position: JSON.stringify(after) }),
          counts: addCounts(counts, { items: scanned, swept: cells.length }),
          done,
        };
      },
    };
  });
}

interface Swept {
  readonly store: Store;
  readonly isActive: boolean;
}

/** The target was passive at first; the source only if changes were carried back to it. */
function sidesWithVersions(
  { journal, spec }: Pick<Migration, 'journal' | 'spec'>,
  { source: active, target: passive }: Resource,
): readonly Swept[] {
  const sides = [
    { store: active, isActive: true, side: activeSide(journal.epoch) },
    { store: passive, isActive: false, side: passiveSide(journal.epoch) },
  ];
  const both = journal.epoch !== FIRST_EPOCH && spec.cutover.wayBack;
  return sides.filter(({ side }) => both || side === 'target');
}

/**
 * Without its version a tombstone would be an item of its key alone. On the active side the application would see it:
 * the final recheck has removed every one.
 */
function assertNoTombstone(cells: readonly { readonly key: Key; readonly version: string }[]): void {
  const left = cells.find(({ version }) => isTombstone(version));
  if (left)
    throw new PermanentError(
      `a tombstone is left on the active side, though the switch needs all of them gone: ${itemText(left.key)}. Delete this item and start the migration again`,
    );
}

function isTombstone(version: string): boolean {
  return parseVersion(version)?.kind === 'tombstone';
}
