import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { Item } from '../../shared/model.ts';
import type { Segment, Store } from '../../shared/stores/store.ts';
import { versionPrefix, versionValue } from '../../shared/version.ts';
import { doesAsAws } from './differences.ts';
import { itemOfBytes, plainItems } from './items.ts';
import type { Contract } from './judge.ts';
import { pagesOf, scanned, versionsOf } from './scans.ts';
import { contents, createTable, RESERVED, type TestTable } from './test-table.ts';

const ALL: Segment = { segment: 0, segments: 1 };
const ITEM = versionValue(versionPrefix(1, '7'), 'item', 1);
const TOMBSTONE = versionValue(versionPrefix(1, '8'), 'tombstone', 1);

/** Scans, page by page and segment by segment. */
export function scanContract({ judge, it }: Contract): void {
  for (const segments of [1, 2, 7, 40]) {
    it(`gives each item exactly once over ${segments} segments`, async (bench) => {
      const table = await createTable(bench);
      const items = manyPages();
      await table.put(...items);
      const found = await scanned(table.store(), segments);
      expect(contents(found)).toEqual(contents(items));
    });
  }

  it('keeps a key in one segment, as long as their number is the same', async (bench) => {
    const table = await createTable(bench);
    await table.put(...plainItems(40));
    const before = await segmentsOf(table.store(), 5);
    await table.put(...plainItems(40).map((item) => ({ ...item, more: { S: 'x' } })), ...plainItems(40, 40));
    const after = await segmentsOf(table.store(), 5);
    expect(after.filter(([id]) => before.some(([earlier]) => earlier === id))).toEqual(before);
  });

  it('goes on at a cursor, in a store made anew, also when its item is gone by then', async (bench) => {
    const table = await createTable(bench);
    await table.put(...manyPages());
    const first = await table.store().scan(ALL, undefined);
    expect(first.next).toBeDefined();
    expect(JSON.parse(JSON.stringify(first.next))).toBe(first.next);
    const last = first.items().at(-1) as Item;
    const Key = { id: last.id as { S: string } };
    await bench.client.send(new DeleteItemCommand({ TableName: table.name, Key }));
    const rest: Item[] = [];
    for await (const page of pagesOf(table.store(), ALL, first.next)) rest.push(...page.items());
    expect(contents([...first.items(), ...rest])).toEqual(contents(manyPages()));
  });

  it('ends an empty segment, and an empty table, with its first page', async (bench) => {
    const store = (await createTable(bench)).store();
    const page = await store.scan({ segment: 3, segments: 1_000_000 }, undefined);
    expect(page).toMatchObject({ count: 0 });
    expect(page.next).toBeUndefined();
    expect(page.items()).toEqual([]);
    expect(await store.scanVersions(ALL, undefined)).toEqual({ scanned: 0, cells: [] });
  });

  it('counts the items of a page as it gives them', async (bench) => {
    const table = await createTable(bench);
    await putCells(table);
    for await (const page of pagesOf(table.store(), ALL)) expect(page.items()).toHaveLength(page.count);
  });

  if (doesAsAws(judge, 'read capacity of a page'))
    it('tells the bytes of a page, to 4 KB', async (bench) => {
      const table = await createTable(bench);
      await table.put(...manyPages());
      for await (const { count, bytes } of pagesOf(table.store(), ALL))
        expect(Math.abs(bytes - 30_000 * count)).toBeLessThanOrEqual(4_096);
    });

  it('leaves out tombstones and the reserved attribute, but no item of its key alone', async (bench) => {
    const table = await createTable(bench);
    const { visible } = await putCells(table);
    expect(contents(await scanned(table.store(), 3))).toEqual(contents(visible));
  });

  it('finds each cell with a version exactly once, tombstones among them', async (bench) => {
    const table = await createTable(bench);
    const { versions } = await putCells(table);
    for (const segments of [1, 4]) {
      const found = await versionsOf(table.store(), segments);
      expect(found.map(({ key, version }) => `${key.id?.S} ${version}`).sort()).toEqual(versions);
      expect(found.every(({ key }) => Object.keys(key).length === 1)).toBe(true);
    }
  });

  it('tells how many cells it looked at for versions, those without one too', async (bench) => {
    const table = await createTable(bench);
    await putCells(table);
    const [store, total] = [table.store(), (await table.items()).length];
    let [looked, cursor] = [0, undefined as string | undefined];
    do {
      const page = await store.scanVersions(ALL, cursor);
      looked += page.scanned;
      cursor = page.next;
    } while (cursor !== undefined);
    expect(looked).toBe(total);
  });
}

/** More than one page of any judge. */
function manyPages(): Item[] {
  return Array.from({ length: 60 }, (_, index) => itemOfBytes(`k${index}`, 30_000));
}

async function segmentsOf(store: Store, segments: number): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for (let segment = 0; segment < segments; segment++)
    for await (const page of pagesOf(store, { segment, segments }))
      found.push(...page.items().map(({ id }): [string, number] => [id?.S as string, segment]));
  return found.sort();
}

/** Cells of every kind, and what is to be seen of them. */
async function putCells(table: TestTable) {
  const copied = plainItems(20);
  const versioned = plainItems(20, 20);
  const alone = [{ id: { S: 'alone' } }, { id: { S: 'alone, with a version' } }];
  const tombstones = Array.from({ length: 20 }, (_, index) => ({ id: { S: `gone${index}` } }));
  const carrying = [...versioned, alone[1] as Item];
  await table.put(
    ...copied,
    alone[0] as Item,
    ...carrying.map((item) => ({ ...item, [RESERVED]: { S: ITEM } })),
    ...tombstones.map((key) => ({ ...key, [RESERVED]: { S: TOMBSTONE } })),
  );
  return {
    visible: [...copied, ...versioned, ...alone],
    versions: [
      ...carrying.map(({ id }) => `${id?.S} ${ITEM}`),
      ...tombstones.map(({ id }) => `${id.S} ${TOMBSTONE}`),
    ].sort(),
  };
}
