import { expect } from 'vitest';
import type { Item } from '../../shared/model.ts';
import { type CellKind, versionPrefix, versionValue } from '../../shared/version.ts';
import { EVERY_TYPE } from './items.ts';
import type { Actor, Contract } from './judge.ts';
import { contents, createTable, RESERVED } from './test-table.ts';

const KEY = { id: { S: 'a' } };
const version = (sequence: number, kind: CellKind, second = 1) =>
  versionValue(versionPrefix(1, String(sequence)), kind, second);
const carrying = (value: string, item: Item = KEY): Item => ({ ...item, [RESERVED]: { S: value } });

const ITEM = version(5, 'item');
const TOMBSTONE = version(5, 'tombstone');

/** Sweeping away versions and tombstones: each only if it is still the one that was seen. */
export function sweepContract({ it, always }: Contract): void {
  it('deletes a tombstone that is unchanged', async (bench) => {
    const table = await createTable(bench);
    await table.put(carrying(TOMBSTONE));
    await table.store().removeTombstone(KEY, TOMBSTONE);
    expect(await table.items()).toEqual([]);
  });

  for (const [what, item] of [
    ['a later tombstone', carrying(version(6, 'tombstone'))],
    ['a tombstone of another second', carrying(version(5, 'tombstone', 2))],
    ['an item that was put over it', carrying(version(6, 'item'))],
    ['an item without a version', KEY],
  ] as const) {
    it(`does not delete ${what}`, async (bench) => {
      const table = await createTable(bench);
      await table.put(item);
      await table.store().removeTombstone(KEY, TOMBSTONE);
      expect(await table.items()).toEqual([item]);
    });
  }

  it('removes a version that is unchanged, and nothing else of its item', async (bench) => {
    const table = await createTable(bench);
    const alone = { id: { S: 'alone' } };
    const full = { ...KEY, ...EVERY_TYPE };
    await table.put(carrying(ITEM, full), carrying(ITEM, alone));
    for (const key of [KEY, alone]) await table.store().removeVersion(key, ITEM);
    expect(contents(await table.items())).toEqual(contents([full, alone]));
  });

  for (const [what, item] of [
    ['a later version', carrying(version(6, 'item'))],
    ['a version of another second', carrying(version(5, 'item', 2))],
    ['the tombstone of a removal since then', carrying(version(6, 'tombstone'))],
    ['a tombstone of the same sequence', carrying(TOMBSTONE)],
  ] as const) {
    it(`does not remove ${what}`, async (bench) => {
      const table = await createTable(bench);
      await table.put(item);
      await table.store().removeVersion(KEY, ITEM);
      expect(await table.items()).toEqual([item]);
    });
  }

  it('never recreates an item that is gone', async (bench) => {
    const table = await createTable(bench);
    await table.store().removeVersion(KEY, ITEM);
    await table.store().removeTombstone(KEY, TOMBSTONE);
    expect(await table.items()).toEqual([]);
  });

  it('sweeps twice what it swept', async (bench) => {
    const table = await createTable(bench);
    const other = { id: { S: 'b' } };
    await table.put(carrying(ITEM), carrying(TOMBSTONE, other));
    for (let time = 0; time < 2; time++) {
      await table.store().removeVersion(KEY, ITEM);
      await table.store().removeTombstone(other, TOMBSTONE);
    }
    expect(await table.items()).toEqual([KEY]);
  });

  always(
    'a removal at the same time as the sweep of its item’s version leaves a tombstone',
    async (bench) => {
      const table = await createTable(bench);
      await table.put(carrying(ITEM));
      const tombstone = version(6, 'tombstone');
      const results = await bench.together<unknown>(
        (actor: Actor) => table.store(actor).removeVersion(KEY, ITEM),
        (actor: Actor) =>
          table.store(actor).write({
            key: KEY,
            version: tombstone,
            when: { kind: 'older', prefix: versionPrefix(1, '6') },
          }),
      );
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect(await table.items()).toEqual([carrying(tombstone)]);
    },
  );
}
