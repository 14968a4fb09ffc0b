import { expect, it } from 'vitest';
import { drainFeeds, readTouched } from '../../../shared/engine/drain.ts';
import { CutoverGivenUpError } from '../../../shared/errors.ts';
import type { Task } from '../../simulation/world/task.ts';
import { type Bench, onBench } from './bench.ts';
import { cell, item, keyOf, version } from './cells.ts';
import { scriptedFeed } from './feeds.ts';

const drain = (bench: Bench, quietFrom = bench.now, until = bench.now + 5_000) =>
  drainFeeds(bench.migration(), quietFrom, until);

/** Later than any record. */
const LATEST = '9'.repeat(40);

/** Does something again and again, beside the drain. */
const often = (bench: Bench, work: (count: number) => void) =>
  bench.meanwhile(async (task: Task) => {
    for (let count = 0; ; count++) {
      work(count);
      await task.runtime.sleep(100);
    }
  });

it('ends when the source is silent, with its evidence', () =>
  onBench(
    async (bench) => {
      bench.source.load([item('a', 'one'), item('b', 'two')]);
      await bench.deliver();
      const found = await drain(bench);
      expect(found).toMatchObject({ records: 2, keys: 2 });
      expect(found.silentMilliseconds).toBeGreaterThanOrEqual(600);
      expect(found.silentReadings).toBeGreaterThanOrEqual(3);
      expect(Object.keys(found.last)).toEqual(bench.source.stream?.shards.map(({ id }) => id));
    },
    { shards: 2 },
  ));

it('lets silence count only from when no routed write can be on its way', () =>
  onBench(async (bench) => {
    const quietFrom = bench.now + 2_000;
    const { silentMilliseconds, silentReadings } = await drain(bench, quietFrom);
    expect(bench.now).toBeGreaterThanOrEqual(quietFrom + 600);
    // There are 50 ms between two readings: none of them is older than the silence.
    expect(silentReadings).toBeLessThanOrEqual(silentMilliseconds / 50 + 1);
  }));

it('begins its silence anew with each record', () =>
  onBench(async (bench) => {
    let written = 0;
    const writer = bench.meanwhile(async (task) => {
      await task.runtime.sleep(500);
      bench.source.load([item('a', 'one')]);
      written = bench.now;
      await bench.deliver();
    });
    await drain(bench);
    expect(bench.now).toBeGreaterThanOrEqual(written + 600);
    await bench.task.join(writer);
  }));

it('begins its silence anew when a shard ends, and reads the children', () =>
  onBench(
    async (bench) => {
      bench.source.load([item('a', 'one')]);
      await bench.deliver();
      let split = 0;
      const splitter = bench.meanwhile(async (task) => {
        await task.runtime.sleep(400);
        const stream = bench.source.stream;
        stream?.split(stream.shards[0] as never);
        split = bench.now;
      });
      const { shards } = await drain(bench);
      expect(bench.now).toBeGreaterThanOrEqual(split + 600);
      expect(shards).toBe(bench.source.stream?.shards.length);
      await bench.task.join(splitter);
    },
    { shards: 1 },
  ));

it('gives up when the source is still written at the end of its time', () =>
  onBench(async (bench) => {
    const writer = often(bench, (count) => bench.source.load([item('a', `${count}`)]));
    await expect(drain(bench)).rejects.toThrow(
      new CutoverGivenUpError('the source did not fall silent in time: somebody still writes it'),
    );
    writer.kill();
  }));

it('is not kept from ending by removals by time to live', () =>
  onBench(async (bench) => {
    const expired = Array.from({ length: 200 }, (_, index) => item(`k${index}`, 'old'));
    bench.source.load(expired);
    bench.target.load([]);
    await bench.deliver();
    const [began, service] = [
      bench.now,
      often(bench, (count) => {
        bench.source.expire(keyOf(`k${count}`));
        bench.target.load([cell(keyOf(`k${count}`), version(LATEST, 'tombstone'))]);
      }),
    ];
    await drain(bench);
    expect(bench.now - began).toBeLessThan(2_000);
    service.kill();
  }));

it('takes nothing for silence while a shard waits for its parent', () =>
  onBench(async (bench) => {
    const { feed } = scriptedFeed({ id: 'p', answers: [] }, { id: 'c', parent: 'p', answers: [] });
    const migration = bench.migration({ feeds: [{ stream: bench.stream, feed }] });
    await expect(drainFeeds(migration, bench.now, bench.now + 3_000)).rejects.toThrow(CutoverGivenUpError);
  }));

it('notes the last record of the shards that are open', () =>
  onBench(async (bench) => {
    const { stream } = bench.source;
    stream?.split(stream.shards[0] as never);
    const { last } = await drain(bench);
    expect(Object.keys(last)).toEqual(stream?.shards.slice(1).map(({ id }) => id));
  }));

it('gives up when a change has not arrived in time', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one')]);
    await expect(drain(bench)).rejects.toThrow(
      new CutoverGivenUpError('1 changes have not arrived on the target in time'),
    );
  }));

it('hands every key that was ever listed to the final recheck', () =>
  onBench(async (bench) => {
    for (const kind of ['quarantine', 'recheck', 'repaired', 'oversize'] as const)
      await bench.journal().lists.add(kind, [{ resource: 0, key: keyOf(kind), version: version(1) }]);
    bench.source.load([item('touched', 'one')]);
    const [touched] = await readTouched(bench.migration(), await bench.route());
    expect(touched?.keys.map(({ id }) => id?.S).sort()).toEqual([
      'oversize',
      'quarantine',
      'recheck',
      'repaired',
      'touched',
    ]);
    expect(touched?.lastSecond).toBe(bench.second);
  }));

it('notes how far the final recheck has read only when its keys are settled', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'one')]);
    const [touched] = await readTouched(bench.migration(), await bench.route());
    expect((await bench.journal().shards.read(bench.stream)).size).toBe(0);
    await touched?.settled();
    expect((await bench.journal().shards.read(bench.stream)).size).toBe(1);
  }));
