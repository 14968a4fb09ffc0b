import { expect, it } from 'vitest';
import { readTouched } from '../../../shared/engine/drain.ts';
import { recheckRound } from '../../../shared/engine/round.ts';
import { type Bench, onBench } from './bench.ts';
import { cell, item, keyOf, putOf, tombstone, version } from './cells.ts';
import { scriptedFeed } from './feeds.ts';

async function round(bench: Bench, changes: object = {}) {
  const migration = bench.migration(changes);
  const permit = await migration.journal.gate.take('repair', migration.deadline);
  try {
    return await recheckRound(migration, permit);
  } finally {
    await migration.journal.gate.give(permit, true);
  }
}

const touched = async (bench: Bench) =>
  (await readTouched(bench.migration(), await bench.route()))[0]?.keys.map(({ id }) => id?.S).sort();

it('a round is complete when everything that it read has arrived', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one'), item('b', 'two')]);
    await bench.deliver();
    expect(await round(bench)).toMatchObject({ complete: true, records: 2, keys: 2, lagSeconds: 0 });
  }));

it('a record that has not arrived makes the round incomplete, with its lag', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one')]);
    await bench.task.runtime.sleep(30_000);
    const found = await round(bench);
    expect(found.complete).toBe(false);
    expect(found.lagSeconds).toBeGreaterThanOrEqual(30);
    expect(found.lagSeconds).toBeLessThan(40);
  }));

it('waits a while for records to arrive', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one')]);
    const applier = bench.meanwhile(async (task) => {
      await task.runtime.sleep(2_000);
      bench.target.load([cell(item('a', 'one'), version('9'.repeat(40)))]);
    });
    expect(await round(bench)).toMatchObject({ complete: true });
    await bench.task.join(applier);
  }));

it('an incomplete round moves no position: the next one reads the same', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one')]);
    await round(bench);
    expect(await bench.journal().shards.read(bench.stream)).toEqual(new Map());
    await bench.deliver();
    expect(await round(bench)).toMatchObject({ complete: true, records: 1 });
  }));

it('a complete round is the start of the next one, and the final recheck begins one round before it', () =>
  onBench(async (bench) => {
    for (const id of ['a', 'b', 'c']) {
      bench.source.load([item(id, 'one')]);
      await bench.deliver();
      expect(await round(bench)).toMatchObject({ complete: true, records: 1 });
    }
    bench.source.load([item('d', 'one')]);
    expect(await touched(bench)).toEqual(['c', 'd']);
  }));

it('a round follows a split shard, and neither loses nor repeats a record', () =>
  onBench(async (bench) => {
    const { stream } = bench.source;
    bench.source.load([item('a', 'one')]);
    stream?.split(stream.shards[0] as never);
    bench.source.load([item('b', 'one')]);
    await bench.deliver();
    expect(await round(bench)).toMatchObject({ complete: true, records: 2 });
    bench.source.load([item('c', 'one')]);
    await bench.deliver();
    expect(await round(bench)).toMatchObject({ complete: true, records: 1 });
  }));

it('a complete round knows a floor, some seconds before it began', () =>
  onBench(async (bench) => {
    const { floorSecond } = await round(bench);
    expect(floorSecond).toBeLessThanOrEqual(bench.second - 10);
    expect(floorSecond).toBeGreaterThan(bench.second - 15);
  }));

it('an incomplete round knows no floor', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one')]);
    expect((await round(bench)).floorSecond).toBeUndefined();
  }));

it('a round that did not read to the tip is not complete and knows no floor', () =>
  onBench(async (bench) => {
    const nothing = Array.from({ length: 60 }, (_, page) =>
      Array.from({ length: 1_000 }, (_, index) => ({
        ...putOf('a', page * 1_000 + index + 1, 'x'),
        before: item('a', 'x'),
      })),
    );
    const { feed } = scriptedFeed({ id: 'shard', answers: nothing });
    const found = await round(bench, { feeds: [{ stream: bench.stream, feed }] });
    expect(found.complete).toBe(false);
    expect(found.records).toBeLessThan(60_000);
    expect(found.floorSecond).toBeUndefined();
  }));

it('compares the keys that were touched and repairs what differs', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one')]);
    // Its record counts as arrived by its version, the content is another one.
    bench.target.load([cell(item('a', 'wrong'), version('9'.repeat(40)))]);
    expect(await round(bench)).toMatchObject({ complete: true, repaired: 1 });
    expect(bench.target.get(keyOf('a'))?.v).toEqual({ S: 'one' });
  }));

it('settles the keys that are listed for recheck, and takes them off the list', () =>
  onBench(
    async (bench) => {
      await bench.journal().lists.add('recheck', [{ resource: 0, key: keyOf('a'), version: version(5) }]);
      expect(await round(bench)).toMatchObject({ repaired: 1 });
      expect(bench.target.get(keyOf('a'))).toMatchObject(item('a', 'right'));
      expect(await bench.listed('recheck')).toEqual([]);
    },
    { source: [item('a', 'right')], target: [item('a', 'wrong')] },
  ));

it('repairs the keys in quarantine', () =>
  onBench(async (bench) => {
    await bench.journal().lists.add('quarantine', [{ resource: 0, key: keyOf('a'), version: version(5) }]);
    expect(await round(bench)).toMatchObject({ repaired: 1 });
    expect(bench.target.get(keyOf('a'))).toEqual(tombstone('a', 5, bench.second));
    expect(await bench.listed('quarantine')).toEqual([]);
  }));
