import { expect } from 'vitest';
import type { Cell, Item } from '../../shared/model.ts';
import type { CellWrite, WriteResult } from '../../shared/stores/store.ts';
import { type CellKind, versionPrefix, versionValue } from '../../shared/version.ts';
import type { Bench, Contract } from './judge.ts';
import { createTable, RESERVED, type TestTable } from './test-table.ts';

const KEY = { id: { S: 'a' } };
const SECOND = 1_793_491_200;

const prefix = (sequence: string | number, epoch = 1) => versionPrefix(epoch, String(sequence));
const version = (sequence: string | number, kind: CellKind = 'item', epoch = 1, second = SECOND) =>
  versionValue(prefix(sequence, epoch), kind, second);
const itemOf = (value: string): Item => ({ ...KEY, value: { S: value } });

/** A cell as it stands before a write, as raw item. */
const standing = (item: Item | undefined, value?: string): Item | undefined =>
  item && { ...item, ...(value ? { [RESERVED]: { S: value } } : {}) };

async function tableWith(bench: Bench, item: Item | undefined): Promise<TestTable> {
  const table = await createTable(bench);
  if (item) await table.put(item);
  return table;
}

const put = (when: CellWrite['when'], value = version(5)): CellWrite => ({
  key: KEY,
  item: itemOf('new'),
  version: value,
  when,
});
const older = (value: string): CellWrite['when'] => ({ kind: 'older', prefix: value });
const unchanged = (seen: Cell): CellWrite['when'] => ({ kind: 'unchanged', seen });

const WRITTEN: WriteResult = { verdict: 'written' };
const NEW = standing(itemOf('new'), version(5));

/** Each row: what stands there, and whether a change of sequence 5 in epoch 1 is written over it. */
const OLDER_CASES: readonly (readonly [string, Item | undefined, boolean])[] = [
  ['nothing', undefined, true],
  ['a copied item', itemOf('old'), true],
  ['a copied item of its key alone', KEY, true],
  ['a smaller sequence', standing(itemOf('old'), version(4)), true],
  [
    'a smaller sequence of a later second',
    standing(itemOf('old'), version(4, 'item', 1, 9_999_999_999)),
    true,
  ],
  ['a smaller tombstone', standing(KEY, version(4, 'tombstone')), true],
  ['the same sequence', standing(itemOf('old'), version(5)), false],
  ['the same sequence as a tombstone', standing(KEY, version(5, 'tombstone')), false],
  ['the same sequence of an earlier second', standing(itemOf('old'), version(5, 'item', 1, 0)), false],
  ['a larger sequence', standing(itemOf('old'), version(6)), false],
  ['a larger sequence with more digits', standing(itemOf('old'), version('10000000000000000000000')), false],
  ['a smaller sequence of a later epoch', standing(itemOf('old'), version(1, 'item', 2)), false],
  ['a larger tombstone', standing(KEY, version(6, 'tombstone')), false],
];

const cellOf = (raw: Item | undefined): Cell => {
  if (!raw) return { kind: 'absent' };
  const { [RESERVED]: reserved, ...item } = raw;
  if (reserved?.S?.[42] === 't') return { kind: 'tombstone', version: reserved.S };
  return { kind: 'item', item, ...(reserved?.S ? { version: reserved.S } : {}) };
};

/** Each row: what a repair has seen, what stands there when it writes, and whether it may. */
const UNCHANGED_CASES: readonly (readonly [string, Item | undefined, Item | undefined, boolean])[] = [
  ['still absent', undefined, undefined, true],
  ['absent, then copied', undefined, itemOf('old'), false],
  ['absent, then removed', undefined, standing(KEY, version(1, 'tombstone')), false],
  ['a copied item', itemOf('old'), itemOf('old'), true],
  ['a copied item of its key alone', KEY, KEY, true],
  ['a copied item, then changed', itemOf('old'), standing(itemOf('other'), version(1)), false],
  ['a copied item, then gone', itemOf('old'), undefined, false],
  ['a version', standing(itemOf('old'), version(5)), standing(itemOf('old'), version(5)), true],
  [
    'a version, then a later one',
    standing(itemOf('old'), version(5)),
    standing(itemOf('old'), version(6)),
    false,
  ],
  [
    'a version, then of another kind',
    standing(KEY, version(5)),
    standing(KEY, version(5, 'tombstone')),
    false,
  ],
  [
    'a version, then of another second',
    standing(itemOf('old'), version(5)),
    standing(itemOf('old'), version(5, 'item', 1, SECOND + 1)),
    false,
  ],
  ['a version, then swept', standing(itemOf('old'), version(5)), itemOf('old'), false],
  ['a version, then gone', standing(itemOf('old'), version(5)), undefined, false],
  ['a tombstone', standing(KEY, version(5, 'tombstone')), standing(KEY, version(5, 'tombstone')), true],
  ['a tombstone, then put again', standing(KEY, version(5, 'tombstone')), standing(KEY, version(6)), false],
];

/** The one rule of convergence: which write of a cell counts. */
export function cellContract({ it }: Contract): void {
  for (const [what, before, counts] of OLDER_CASES) {
    it(`a change is ${counts ? 'written' : 'refused'} over ${what}`, async (bench) => {
      const table = await tableWith(bench, before);
      const result = await table.store().write(put(older(prefix(5))));
      expect(result).toEqual(counts ? WRITTEN : { verdict: 'newer', cell: cellOf(before) });
      expect(await table.get(KEY)).toEqual(counts ? NEW : before);
    });

    it(`a removal ${counts ? 'leaves its tombstone' : 'is refused'} over ${what}`, async (bench) => {
      const table = await tableWith(bench, before);
      const tombstone = version(5, 'tombstone');
      const result = await table.store().write({ key: KEY, version: tombstone, when: older(prefix(5)) });
      expect(result).toEqual(counts ? WRITTEN : { verdict: 'newer', cell: cellOf(before) });
      expect(await table.get(KEY)).toEqual(counts ? standing(KEY, tombstone) : before);
    });
  }

  for (const [what, seen, before, counts] of UNCHANGED_CASES) {
    it(`a repair ${counts ? 'writes' : 'starts over'}: ${what}`, async (bench) => {
      const table = await tableWith(bench, before);
      const result = await table.store().write(put(unchanged(cellOf(seen))));
      expect(result).toEqual(counts ? WRITTEN : { verdict: 'newer', cell: cellOf(before) });
      expect(await table.get(KEY)).toEqual(counts ? NEW : before);
    });
  }
}
