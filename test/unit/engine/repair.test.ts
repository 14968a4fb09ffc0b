import { expect, it } from 'vitest';
import type { Resource } from '../../../shared/engine/migration.ts';
import { differences, repairKey, settle } from '../../../shared/engine/repair.ts';
import { itemOfBytes, MOST_ITEM_BYTES } from '../../contract/items.ts';
import { type Bench, onBench } from './bench.ts';
import { cell, item, items, keyOf, SECOND, tombstone, version, versionIn } from './cells.ts';
import { hooked } from './hooks.ts';

interface Repair {
  readonly resource?: Resource;
  readonly closed?: boolean;
}

async function repair(
  bench: Bench,
  id: string,
  { resource = bench.resource(), closed = false }: Repair = {},
) {
  const migration = bench.migration();
  const permit = await migration.journal.gate.take('repair', migration.deadline);
  return repairKey(migration, resource, keyOf(id), permit, closed);
}

/** A second that no clock shows yet. */
const AHEAD = 2_000_000_000;

const quarantine = (bench: Bench, id: string, sequence: number) =>
  bench.journal().lists.add('quarantine', [{ resource: 0, key: keyOf(id), version: version(sequence) }]);

it('leaves a key alone that is equal on both sides', () =>
  onBench(
    async (bench) => {
      expect(await repair(bench, 'a')).toBe('equal');
      expect(bench.target.get(keyOf('a'))).toEqual(item('a', 'same'));
      expect(await bench.listed('repaired')).toEqual([]);
    },
    { source: [item('a', 'same')], target: [item('a', 'same')] },
  ));

it('writes what is missing, below every record of the epoch', () =>
  onBench(
    async (bench) => {
      expect(await repair(bench, 'a')).toBe('repaired');
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'one'), version(0, 'item', bench.second)));
      expect(await bench.listed('repaired')).toEqual(['a']);
    },
    { source: [item('a', 'one')] },
  ));

it('keeps the version of the cell that it repairs, with its own second', () =>
  onBench(
    async (bench) => {
      await repair(bench, 'a');
      const stamped = version(7, 'item', bench.second);
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'right'), stamped));
    },
    { source: [item('a', 'right')], target: [cell(item('a', 'wrong'), version(7))] },
  ));

it.each([
  { of: 'the quarantine', cellSequence: 5, quarantined: 12 },
  { of: 'the cell', cellSequence: 12, quarantined: 5 },
])('stamps with the highest version known, that of $of', ({ cellSequence, quarantined }) =>
  onBench(
    async (bench) => {
      await quarantine(bench, 'a', quarantined);
      await repair(bench, 'a');
      const stamped = version(12, 'item', bench.second);
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'right'), stamped));
    },
    { source: [item('a', 'right')], target: [cell(item('a', 'wrong'), version(cellSequence))] },
  ),
);

it('stamps with a later second than that of what it repairs, whatever the clocks say', () =>
  onBench(
    async (bench) => {
      await repair(bench, 'a');
      const stamped = version(7, 'item', AHEAD + 1);
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'right'), stamped));
    },
    { source: [item('a', 'right')], target: [cell(item('a', 'wrong'), version(7, 'item', AHEAD))] },
  ));

it('stamps above every version of an earlier direction', () =>
  onBench(
    async (bench) => {
      bench.begin(2);
      await repair(bench, 'a');
      const stamped = versionIn(2, 0, 'item', bench.second);
      expect(bench.source.get(keyOf('a'))).toEqual(cell(item('a', 'right'), stamped));
    },
    { source: [cell(item('a', 'wrong'), version(7))], target: [item('a', 'right')] },
  ));

it('writes a tombstone for what the active side does not have, and lists it', () =>
  onBench(
    async (bench) => {
      await repair(bench, 'a');
      expect(bench.target.get(keyOf('a'))).toEqual(tombstone('a', 0, bench.second));
      expect(await bench.listed('tombstone')).toEqual(['a']);
    },
    { target: [item('a', 'too much')] },
  ));

it('stamps a quarantined key even when it is equal, and clears its entry', () =>
  onBench(async (bench) => {
    await quarantine(bench, 'a', 4);
    expect(await repair(bench, 'a')).toBe('repaired');
    expect(bench.target.get(keyOf('a'))).toEqual(tombstone('a', 4, bench.second));
    expect(await bench.listed('quarantine')).toEqual([]);
  }));

it('leaves a quarantine entry that a newer record has joined', () =>
  onBench(
    async (bench) => {
      await quarantine(bench, 'a', 4);
      const resource = hooked(bench.resource(), 'target', 'write', () => quarantine(bench, 'a', 9));
      await repair(bench, 'a', { resource });
      expect(await bench.journal().lists.find('quarantine', 0, keyOf('a'))).toMatchObject({
        version: version(9),
      });
    },
    { source: [item('a', 'one')] },
  ));

it('reads the passive cell before the active side, so that what changes between them is seen', () =>
  onBench(async (bench) => {
    const order: string[] = [];
    const noted = (resource: Resource, side: 'source' | 'target') =>
      hooked(resource, side, 'read', () => order.push(side));
    await repair(bench, 'a', { resource: noted(noted(bench.resource(), 'source'), 'target') });
    expect(order).toEqual(['target', 'source']);
  }));

it('notes the quarantine entry before it reads the cell', () =>
  onBench(
    async (bench) => {
      const resource = hooked(bench.resource(), 'target', 'read', () => quarantine(bench, 'a', 4));
      await repair(bench, 'a', { resource });
      // What joined after the look is not cleared, and is stamped by the repair after this one.
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'one'), version(0, 'item', bench.second)));
      expect(await bench.listed('quarantine')).toEqual(['a']);
    },
    { source: [item('a', 'one')] },
  ));

it('starts over when the cell has changed since it was read', () =>
  onBench(
    async (bench) => {
      const resource = hooked(bench.resource(), 'target', 'write', (count) => {
        if (count > 1) return;
        bench.source.load([item('a', 'newer')]);
        bench.target.load([cell(item('a', 'newer'), version(3))]);
      });
      expect(await repair(bench, 'a', { resource })).toBe('equal');
      expect(bench.target.get(keyOf('a'))).toEqual(cell(item('a', 'newer'), version(3)));
    },
    { source: [item('a', 'stale')] },
  ));

it('leaves a key that is written all the time to the next round', () =>
  onBench(
    async (bench) => {
      const resource = hooked(bench.resource(), 'target', 'write', (count) =>
        bench.target.load([cell(item('a', `${count}`), version(count))]),
      );
      expect(await repair(bench, 'a', { resource })).toBe('rejected');
      expect(await bench.listed('recheck')).toEqual(['a']);
    },
    { source: [item('a', 'one')] },
  ));

const LARGE = itemOfBytes('big', MOST_ITEM_BYTES - 1);

it('lists an item too large for a version while the direction is open, and does not write it', () =>
  onBench(
    async (bench) => {
      expect(await repair(bench, 'big')).toBe('oversize');
      expect(await bench.listed('oversize')).toEqual(['big']);
      expect(bench.target.items()).toEqual([]);
    },
    { source: [LARGE] },
  ));

it('writes an item too large for a version without one once the direction is closed', () =>
  onBench(
    async (bench) => {
      expect(await repair(bench, 'big', { closed: true })).toBe('repaired');
      expect(bench.target.items()).toEqual([LARGE]);
    },
    { source: [LARGE] },
  ));

it('quarantines an item that is too large even without a version, once the direction is closed', () =>
  onBench(
    async (bench) => {
      const { target, ...rest } = bench.resource();
      const reason = 'Item size has exceeded the maximum allowed size';
      const write: typeof target.write = async ({ key, version: reserved }) => ({
        verdict: 'rejected',
        key,
        reason,
        oversize: reserved !== undefined,
      });
      const resource = { ...rest, target: { ...target, write } };
      expect(await repair(bench, 'big', { resource, closed: true })).toBe('rejected');
      expect(await bench.listed('quarantine')).toEqual(['big']);
    },
    { source: [LARGE] },
  ));

it("quarantines a key that can't be written, with the reason", () =>
  onBench(async (bench) => {
    const read: Resource['source']['read'] = async () => [
      { kind: 'item', item: { ...keyOf('a'), empty: { SS: [] } } },
    ];
    const resource = { ...bench.resource(), source: { ...bench.resource().source, read } };
    expect(await repair(bench, 'a', { resource })).toBe('rejected');
    const [entry] = await bench.journal().lists.all('quarantine');
    expect(entry?.reason).toMatch(/^repair: .*empty/);
  }));

it('writes nothing under a permit that is over', () =>
  onBench(
    async (bench) => {
      const migration = bench.migration();
      const permit = await migration.journal.gate.take('repair', bench.now);
      await expect(repairKey(migration, bench.resource(), keyOf('a'), permit)).rejects.toThrow(
        'the permit is over',
      );
      expect(bench.target.items()).toEqual([]);
    },
    { source: [item('a', 'one')] },
  ));

it('finds what is missing, different, or on the passive side alone, each once', () =>
  onBench(
    async (bench) => {
      const keys = ['same', 'missing', 'other', 'extra', 'gone', 'missing'].map(keyOf);
      expect(await differences(bench.resource(), keys)).toEqual(['missing', 'other', 'extra'].map(keyOf));
    },
    {
      source: [item('same', 'x'), item('missing', 'x'), item('other', 'x')],
      target: [item('same', 'x'), item('other', 'y'), item('extra', 'x'), tombstone('gone', 1)],
    },
  ));

it('does not repair a difference that a change in flight explains', () =>
  onBench(
    async (bench) => {
      const migration = bench.migration();
      const permit = await migration.journal.gate.take('repair', migration.deadline);
      const resource = hooked(bench.resource(), 'target', 'read', (count) => {
        if (count === 3) bench.target.load([cell(item('a', 'one'), version(1))]);
      });
      expect(await settle(migration, resource, [keyOf('a')], permit)).toEqual({ repaired: 0, rejected: 0 });
    },
    { source: [item('a', 'one')] },
  ));

it('does not wait for changes in flight once the direction is closed', () =>
  onBench(
    async (bench) => {
      const migration = bench.migration();
      const permit = await migration.journal.gate.take('repair', migration.deadline);
      const reads: number[] = [];
      const resource = hooked(bench.resource(), 'target', 'read', (count) => reads.push(count));
      await settle(migration, resource, [keyOf('a')], permit, true);
      // One look at all keys, and one by the repair.
      expect(reads).toEqual([1, 2]);
    },
    { source: [item('a', 'one')] },
  ));

it('counts what it has repaired and what it could not', () =>
  onBench(
    async (bench) => {
      const migration = bench.migration();
      const permit = await migration.journal.gate.take('repair', migration.deadline);
      const keys = items(3).map(({ id }) => ({ id })) as ReturnType<typeof keyOf>[];
      expect(await settle(migration, bench.resource(), keys, permit)).toEqual({ repaired: 2, rejected: 0 });
    },
    { source: items(3), target: [cell(items(3)[0] as never, version(1, 'item', SECOND))] },
  ));
