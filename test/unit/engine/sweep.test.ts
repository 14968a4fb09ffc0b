import { expect, it } from 'vitest';
import type { AuditedMigration } from '../../../shared/engine/migration.ts';
import { sweepLastTombstones, sweepTombstones, sweepUnit } from '../../../shared/engine/sweep.ts';
import { CutoverGivenUpError } from '../../../shared/errors.ts';
import { type Bench, onBench, WAY_BACK } from './bench.ts';
import { cell, item, items, keyOf, SECOND, tombstone, version } from './cells.ts';

const LISTED = ['a', 'b'] as const;

/** Two tombstones: that of `b` is a second younger. */
const TOMBSTONES = { target: [tombstone('a', 1, SECOND), tombstone('b', 2, SECOND + 1)] };

async function list(bench: Bench) {
  for (const [index, id] of LISTED.entries())
    await bench
      .journal()
      .lists.add('tombstone', [
        { resource: 0, key: keyOf(id), version: version(index + 1, 'tombstone', SECOND + index) },
      ]);
}

const sweep = (bench: Bench, floor: number) => sweepTombstones(bench.migration(), floor, bench.now + 5_000);

it('deletes the tombstones at or below the floor, and their entries', () =>
  onBench(async (bench) => {
    await list(bench);
    expect(await sweep(bench, SECOND)).toBe(true);
    expect(bench.target.items()).toEqual([tombstone('b', 2, SECOND + 1)]);
    expect(await bench.listed('tombstone')).toEqual(['b']);
  }, TOMBSTONES));

it('publishes the floor before it deletes anything', () =>
  onBench(async (bench) => {
    await list(bench);
    let floor = 0;
    const resource = bench.resource();
    const removeTombstone: typeof resource.target.removeTombstone = async (...args) => {
      ({ floor } = await bench.journal().gate.read());
      return resource.target.removeTombstone(...args);
    };
    const resources = [{ ...resource, target: { ...resource.target, removeTombstone } }];
    await sweepTombstones(bench.migration({ resources }), SECOND, bench.now + 5_000);
    expect(floor).toBe(SECOND);
  }, TOMBSTONES));

it('leaves a tombstone above the floor that its permits were waited out for, though another floor is raised meanwhile', () =>
  onBench(
    async (bench) => {
      await bench
        .journal()
        .lists.add('tombstone', [
          { resource: 0, key: keyOf('b'), version: version(2, 'tombstone', SECOND + 1) },
        ]);
      const { gate } = bench.journal();
      const earlier = await gate.take('apply', bench.now + 60_000);
      const others = bench.meanwhile(async ({ runtime }) => {
        await runtime.sleep(1_000);
        // Begun under the sweep's floor: it may still hold a record between the two floors.
        await gate.take('apply', bench.now + 60_000);
        await gate.publishFloor(SECOND + 1);
        await gate.give(earlier, true);
      });
      await sweepTombstones(bench.migration(), SECOND, bench.now + 5_000);
      await bench.task.join(others);
      expect(bench.target.items()).toEqual([tombstone('b', 2, SECOND + 1)]);
    },
    { target: [tombstone('b', 2, SECOND + 1)] },
  ));

it('deletes nothing while an invocation runs that may not know the floor', () =>
  onBench(async (bench) => {
    await list(bench);
    await bench.journal().gate.take('apply', bench.now + 60_000);
    expect(await sweep(bench, SECOND)).toBe(false);
    expect(bench.target.items()).toHaveLength(2);
    expect(await bench.listed('tombstone')).toEqual([...LISTED]);
  }, TOMBSTONES));

it('waits for the invocations that run, not for those that begin after the floor', () =>
  onBench(async (bench) => {
    await list(bench);
    const { gate } = bench.journal();
    const permit = await gate.take('apply', bench.now + 60_000);
    const applier = bench.meanwhile(async ({ runtime }) => {
      await runtime.sleep(1_000);
      await gate.take('apply', bench.now + 60_000);
      await gate.give(permit, true);
    });
    expect(await sweep(bench, SECOND)).toBe(true);
    await bench.task.join(applier);
    expect(await bench.listed('tombstone')).toEqual(['b']);
  }, TOMBSTONES));

it('leaves a cell that has changed since it was listed', () =>
  onBench(
    async (bench) => {
      await list(bench);
      await sweep(bench, SECOND);
      expect(bench.target.items()).toEqual([cell(item('a', 'again'), version(3))]);
    },
    { target: [cell(item('a', 'again'), version(3))] },
  ));

it('sweeps up to its own floor where a higher one stands already, and never lowers that', () =>
  onBench(async (bench) => {
    await list(bench);
    await bench.journal().gate.publishFloor(SECOND + 1);
    await sweep(bench, SECOND);
    expect(bench.target.items()).toEqual([tombstone('b', 2, SECOND + 1)]);
    expect((await bench.journal().gate.read()).floor).toBe(SECOND + 1);
  }, TOMBSTONES));

it('waits for nobody where no tombstone is at or below the floor', () =>
  onBench(async (bench) => {
    await list(bench);
    await bench.journal().gate.take('apply', bench.now + 60_000);
    expect(await sweep(bench, SECOND - 1)).toBe(true);
    expect(bench.target.items()).toHaveLength(2);
  }, TOMBSTONES));

async function sweepLast(bench: Bench, floor: number) {
  const migration = bench.migration();
  const permit = await migration.journal.gate.take('repair', migration.deadline);
  await sweepLastTombstones(migration, floor, bench.now + 2_000, permit);
}

it('the last sweep deletes every tombstone, and does not wait for its own permit', () =>
  onBench(async (bench) => {
    await list(bench);
    await sweepLast(bench, SECOND + 1);
    expect(bench.target.items()).toEqual([]);
  }, TOMBSTONES));

it('the last sweep gives up while another invocation may write', () =>
  onBench(async (bench) => {
    await list(bench);
    await bench.journal().gate.take('apply', bench.now + 60_000);
    await expect(sweepLast(bench, SECOND + 1)).rejects.toThrow(CutoverGivenUpError);
    expect(bench.target.items()).toHaveLength(2);
  }, TOMBSTONES));

it('the last sweep gives up when a tombstone stands above the floor', () =>
  onBench(async (bench) => {
    await list(bench);
    await expect(sweepLast(bench, SECOND)).rejects.toThrow('created after the floor');
    expect(bench.target.items()).toHaveLength(2);
  }, TOMBSTONES));

/** Sweeps a unit of a migration that has ended with the side that is active in a direction. */
function sweepAfter(bench: Bench, epoch: number, changes: () => Partial<AuditedMigration> = () => ({})) {
  bench.begin(epoch, { open: false, sealed: true });
  return sweepUnit(bench.worker('sweep', changes()), 0);
}

it('removes the versions of its unit, and nothing else', () =>
  onBench(
    async (bench) => {
      expect(await sweepAfter(bench, 2)).toEqual({ done: true });
      expect(bench.target.items()).toHaveLength(21);
      for (const found of bench.target.items()) expect(found).toEqual(item(found.id?.S ?? '', 'same'));
      const [record] = await bench.journal().units.records('sweep', 1);
      expect(record?.counts).toEqual({ items: 21, swept: 20 });
    },
    { target: [...items(20).map((content, n) => cell(content, version(n))), item('plain', 'same')] },
  ));

it('creates no item where one is removed while it sweeps, and takes no version that is newer', () =>
  onBench(
    async (bench) => {
      await sweepAfter(bench, 2, () => {
        const { source, ...rest } = bench.resource();
        const removeVersion: typeof source.removeVersion = async (key, seen) => {
          if (key.id?.S === 'a') bench.target.remove(key);
          else bench.target.load([cell(item('b', 'newer'), version(9))]);
          return source.removeVersion(key, seen);
        };
        return { resources: [{ ...rest, source: { ...source, removeVersion } }] };
      });
      expect(bench.target.items()).toEqual([cell(item('b', 'newer'), version(9))]);
    },
    { target: [cell(item('a', 'x'), version(1)), cell(item('b', 'x'), version(1))] },
  ));

it('makes no item of its key alone of a tombstone that should not be on the active side, but names it', () =>
  onBench(
    async (bench) => {
      await expect(sweepAfter(bench, 2)).rejects.toThrow(/a tombstone is left.*"a"/);
      expect(bench.target.items()).toContainEqual(tombstone('a', 1));
    },
    { target: [tombstone('a', 1), cell(keyOf('b'), version(2))] },
  ));

it('goes on with the sweep where it stopped', () =>
  onBench(
    async (bench) => {
      const stopped = sweepAfter(bench, 2, () => {
        const { source, ...rest } = bench.resource();
        const scanVersions: typeof source.scanVersions = async (...args) => {
          await bench.task.runtime.sleep(1_000);
          return source.scanVersions(...args);
        };
        const resources = [{ ...rest, source: { ...source, scanVersions } }];
        return { resources, handoverAt: bench.now + 2_500 };
      });
      expect(await stopped).toEqual({ done: false });
      expect(await sweepUnit(bench.worker('sweep'), 0)).toEqual({ done: true });
      const [record] = await bench.journal().units.records('sweep', 1);
      expect(record?.counts).toEqual({ items: 40, swept: 40 });
    },
    { target: items(40).map((content) => cell(content, version(1))) },
  ));

/** A versioned item, and a tombstone on the side that is passive at last. */
const VERSIONED = { a: cell(item('a', 'x'), version(1)), b: tombstone('b', 2) } as const;

it.each([
  { epoch: 2, when: 'after the switch', active: 'target', passive: 'source' },
  { epoch: 3, when: 'after a rollback', active: 'source', passive: 'target' },
] as const)('removes versions from both sides, and tombstones from the $passive, $when', (of) =>
  onBench(
    async (bench) => {
      bench[of.passive].load([VERSIONED.b]);
      expect(await sweepAfter(bench, of.epoch)).toEqual({ done: true });
      expect(bench[of.active].items()).toEqual([item('a', 'x')]);
      expect(bench[of.passive].items()).toEqual([item('a', 'x')]);
    },
    { cutover: WAY_BACK, source: [VERSIONED.a], target: [VERSIONED.a] },
  ),
);

it('removes what it has left on the target of a migration that was aborted, tombstones too', () =>
  onBench(
    async (bench) => {
      expect(await sweepAfter(bench, 1)).toEqual({ done: true });
      expect(bench.target.items()).toEqual([item('a', 'x')]);
    },
    { target: [VERSIONED.a, VERSIONED.b] },
  ));

it.each([
  { epoch: 1, why: 'before the first switch', cutover: WAY_BACK },
  { epoch: 2, why: 'without a way back', cutover: {} },
])('leaves the source alone $why: it never held a version', ({ epoch, cutover }) =>
  onBench(
    async (bench) => {
      await sweepAfter(bench, epoch);
      const [record] = await bench.journal().units.records('sweep', 1);
      expect(record?.counts).toEqual({ items: 1, swept: 1 });
    },
    { cutover, source: items(3), target: [VERSIONED.a] },
  ),
);

it('goes on with the second side where it stopped between the two', () =>
  onBench(
    async (bench) => {
      const stopped = sweepAfter(bench, 2, () => {
        const { source, ...rest } = bench.resource();
        const removeVersion: typeof source.removeVersion = async (...args) => {
          await bench.task.runtime.sleep(1_000);
          return source.removeVersion(...args);
        };
        const resources = [{ ...rest, source: { ...source, removeVersion } }];
        return { resources, handoverAt: bench.now + 500 };
      });
      expect(await stopped).toEqual({ done: false });
      expect(bench.source.items()).toEqual([VERSIONED.a]);
      expect(await sweepUnit(bench.worker('sweep'), 0)).toEqual({ done: true });
      expect(bench.source.items()).toEqual([item('a', 'x')]);
    },
    { cutover: WAY_BACK, source: [VERSIONED.a], target: [VERSIONED.a] },
  ));
