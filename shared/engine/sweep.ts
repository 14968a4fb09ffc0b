import type { Permit } from '../journal/gate.ts';
import { inParallel } from '../parallel.ts';
import { parseVersion } from '../version.ts';
import { type Migration, resourceOf } from './migration.ts';
import { addCounts, workOnUnit } from './unit.ts';

const WRITES_IN_FLIGHT = 32;

/**
 * Publishes a floor and deletes the tombstones at or below it, each if it is unchanged. Only for a side without
 * writers. A swept cell has forgotten its version: from the floor on no record is applied from its image by an
 * invocation that starts after this, and those that run already are waited for.
 * @param own the caller's own permit, which is not waited for.
 * @returns false if they did not end in time: nothing is deleted then.
 */
export async function sweepTombstones(
  migration: Pick<Migration, 'journal' | 'runtime' | 'resources'>,
  floorSecond: number,
  until: number,
  own?: Permit,
): Promise<boolean> {
  const { journal } = migration;
  await journal.gate.publishFloor(floorSecond);
  const running = await journal.gate.permitsOut();
  if (own) running.delete(own.id);
  if (!(await journal.gate.waitForPermits(until, running))) return false;
  // A floor never goes back: one that stands higher holds for all of its tombstones.
  const { floor } = await journal.gate.read();
  let batch: Promise<void>[] = [];
  for await (const entry of journal.lists.entries('tombstone')) {
    if ((parseVersion(entry.version)?.createdSecond ?? Number.POSITIVE_INFINITY) > floor) continue;
    batch.push(
      resourceOf(migration, entry.resource)
        .target.removeTombstone(entry.key, entry.version)
        .then(() => journal.lists.remove('tombstone', entry)),
    );
    if (batch.length >= WRITES_IN_FLIGHT) {
      await Promise.all(batch);
      batch = [];
    }
  }
  await Promise.all(batch);
  return true;
}

/** Removes the versions of one unit from the target after the switch, each if it is unchanged. */
export function sweepUnit(migration: Migration, number: number): Promise<{ readonly done: boolean }> {
  return workOnUnit(migration, 'sweep', number, async (unit) => {
    const { target } = resourceOf(migration, unit.resource);
    return {
      async step({ position, counts }) {
        const { scanned, cells, next } = await target.scanVersions(unit, position);
        await inParallel(cells, WRITES_IN_FLIGHT, ({ key, version }) => target.removeVersion(key, version));
        return {
          ...(next === undefined ? {} : { position: next }),
          counts: addCounts(counts, { items: scanned, swept: cells.length }),
          done: next === undefined,
        };
      },
    };
  });
}
