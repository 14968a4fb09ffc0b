import { expect } from 'vitest';
import { RecordTable } from '../../shared/journal/table.ts';
import type { Actor, Bench, Contract } from './judge.ts';
import { createTable } from './test-table.ts';

const KEY = { pk: 'p', sk: 's' };
const FREE = { expression: 'attribute_not_exists(#pk)' };

async function records(bench: Bench): Promise<RecordTable> {
  return new RecordTable(bench.client, await createJournalTable(bench));
}

/** @returns the name of a table of records */
export async function createJournalTable(bench: Bench): Promise<string> {
  const table = await createTable(bench, [
    { name: 'pk', type: 'S' },
    { name: 'sk', type: 'S' },
  ]);
  return table.name;
}

/** Small records with conditional writes: the ground of journal and route. */
export function recordContract({ it, always }: Contract): void {
  it('keeps plain data as it is, and what is undefined not at all', async (bench) => {
    const table = await records(bench);
    const data = {
      text: 'ä',
      empty: '',
      time: 1_793_491_200_123,
      share: 0.1,
      no: false,
      nothing: null,
      list: [1, 'two', { three: [] }],
      map: { deep: { deeper: {} } },
    };
    expect(await table.put(KEY, { ...data, missing: undefined })).toBe(true);
    expect(await table.get(KEY)).toEqual({ ...KEY, ...data });
    expect(await table.get({ ...KEY, sk: 'other' })).toBeUndefined();
  });

  it('puts, updates and deletes where the condition holds, and says so', async (bench) => {
    const table = await records(bench);
    expect(await table.put(KEY, { n: 1 }, FREE)).toBe(true);
    const isOne = { expression: '#n = :one', values: { one: 1 } };
    expect(await table.update(KEY, 'SET #n = :two', { two: 2 }, isOne)).toEqual({ ...KEY, n: 2 });
    expect(await table.delete(KEY, { expression: '#n = :two', values: { two: 2 } })).toBe(true);
    expect(await table.get(KEY)).toBeUndefined();
  });

  it('changes nothing where the condition does not hold, and says so', async (bench) => {
    const table = await records(bench);
    await table.put(KEY, { n: 1 });
    const isTwo = { expression: '#n = :two', values: { two: 2 } };
    expect(await table.put(KEY, { n: 3 }, FREE)).toBe(false);
    expect(await table.update(KEY, 'SET #n = :three', { three: 3 }, isTwo)).toBeUndefined();
    expect(await table.delete(KEY, isTwo)).toBe(false);
    expect(await table.get(KEY)).toEqual({ ...KEY, n: 1 });
    const absent = { pk: 'p', sk: 'absent' };
    expect(await table.update(absent, 'SET #n = :three', { three: 3 }, isTwo)).toBeUndefined();
    expect(await table.delete(absent, isTwo)).toBe(false);
    expect(await table.get(absent)).toBeUndefined();
  });

  it('makes the record that an update without a condition does not find', async (bench) => {
    const table = await records(bench);
    const count = () => table.update(KEY, 'SET #a = if_not_exists(#a, :one) ADD #n :one', { one: 1 });
    expect(await count()).toEqual({ ...KEY, a: 1, n: 1 });
    expect(await count()).toEqual({ ...KEY, a: 1, n: 2 });
  });

  it('takes names that DynamoDB reserves', async (bench) => {
    const table = await records(bench);
    const words = ['name', 'state', 'status', 'values', 'key', 'counts', 'data', 'role'];
    const values = Object.fromEntries(words.map((word, index) => [word, index]));
    const update = `SET ${words.map((word) => `#${word} = :${word}`).join(', ')}`;
    expect(await table.update(KEY, update, values)).toEqual({ ...KEY, ...values });
  });

  it('gets many records at once in the order of their keys, absent ones too', async (bench) => {
    const table = await records(bench);
    const keys = Array.from({ length: 130 }, (_, index) => ({ pk: `p${index % 7}`, sk: `s${index}` }));
    await Promise.all(keys.slice(0, 120).map((key, index) => table.put(key, { n: index })));
    const asked = keys.toReversed();
    expect(await table.getAll(asked)).toEqual(
      asked.map((key, index) => (index < 10 ? undefined : { ...key, n: 129 - index })),
    );
    expect(await table.getAll([])).toEqual([]);
  });

  it('queries a partition in the order of its sort keys, by prefix and from a key on', async (bench) => {
    const table = await records(bench);
    const sorts = ['a#1', 'b#1', 'b#10', 'b#2', 'b#ä', 'b', 'c#1'];
    await Promise.all(sorts.map((sk) => table.put({ pk: 'p', sk }, {})));
    await table.put({ pk: 'q', sk: 'b#3' }, {});
    const query = async (...args: Parameters<RecordTable['query']>) =>
      (await Array.fromAsync(table.query<{ sk: string }>(...args))).map(({ sk }) => sk);
    expect(await query('p')).toEqual(['a#1', 'b', 'b#1', 'b#10', 'b#2', 'b#ä', 'c#1']);
    expect(await query('p', 'b#')).toEqual(['b#1', 'b#10', 'b#2', 'b#ä']);
    expect(await query('p', 'b#', 'b#10')).toEqual(['b#10', 'b#2', 'b#ä']);
    expect(await query('p', 'd')).toEqual([]);
    expect(await query('nobody')).toEqual([]);
  });

  it('queries more than one page', async (bench) => {
    const table = await records(bench);
    const sorts = Array.from({ length: 40 }, (_, index) => `s${String(index).padStart(2, '0')}`);
    await Promise.all(sorts.map((sk) => table.put({ pk: 'p', sk }, { fill: 'x'.repeat(40_000) })));
    const found = await Array.fromAsync(table.query<{ sk: string }>('p', 's'));
    expect(found.map(({ sk }) => sk)).toEqual(sorts);
  });

  it('reads what was written last', async (bench) => {
    const table = await records(bench);
    for (let n = 0; n < 4; n++) {
      await table.put(KEY, { n });
      expect(await table.get(KEY)).toEqual({ ...KEY, n });
      expect(await table.getAll([KEY])).toEqual([{ ...KEY, n }]);
      expect(await Array.fromAsync(table.query('p'))).toEqual([{ ...KEY, n }]);
    }
  });

  always('lets one of several that take a free key at once have it', async (bench) => {
    const { name } = await records(bench);
    const results = await bench.together(
      ...[1, 2, 3].map(
        (n) =>
          ({ client }: Actor) =>
            new RecordTable(client, name).put(KEY, { n }, FREE),
      ),
    );
    const held = results.map((result) => result.status === 'fulfilled' && result.value);
    expect(held.toSorted()).toEqual([false, false, true]);
    expect(await new RecordTable(bench.client, name).get(KEY)).toEqual({ ...KEY, n: held.indexOf(true) + 1 });
  });
}
