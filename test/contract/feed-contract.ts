import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { PermanentError } from '../../shared/errors.ts';
import { itemText } from '../../shared/items.ts';
import type { Change, Item, Key } from '../../shared/model.ts';
import { dynamoDBFeed } from '../../shared/stores/dynamodb-feed.ts';
import type { Shard } from '../../shared/stores/feed.ts';
import { type CellKind, versionPrefix, versionValue } from '../../shared/version.ts';
import { doesAsAws } from './differences.ts';
import { changesOf, type ShardChange } from './feed-reader.ts';
import { EVERY_TYPE, pageOf } from './items.ts';
import type { Bench, Contract } from './judge.ts';
import { childrenFirst, expiringIterators, trimmedRecords } from './lossy-streams.ts';
import { contents, createTable, RESERVED, type TestTable } from './test-table.ts';

const keyOf = (index: number): { id: { S: string } } => ({ id: { S: `k${index}` } });
const itemOf = (index: number, value: number): Item => ({ ...keyOf(index), value: { N: String(value) } });

/** Several changes of several keys: puts, puts over them, removals, and a removal followed by a put. */
async function live(bench: Bench, table: TestTable, keys = 6, rounds = 4): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (let index = 0; index < keys; index++) {
      if ((index + round) % 3 === 2) await remove(bench, table, keyOf(index));
      else await table.put(itemOf(index, round));
    }
}

const version = (sequence: number, kind: CellKind) =>
  versionValue(versionPrefix(1, String(sequence)), kind, 1);
/** An item or a tombstone as the migrator writes it. */
const carrying = (reserved: string, item: Item = keyOf(0)): Item => ({
  ...item,
  [RESERVED]: { S: reserved },
});

function remove(bench: Bench, table: TestTable, key: Key) {
  return bench.client.send(new DeleteItemCommand({ TableName: table.name, Key: key as Item }));
}

async function feedOf(bench: Bench, table: TestTable) {
  return dynamoDBFeed(bench.streams, await table.enableStream(), RESERVED);
}

/** The changes of one key, in the order in which the feed gave them. */
const of = (changes: readonly Change[], index: number) =>
  changes.filter(({ key }) => itemText(key) === itemText(keyOf(index)));

/** What `live` does to a key, as before and after. */
function expected(index: number, rounds = 4): (readonly [string | undefined, string | undefined])[] {
  const steps: (readonly [string | undefined, string | undefined])[] = [];
  let before: string | undefined;
  for (let round = 0; round < rounds; round++) {
    const after = (index + round) % 3 === 2 ? undefined : String(round);
    if (before !== after) steps.push([before, after]);
    before = after;
  }
  return steps;
}

const KEYS = [0, 1, 2, 3, 4, 5];
const TOTAL = KEYS.reduce((sum, index) => sum + expected(index).length, 0);

const inOrder = (changes: readonly ShardChange[]) =>
  KEYS.map((index) => of(changes, index).map(({ before, after }) => [before?.value?.N, after?.value?.N]));

/** The ordered changes of a table, as the auditor reads them. */
export function feedContract({ judge, it }: Contract): void {
  it('gives every change of a key once, in order, with the images before and after', async (bench) => {
    const table = await createTable(bench);
    const feed = await feedOf(bench, table);
    await live(bench, table);
    const changes = await changesOf(bench, feed, TOTAL);
    expect(changes).toHaveLength(TOTAL);
    expect(inOrder(changes)).toEqual(KEYS.map((index) => expected(index)));
  });

  it('gives nothing for a write that changes nothing', async (bench) => {
    const table = await createTable(bench);
    const feed = await feedOf(bench, table);
    await table.put(itemOf(0, 1));
    await table.put(itemOf(0, 1));
    await remove(bench, table, keyOf(1));
    await table.put(itemOf(0, 2));
    const changes = await changesOf(bench, feed, 2);
    expect(changes.map(({ after }) => after)).toEqual([itemOf(0, 1), itemOf(0, 2)]);
  });

  it('gives images with every type of attribute unchanged', async (bench) => {
    const table = await createTable(bench);
    const feed = await feedOf(bench, table);
    const item = { ...keyOf(0), ...EVERY_TYPE };
    await table.put(item);
    await remove(bench, table, keyOf(0));
    const [put, removal] = (await changesOf(bench, feed, 2)) as [ShardChange, ShardChange];
    expect(contents([put.after as Item])).toEqual(contents([item]));
    expect(contents([removal.before as Item])).toEqual(contents([item]));
    expect(put).not.toHaveProperty('before');
    expect(removal).not.toHaveProperty('after');
    expect([put.key, removal.key]).toEqual([keyOf(0), keyOf(0)]);
    expect([put.byTimeToLive, removal.byTimeToLive]).toEqual([false, false]);
  });

  it('gives images without the reserved attribute, and its values beside them', async (bench) => {
    const table = await createTable(bench);
    const feed = await feedOf(bench, table);
    const [first, second] = [version(1, 'item'), version(2, 'item')];
    await table.put(carrying(first, itemOf(0, 1)));
    await table.put(carrying(second, itemOf(0, 2)));
    const [insert, update] = (await changesOf(bench, feed, 2)) as [ShardChange, ShardChange];
    expect(insert).toMatchObject({ after: itemOf(0, 1), versionAfter: first });
    expect(update.before).toEqual(itemOf(0, 1));
    expect(update.after).toEqual(itemOf(0, 2));
    expect(update).toMatchObject({ versionBefore: first, versionAfter: second });
  });

  it('gives a tombstone as nothing, with its version', async (bench) => {
    const table = await createTable(bench);
    const feed = await feedOf(bench, table);
    const [standing, removed] = [version(1, 'item'), version(2, 'tombstone')];
    await table.put(carrying(standing, itemOf(0, 1)));
    await table.put(carrying(removed));
    await remove(bench, table, keyOf(0));
    const [, removal, sweep] = (await changesOf(bench, feed, 3)) as ShardChange[];
    expect(removal).toMatchObject({ before: itemOf(0, 1), versionBefore: standing, versionAfter: removed });
    expect(removal).not.toHaveProperty('after');
    expect(sweep).toMatchObject({ key: keyOf(0), versionBefore: removed });
    for (const name of ['before', 'after', 'versionAfter']) expect(sweep).not.toHaveProperty(name);
  });

  it('knows no version of an item whose reserved attribute is none of the migrator’s', async (bench) => {
    const table = await createTable(bench);
    const feed = await feedOf(bench, table);
    await table.put(carrying('something else', itemOf(0, 1)));
    const [change] = await changesOf(bench, feed, 1);
    expect(change?.after).toEqual(itemOf(0, 1));
    expect(change).not.toHaveProperty('versionAfter');
  });

  it('gives an item of its key alone as an item', async (bench) => {
    const table = await createTable(bench);
    const feed = await feedOf(bench, table);
    await table.put(carrying(version(1, 'item')));
    expect((await changesOf(bench, feed, 1))[0]?.after).toEqual(keyOf(0));
  });

  if (doesAsAws(judge, 'the creation time of a stream record'))
    it('says in which second a change was made', async (bench) => {
      const table = await createTable(bench);
      const feed = await feedOf(bench, table);
      const before = Math.floor(bench.runtime.now() / 1000);
      await table.put(itemOf(0, 1));
      const after = Math.floor(bench.runtime.now() / 1000);
      const [change] = await changesOf(bench, feed, 1);
      expect(change?.createdSecond).toBeGreaterThanOrEqual(before);
      expect(change?.createdSecond).toBeLessThanOrEqual(after);
    });

  if (doesAsAws(judge, 'a PartiQL INSERT makes a stream record'))
    it('gives what a page inserted like any other change', async (bench) => {
      const table = await createTable(bench);
      const feed = await feedOf(bench, table);
      await table.put(itemOf(0, 1));
      await table.store().insertAbsent(pageOf(itemOf(0, 2), itemOf(1, 2), itemOf(2, 2)));
      const changes = await changesOf(bench, feed, 3);
      expect(changes.every(({ before }) => before === undefined)).toBe(true);
      expect(contents(changes.map(({ after }) => after as Item))).toEqual(
        contents([itemOf(0, 1), itemOf(1, 2), itemOf(2, 2)]),
      );
    });

  it('gives sequence numbers that grow within a shard, compared as versions are', async (bench) => {
    const table = await createTable(bench);
    const feed = await feedOf(bench, table);
    await live(bench, table);
    const changes = await changesOf(bench, feed, TOTAL);
    for (const shard of new Set(changes.map((change) => change.shard))) {
      const prefixes = changes
        .filter((change) => change.shard === shard)
        .map(({ sequence }) => versionPrefix(1, sequence));
      expect(prefixes).toEqual([...new Set(prefixes)].sort());
    }
  });

  it('goes on after a position, and not before it', async (bench) => {
    const table = await createTable(bench);
    const feed = await feedOf(bench, table);
    await live(bench, table);
    const all = await changesOf(bench, feed, TOTAL);
    for (const shard of new Set(all.map((change) => change.shard))) {
      const sequences = all.filter((change) => change.shard === shard).map(({ sequence }) => sequence);
      for (const index of new Set([0, Math.floor(sequences.length / 2), sequences.length - 1])) {
        const rest = sequences.slice(index + 1);
        const others = all.length - sequences.length;
        const again = await changesOf(bench, feed, others + rest.length, {
          after: new Map([[shard, sequences[index] as string]]),
        });
        expect(again.filter((change) => change.shard === shard).map((change) => change.sequence)).toEqual(
          rest,
        );
      }
    }
  });

  it('begins with what was changed after the stream was on, and has nothing before that', async (bench) => {
    const table = await createTable(bench);
    await table.put(itemOf(0, 1));
    const feed = await feedOf(bench, table);
    expect(await changesOf(bench, feed, 0)).toEqual([]);
    await table.put(itemOf(0, 2));
    const changes = await changesOf(bench, feed, 1);
    expect(changes.map(({ before, after }) => [before, after])).toEqual([[itemOf(0, 1), itemOf(0, 2)]]);
  });

  it('names each shard once, parents before children, in whatever order they are listed', async (bench) => {
    const table = await createTable(bench);
    const stream = await table.enableStream();
    await live(bench, table);
    for (const streams of [bench.streams, childrenFirst(bench.streams)]) {
      const shards = await dynamoDBFeed(streams, stream, RESERVED).shards();
      const ids = shards.map(({ id }) => id);
      expect(ids.length).toBeGreaterThan(0);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [index, { parent }] of shards.entries())
        if (parent !== undefined && ids.includes(parent)) expect(ids.indexOf(parent)).toBeLessThan(index);
    }
  });

  it('goes on where it was when its iterator has expired', async (bench) => {
    const table = await createTable(bench);
    const stream = await table.enableStream();
    await live(bench, table);
    const feed = dynamoDBFeed(expiringIterators(bench.streams), stream, RESERVED);
    const changes = await changesOf(bench, feed, TOTAL);
    expect(inOrder(changes)).toEqual(KEYS.map((index) => expected(index)));
  });

  it('says that no retry helps when what it would read next is gone', async (bench) => {
    const table = await createTable(bench);
    const feed = dynamoDBFeed(trimmedRecords(bench.streams), await table.enableStream(), RESERVED);
    const [shard] = (await feed.shards()) as [Shard];
    await expect(feed.reader(shard, undefined).next()).rejects.toThrow(PermanentError);
  });
}
