import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { Cell, Item } from '../../shared/model.ts';
import type { CellWrite } from '../../shared/stores/store.ts';
import { versionPrefix, versionValue } from '../../shared/version.ts';
import { EVERY_TYPE, itemOfBytes, MOST_ITEM_BYTES, pageOf } from './items.ts';
import type { Actor, Contract } from './judge.ts';
import { losingAnswer, losingConnection } from './lossy-client.ts';
import { contents, createTable, RESERVED } from './test-table.ts';

const KEY = { id: { S: 'a' } };
const VERSION = versionValue(versionPrefix(1, '5'), 'item', 1);
const TOMBSTONE = versionValue(versionPrefix(1, '6'), 'tombstone', 1);
const RESERVED_BYTES = RESERVED.length + VERSION.length;
const ABSENT: CellWrite['when'] = { kind: 'unchanged', seen: { kind: 'absent' } };

const change = (sequence: number, item: Item | undefined): CellWrite => ({
  key: KEY,
  ...(item ? { item } : {}),
  version: versionValue(versionPrefix(1, String(sequence)), item ? 'item' : 'tombstone', 1),
  when: { kind: 'older', prefix: versionPrefix(1, String(sequence)) },
});

/** What a written cell holds, and what becomes known of its writing. */
export function writeContract({ it, always }: Contract): void {
  it('writes every type of attribute unchanged, and reads it back with its version', async (bench) => {
    const store = (await createTable(bench)).store();
    const item = { ...KEY, ...EVERY_TYPE };
    await store.write({ key: KEY, item, version: VERSION, when: ABSENT });
    const [cell] = await store.read([KEY]);
    expect(cell).toMatchObject({ kind: 'item', version: VERSION });
    expect(contents(cell?.kind === 'item' ? [cell.item] : [])).toEqual(contents([item]));
  });

  it('drops the reserved attribute that an image brings along', async (bench) => {
    const table = await createTable(bench);
    const image = { ...KEY, value: { S: 'new' }, [RESERVED]: { S: TOMBSTONE } };
    await table.store().write({ key: KEY, item: image, version: VERSION, when: ABSENT });
    expect(await table.get(KEY)).toEqual({ ...image, [RESERVED]: { S: VERSION } });
    await table.store().write({
      key: KEY,
      item: image,
      when: { kind: 'unchanged', seen: { kind: 'item', item: image, version: VERSION } },
    });
    expect(await table.get(KEY)).toEqual({ ...KEY, value: { S: 'new' } });
  });

  it('takes an item of its key alone for an item, with a version and without', async (bench) => {
    const store = (await createTable(bench)).store();
    await store.insertAbsent(pageOf(KEY));
    expect(await store.read([KEY])).toEqual([{ kind: 'item', item: KEY }]);
    await store.write(change(5, KEY));
    expect(await store.read([KEY])).toEqual([{ kind: 'item', item: KEY, version: VERSION }]);
  });

  it('leaves nothing of an item in its tombstone, and keeps one where nothing was', async (bench) => {
    const table = await createTable(bench);
    const other = { id: { S: 'never there' } };
    await table.put({ ...KEY, ...EVERY_TYPE });
    for (const key of [KEY, other]) await table.store().write({ ...change(6, undefined), key });
    expect(contents(await table.items())).toEqual(
      contents([KEY, other].map((key) => ({ ...key, [RESERVED]: { S: TOMBSTONE } }))),
    );
    const cell: Cell = { kind: 'tombstone', version: TOMBSTONE };
    expect(await table.store().read([KEY, other])).toEqual([cell, cell]);
  });

  it('keeps the version through copies and an application’s updates', async (bench) => {
    const table = await createTable(bench);
    const store = table.store();
    await store.write(change(5, { ...KEY, value: { S: 'new' } }));
    await store.insertAbsent(pageOf({ ...KEY, value: { S: 'copied' } }));
    await bench.client.send(
      new UpdateItemCommand({
        TableName: table.name,
        Key: KEY,
        UpdateExpression: 'SET #more = :more',
        ExpressionAttributeNames: { '#more': 'more' },
        ExpressionAttributeValues: { ':more': { N: '1' } },
      }),
    );
    const item = { ...KEY, value: { S: 'new' }, more: { N: '1' } };
    expect(await store.read([KEY])).toEqual([{ kind: 'item', item, version: VERSION }]);
  });

  it('reports as oversize what only the reserved attribute makes too large, and writes it without', async (bench) => {
    const table = await createTable(bench);
    const store = table.store();
    const fitting = itemOfBytes('a', MOST_ITEM_BYTES - RESERVED_BYTES);
    expect(await store.write({ key: KEY, item: fitting, version: VERSION, when: ABSENT })).toEqual({
      verdict: 'written',
    });
    const large = itemOfBytes('a', MOST_ITEM_BYTES - RESERVED_BYTES + 1);
    const seen: Cell = { kind: 'item', item: fitting, version: VERSION };
    const write = { key: KEY, item: large, when: { kind: 'unchanged', seen } } as const;
    expect(await store.write({ ...write, version: VERSION })).toEqual({
      verdict: 'rejected',
      key: KEY,
      reason: expect.stringMatching(/item size/i),
      oversize: true,
    });
    expect(await store.read([KEY])).toEqual([seen]);
    expect(await store.write(write)).toEqual({ verdict: 'written' });
    expect(contents(await table.items())).toEqual(contents([large]));
  });

  it('rejects what can never be written, and leaves the cell as it was', async (bench) => {
    const table = await createTable(bench);
    const store = table.store();
    await store.insertAbsent(pageOf(KEY));
    for (const item of [
      { ...KEY, value: { SS: [] } },
      { ...KEY, value: { N: '1'.repeat(39) } },
    ])
      expect(await store.write(change(5, item))).toMatchObject({
        verdict: 'rejected',
        key: KEY,
        oversize: false,
      });
    expect(
      await store.write({ key: KEY, item: itemOfBytes('a', MOST_ITEM_BYTES + 1), when: change(5, KEY).when }),
    ).toMatchObject({ verdict: 'rejected', oversize: false });
    expect(await table.items()).toEqual([KEY]);
    expect(store.outcomesKnown()).toBe(true);
  });

  it('knows the outcome of writes that were answered, refused or rejected', async (bench) => {
    const table = await createTable(bench);
    const store = table.store();
    await store.write(change(5, KEY));
    await store.write(change(4, KEY));
    await store.insertAbsent(pageOf(KEY, { id: { S: 'b' } }));
    await store.removeVersion(KEY, TOMBSTONE);
    await store.removeTombstone(KEY, TOMBSTONE);
    expect(store.outcomesKnown()).toBe(true);
  });

  for (const [what, lossy] of [
    ['an answer that was lost', losingAnswer],
    ['a connection that broke', losingConnection],
  ] as const) {
    it(`knows that an outcome is open after ${what}, and keeps knowing it`, async (bench) => {
      const table = await createTable(bench);
      const store = table.store(lossy(bench, 'PutItem'));
      await store.write(change(5, KEY)).catch(() => undefined);
      expect(store.outcomesKnown()).toBe(false);
      expect(await store.write(change(6, KEY))).toEqual({ verdict: 'written' });
      expect(store.outcomesKnown()).toBe(false);
      expect(table.store().outcomesKnown()).toBe(true);
    });
  }

  always('ends with the latest change, whatever the order of changes, removals and copies', async (bench) => {
    const table = await createTable(bench);
    const writes = [1, 2, 3, 4, 5].map((sequence) =>
      change(sequence, sequence === 3 ? undefined : { ...KEY, value: { N: String(sequence) } }),
    );
    const results = await bench.together<unknown>(
      ...writes.map((write) => (actor: Actor) => table.store(actor).write(write)),
      ...writes.map((write) => (actor: Actor) => table.store(actor).write(write)),
      (actor) => table.store(actor).insertAbsent(pageOf({ ...KEY, value: { N: '0' } })),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await table.store().read([KEY])).toEqual([
      { kind: 'item', item: { ...KEY, value: { N: '5' } }, version: VERSION },
    ]);
  });
}
