import fc from 'fast-check';
import type { Change, Item, Key } from '../../shared/model.ts';
import { type CellKind, versionPrefix, versionValue } from '../../shared/version.ts';
import { RESERVED } from './engine/bench.ts';
import { keyOf, SECOND } from './engine/cells.ts';

/** A change and the epoch in which its stream is applied. */
export interface EpochRecord {
  readonly epoch: number;
  readonly change: Change;
}

export const IDS = ['a', 'b', 'c'] as const;
const SEQUENCE_DIGITS = 40;
const BEFORE = { S: 'before' };
const kind = fc.constantFrom<CellKind>('item', 'tombstone');
/** In no relation to the order of records: creation seconds are approximate. */
const second = fc.integer({ min: SECOND, max: SECOND + 3 });

/** As many of 1 digit as of 40, so that texts of different lengths meet. */
export const sequence: fc.Arbitrary<string> = fc
  .integer({ min: 1, max: SEQUENCE_DIGITS })
  .chain((digits) => fc.bigInt({ min: 10n ** BigInt(digits - 1), max: 10n ** BigInt(digits) - 1n }))
  .map(String);

/** What an application put: an item of its key alone, one that carries a version which was read somewhere, any other. */
const contents = fc.oneof(
  fc.constant<Item>({}),
  fc.constantFrom('x', 'y').map((text): Item => ({ v: { S: text } })),
  fc.tuple(sequence, kind, second).map(
    ([number, staleKind, staleSecond]): Item => ({
      v: { S: 'read elsewhere' },
      [RESERVED]: { S: versionValue(versionPrefix(99, number), staleKind, staleSecond) },
    }),
  ),
);

/** A record of one key that changes its content, in one of so many directions that go forward. */
export function recordOf(
  id: string,
  sequences: fc.Arbitrary<string>,
  epochs: number,
): fc.Arbitrary<EpochRecord> {
  return fc
    .record({
      epoch: fc.integer({ min: 1, max: epochs }).map((direction) => 2 * direction - 1),
      sequence: sequences,
      createdSecond: second,
      existed: fc.boolean(),
      after: fc.option(contents, { nil: undefined, freq: 2 }),
    })
    .map(({ epoch, existed, after, ...rest }) => ({
      epoch,
      change: {
        ...rest,
        key: keyOf(id),
        ...(existed || !after ? { before: { ...keyOf(id), v: BEFORE } } : {}),
        ...(after ? { after: { ...keyOf(id), ...after } } : {}),
        byTimeToLive: false,
      },
    }));
}

/**
 * Records of several keys, of several epochs that use the same sequence numbers. No two of one key have the same
 * epoch and sequence number.
 */
export function recordsOf(epochs: number): fc.Arbitrary<readonly EpochRecord[]> {
  return fc.uniqueArray(sequence, { minLength: 1, maxLength: 4 }).chain((pool) =>
    fc.uniqueArray(
      fc.constantFrom(...IDS).chain((id) => recordOf(id, fc.constantFrom(...pool), epochs)),
      {
        minLength: 1,
        maxLength: 8,
        selector: ({ epoch, change }) => `${idOf(change)} ${epoch} ${change.sequence}`,
      },
    ),
  );
}

export function idOf({ key }: { readonly key: Key }): string {
  return key.id?.S ?? '';
}

/** The cell that one record leaves where nothing else was written. */
export function cellOf({ epoch, change }: EpochRecord): Item {
  const { [RESERVED]: _, ...content } = change.after ?? change.key;
  const value = versionValue(
    versionPrefix(epoch, change.sequence),
    change.after ? 'item' : 'tombstone',
    change.createdSecond,
  );
  return { ...content, [RESERVED]: { S: value } };
}

/** Of each key the cell of its largest record, by epoch and then by sequence number as a whole number. */
export function cellsOfLargest(all: readonly EpochRecord[]): ReadonlyMap<string, Item> {
  const largest = new Map<string, EpochRecord>();
  for (const record of all) {
    const known = largest.get(idOf(record.change));
    if (!known || isLarger(record, known)) largest.set(idOf(record.change), record);
  }
  return new Map([...largest].map(([id, record]) => [id, cellOf(record)]));
}

export function isLarger(a: EpochRecord, b: EpochRecord): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  return BigInt(a.change.sequence) > BigInt(b.change.sequence);
}
