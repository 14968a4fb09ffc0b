import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { Item, Key } from '../../shared/model.ts';
import { versionPrefix, versionValue } from '../../shared/version.ts';
import { itemOfBytes, pageOf, plainItems } from './items.ts';
import type { Contract } from './judge.ts';
import { scanned, versionsOf } from './scans.ts';
import { contents, createTable, type KeyAttribute } from './test-table.ts';

/** Values of keys that are told apart, in each type, with those that are easily mixed up. */
const KEY_VALUES = {
  S: [{ S: 'a' }, { S: 'A' }, { S: 'a ' }, { S: '🧀"\\' }, { S: 'ä' }, { S: '1' }, { S: 'x'.repeat(1_024) }],
  N: [
    { N: '12345678901234567890123456789012345678' },
    { N: '12345678901234567890123456789012345679' },
    { N: '1' },
    { N: '-1' },
    { N: '0' },
    { N: '10' },
    { N: '0.1' },
  ],
  B: [[0], [0, 0], [255], [195, 40], [97], [97, 98], [61]].map((bytes) => ({ B: Uint8Array.from(bytes) })),
} as const;

/** Values of each attribute, for keys of one and of two. */
const MOST_KEYS = [0, 7, 4];

const SCHEMAS: readonly (readonly KeyAttribute[])[] = (['S', 'N', 'B'] as const).flatMap((hash) => [
  [{ name: 'id', type: hash }],
  ...(['S', 'N', 'B'] as const).map((range): KeyAttribute[] => [
    { name: 'p', type: hash },
    { name: "range's key", type: range },
  ]),
]);

function keysOf(schema: readonly KeyAttribute[]): Key[] {
  return schema.reduce<Key[]>(
    (keys, { name, type }) =>
      keys.flatMap((key) =>
        KEY_VALUES[type].slice(0, MOST_KEYS[schema.length]).map((value): Key => ({ ...key, [name]: value })),
      ),
    [{}],
  );
}

/** Reads by key, and keys of every type. */
export function readContract({ it }: Contract): void {
  it('reads many keys at once: in their order, absent ones and repeated ones too', async (bench) => {
    const table = await createTable(bench);
    const store = table.store();
    await store.insertAbsent(pageOf(...plainItems(250)));
    const order = Array.from({ length: 300 }, (_, index) => (index * 7) % 300);
    const numbers = order.flatMap((number) => (number % 3 === 0 ? [number, number] : [number]));
    const cells = await store.read(numbers.map((number) => ({ id: { S: `k${number}` } })));
    expect(cells).toEqual(
      numbers.map((number) =>
        number < 250
          ? { kind: 'item', item: { id: { S: `k${number}` }, value: { N: String(number) } } }
          : { kind: 'absent' },
      ),
    );
    expect(await store.read([])).toEqual([]);
  });

  it('reads what was written last, not what was there before', async (bench) => {
    const table = await createTable(bench);
    const store = table.store();
    const key = { id: { S: 'a' } };
    await table.put({ ...key, value: { N: '1' } });
    for (const value of ['2', '3', '4']) {
      await table.put({ ...key, value: { N: value } });
      expect(await store.read([key])).toEqual([{ kind: 'item', item: { ...key, value: { N: value } } }]);
    }
    await bench.client.send(new DeleteItemCommand({ TableName: table.name, Key: key }));
    expect(await store.read([key])).toEqual([{ kind: 'absent' }]);
  });

  it('reads more bytes than one answer holds', async (bench) => {
    const table = await createTable(bench);
    const items = Array.from({ length: 45 }, (_, index) => itemOfBytes(`k${index}`, 390_000));
    const store = table.store();
    await store.insertAbsent(pageOf(...items));
    const cells = await store.read(items.map(({ id }) => ({ id: id as { S: string } })));
    expect(cells.map((cell) => (cell.kind === 'item' ? cell.item.id?.S : cell.kind))).toEqual(
      items.map(({ id }) => id?.S),
    );
  });

  for (const schema of SCHEMAS) {
    it(`tells keys apart: ${schema.map(({ type }) => type).join(' and ')}`, async (bench) => {
      const table = await createTable(bench, schema);
      const store = table.store();
      const keys = keysOf(schema);
      const items = keys.map((key, index): Item => ({ ...key, value: { N: String(index) } }));
      expect(await store.insertAbsent(pageOf(...items))).toMatchObject({ inserted: items.length });
      expect(await store.insertAbsent(pageOf(...items))).toMatchObject({ existing: items.length });
      expect(contents(await scanned(store, 3))).toEqual(contents(items));
      expect((await store.read(keys)).map((cell) => cell.kind === 'item' && cell.item.value)).toEqual(
        items.map(({ value }) => value),
      );
      expect(items.map(store.keyOf)).toEqual(keys);

      const version = versionValue(versionPrefix(1, '1'), 'tombstone', 1);
      for (const key of keys.slice(1)) {
        const when = { kind: 'older', prefix: versionPrefix(1, '1') } as const;
        expect(await store.write({ key, version, when })).toEqual({ verdict: 'written' });
      }
      const versions = await versionsOf(store, 2);
      expect(contents(versions.map(({ key }) => key))).toEqual(contents(keys.slice(1)));
      for (const { key, version: seen } of versions) await store.removeTombstone(key, seen);
      expect(contents(await table.items())).toEqual(contents(items.slice(0, 1)));
    });
  }
}
