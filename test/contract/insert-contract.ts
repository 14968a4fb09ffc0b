import { expect } from 'vitest';
import { epochStart, versionValue } from '../../shared/version.ts';
import { doesAsAws } from './differences.ts';
import { EVERY_TYPE, itemOfBytes, itemOfManyNames, MOST_ITEM_BYTES, pageOf, plainItems } from './items.ts';
import type { Actor, Contract } from './judge.ts';
import { losingAnswer, throttledByHalf } from './lossy-client.ts';
import { recorded } from './recorded-client.ts';
import { contents, createTable, RESERVED } from './test-table.ts';

const COPIED = { value: { S: 'copied' } };
const KEPT = { value: { S: 'kept' } };

/** Put-if-absent of pages: what a copied item must never do is overwrite. */
export function insertContract({ judge, it, always }: Contract): void {
  it('inserts the items of a page whose keys are free, more than one request takes', async (bench) => {
    const table = await createTable(bench);
    const items = plainItems(60);
    const { actor, operations } = recorded(bench);
    const report = await table.store(actor).insertAbsent(pageOf(...items));
    expect(report).toEqual({ inserted: 60, existing: 0, rejected: [] });
    expect(operations).toEqual(Array(3).fill('BatchExecuteStatement'));
    expect(contents(await table.items())).toEqual(contents(items));
  });

  it('leaves what stands there as it is, and inserts the others of the page', async (bench) => {
    const table = await createTable(bench);
    const taken = [
      { id: { S: 'k3' }, ...KEPT },
      { id: { S: 'k17' }, ...KEPT },
      { id: { S: 'k18' } },
      { id: { S: 'k19' }, [RESERVED]: { S: versionValue(epochStart(1), 'tombstone', 1) } },
      { id: { S: 'k29' }, ...KEPT, [RESERVED]: { S: versionValue(epochStart(1), 'item', 1) } },
    ];
    await table.put(...taken);
    const report = await table.store().insertAbsent(pageOf(...plainItems(30)));
    expect(report).toEqual({ inserted: 25, existing: 5, rejected: [] });
    const free = plainItems(30).filter(({ id }) => !taken.some((item) => item.id.S === id?.S));
    expect(contents(await table.items())).toEqual(contents([...free, ...taken]));
  });

  it('inserts nothing where all is taken, and nothing of an empty page', async (bench) => {
    const table = await createTable(bench);
    const taken = plainItems(26).map(({ id }) => ({ id: id as { S: string }, ...KEPT }));
    await table.put(...taken);
    const store = table.store();
    const report = await store.insertAbsent(pageOf(...plainItems(26)));
    expect(report).toEqual({ inserted: 0, existing: 26, rejected: [] });
    expect(await store.insertAbsent(pageOf())).toEqual({ inserted: 0, existing: 0, rejected: [] });
    expect(contents(await table.items())).toEqual(contents(taken));
  });

  it('inserts an item with more names than a statement takes, among others, and only where it is free', async (bench) => {
    const table = await createTable(bench);
    await table.put({ id: { S: 'taken' }, ...KEPT });
    const [first, last] = [plainItems(3), plainItems(3, 3)];
    const page = pageOf(...first, itemOfManyNames('free'), ...last, itemOfManyNames('taken'));
    const { actor, operations } = recorded(bench);
    expect(await table.store(actor).insertAbsent(page)).toEqual({ inserted: 7, existing: 1, rejected: [] });
    expect(operations.filter((operation) => operation === 'PutItem')).toHaveLength(2);
    expect(contents(await table.items())).toEqual(
      contents([...first, ...last, itemOfManyNames('free'), { id: { S: 'taken' }, ...KEPT }]),
    );
  });

  it('takes any name of an attribute', async (bench) => {
    const table = await createTable(bench);
    const names = ["it's", "''", '"quoted"', 'two words', 'a.b', '{?: ?}', 'größe', 'VALUE', '#', ':x', '\\'];
    const item = {
      id: { S: 'a' },
      ...Object.fromEntries(names.map((name, index) => [name, { N: String(index) }])),
    };
    const { actor, operations } = recorded(bench);
    expect(await table.store(actor).insertAbsent(pageOf(item))).toMatchObject({ inserted: 1 });
    expect(operations).toEqual(['BatchExecuteStatement']);
    expect(contents(await table.items())).toEqual(contents([item]));
  });

  it('passes every type of attribute through unchanged, numbers of 38 digits among them', async (bench) => {
    const table = await createTable(bench);
    const item = { id: { S: 'a' }, ...EVERY_TYPE, emptyMap: { M: {} } };
    expect(await table.store().insertAbsent(pageOf(item))).toMatchObject({ inserted: 1 });
    expect(contents(await table.items())).toEqual(contents([item]));
    expect(contents((await table.store().scan({ segment: 0, segments: 1 }, undefined)).items())).toEqual(
      contents([item]),
    );
  });

  it('inserts an item of its key alone, and lets it stand', async (bench) => {
    const table = await createTable(bench);
    const store = table.store();
    const alone = { id: { S: 'a' } };
    expect(await store.insertAbsent(pageOf(alone))).toMatchObject({ inserted: 1 });
    expect(await store.insertAbsent(pageOf({ ...alone, ...COPIED }))).toMatchObject({ existing: 1 });
    expect(await table.items()).toEqual([alone]);
  });

  it('inserts one of two items of a key in one page', async (bench) => {
    const table = await createTable(bench);
    const twice = ['first', 'second'].map((text) => ({ id: { S: 'a' }, value: { S: text } }));
    const { inserted, existing, rejected } = await table
      .store()
      .insertAbsent(pageOf(...plainItems(5), ...twice));
    expect([inserted + existing, rejected]).toEqual([7, []]);
    expect(contents(await table.items())).toEqual(contents([...plainItems(5), ...twice.slice(0, 1)]));
  });

  it('inserts items at the limit of size, more of them than one request takes', async (bench) => {
    const table = await createTable(bench);
    const items = Array.from({ length: 12 }, (_, index) => itemOfBytes(`k${index}`, MOST_ITEM_BYTES));
    const report = await table.store().insertAbsent(pageOf(...items));
    expect(report).toEqual({ inserted: 12, existing: 0, rejected: [] });
    expect(contents(await table.items())).toEqual(contents(items));
  });

  it('reports items that are too large, by their keys, and loses none of the others', async (bench) => {
    const table = await createTable(bench);
    const items = plainItems(30);
    const large = ['large', 'larger'].map((id, index) =>
      itemOfBytes(id, MOST_ITEM_BYTES + 1 + 50_000 * index),
    );
    const page = pageOf(...items.slice(0, 10), ...large, ...items.slice(10));
    expect(await table.store().insertAbsent(page)).toEqual({
      inserted: 30,
      existing: 0,
      rejected: large.map(({ id }) => ({
        key: { id },
        reason: expect.stringMatching(/item size/i),
        oversize: false,
      })),
    });
    expect(contents(await table.items())).toEqual(contents(items));
  });

  if (doesAsAws(judge, 'the parameters of a statement are checked'))
    it('reports whatever DynamoDB can never take, one by one, and loses none of the others', async (bench) => {
      const table = await createTable(bench);
      const items = plainItems(30);
      const refused = [
        { id: { S: 'set' }, value: { SS: [] } },
        { id: { S: 'deep set' }, value: { M: { deeper: { L: [{ BS: [] }] } } } },
        { id: { S: 'digits' }, value: { N: '1'.repeat(39) } },
        { id: { N: '1' } },
        { id: { S: '' } },
        { id: { S: 'x'.repeat(2_049) } },
      ];
      const page = pageOf(...items.slice(0, 10), ...refused, ...items.slice(10));
      expect(await table.store().insertAbsent(page)).toEqual({
        inserted: 30,
        existing: 0,
        rejected: refused.map(({ id }) => ({
          key: { id },
          reason: expect.stringMatching(/./),
          oversize: false,
        })),
      });
      expect(contents(await table.items())).toEqual(contents(items));
    });

  it('sends a statement again that was throttled inside an answer', async (bench) => {
    const table = await createTable(bench);
    const items = plainItems(25);
    await table.put(...items.slice(0, 4).map(({ id }) => ({ id: id as { S: string }, ...KEPT })));
    const store = table.store(throttledByHalf(bench));
    expect(await store.insertAbsent(pageOf(...items))).toEqual({ inserted: 21, existing: 4, rejected: [] });
    expect(await table.items()).toHaveLength(25);
    expect(store.outcomesKnown()).toBe(true);
  });

  it('counts an item whose answer was lost as existing, and knows that its outcome is open', async (bench) => {
    const table = await createTable(bench);
    const store = table.store(losingAnswer(bench, 'BatchExecuteStatement'));
    expect(await store.insertAbsent(pageOf(...plainItems(5)))).toMatchObject({ inserted: 0, existing: 5 });
    expect(store.outcomesKnown()).toBe(false);
    expect(contents(await table.items())).toEqual(contents(plainItems(5)));
  });

  always('puts one of two items that are inserted at the same time', async (bench) => {
    const table = await createTable(bench);
    const sides = ['left', 'right'].map((side) =>
      plainItems(5).map(({ id }) => ({ id: id as { S: string }, side: { S: side } })),
    );
    const reports = await bench.together(
      ...sides.map((items) => (actor: Actor) => table.store(actor).insertAbsent(pageOf(...items))),
    );
    const sums = { inserted: 0, existing: 0 };
    for (const report of reports) {
      if (report.status === 'rejected') throw report.reason;
      sums.inserted += report.value.inserted;
      sums.existing += report.value.existing;
    }
    expect(sums).toEqual({ inserted: 5, existing: 5 });
    expect(await table.items()).toHaveLength(5);
  });
}
