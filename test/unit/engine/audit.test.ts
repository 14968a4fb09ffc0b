import { expect, it, vi } from 'vitest';
import { FeedReader, notArrived, readerFromLastRound } from '../../../shared/engine/audit.ts';
import type { SideFeed } from '../../../shared/engine/migration.ts';
import { PermanentError } from '../../../shared/errors.ts';
import type { Change } from '../../../shared/model.ts';
import { type Bench, onBench } from './bench.ts';
import { cell, change, item, keyOf, putOf, removalOf, SECOND, tombstone, version } from './cells.ts';
import { scriptedFeed } from './feeds.ts';

const NONE = new Map();
const NOW = SECOND * 1_000;
const sequences = (reader: FeedReader) => [...reader.last.values()].map(({ sequence }) => sequence);

it('reads a parent to its end before its child', async () => {
  const { feed, asked } = scriptedFeed(
    { id: 'parent', answers: [[putOf('a', 1, 'one')], [putOf('a', 2, 'two')]], closed: true },
    { id: 'child', parent: 'parent', answers: [[putOf('a', 3, 'three')]] },
  );
  const reader = new FeedReader(feed, NONE, 'start', NOW);
  await reader.read();
  expect(asked.slice(0, 3)).toEqual(['parent', 'parent', 'child']);
  expect(sequences(reader)).toEqual(['3']);
});

it('leaves a child alone whose parent is not read to its end', async () => {
  const { feed, asked } = scriptedFeed(
    { id: 'parent', answers: [[putOf('a', 1, 'one')], [putOf('a', 2, 'two')]], closed: true },
    { id: 'child', parent: 'parent', answers: [[putOf('a', 3, 'three')]] },
  );
  const reader = new FeedReader(feed, NONE, 'start', NOW);
  await reader.read({ most: 1 });
  expect(asked).toEqual(['parent']);
  expect(reader.atTip).toBe(false);
});

it('lists the shards again only after one has ended, or where it is told to', async () => {
  const { feed } = scriptedFeed(
    { id: 'open', answers: [] },
    { id: 'closing', answers: [[putOf('a', 1, 'one')], [], [], [], []], closed: true },
  );
  const shards = vi.spyOn(feed, 'shards');
  const reader = new FeedReader(feed, NONE, 'start', NOW);
  const listings = async (relist = false) => {
    const breaking = await reader.read({ relist });
    return { breaking, listings: shards.mock.calls.length };
  };
  expect(await listings()).toEqual({ breaking: 1, listings: 1 });
  // The end of a shard breaks a silence: its children are to be read first.
  expect(await listings()).toEqual({ breaking: 1, listings: 1 });
  expect(await listings()).toEqual({ breaking: 0, listings: 2 });
  expect(await listings()).toEqual({ breaking: 0, listings: 2 });
  expect(await listings(true)).toEqual({ breaking: 0, listings: 3 });
});

it('reads a child whose parent has gone', async () => {
  const { feed } = scriptedFeed({ id: 'child', parent: 'trimmed', answers: [[putOf('a', 3, 'three')]] });
  const reader = new FeedReader(feed, NONE, 'start', NOW);
  await reader.read();
  expect(sequences(reader)).toEqual(['3']);
});

it('follows a shard of a table into its children', () =>
  onBench(async (bench) => {
    bench.source.load([item('a', 'before the split')]);
    const stream = bench.source.stream;
    stream?.split(stream.shards[0] as never);
    bench.source.load([item('a', 'after the split')]);
    const reader = new FeedReader(bench.migration().feeds[0]?.feed as never, NONE, 'start', NOW);
    await reader.read();
    expect(reader.last.size).toBe(1);
    expect([...reader.last.values()][0]?.after).toEqual(item('a', 'after the split'));
    expect(reader.atTip).toBe(true);
  }));

it('is not at the tip while a child waits for its parent', async () => {
  const { feed } = scriptedFeed(
    { id: 'parent', answers: [] },
    { id: 'child', parent: 'parent', answers: [] },
  );
  const reader = new FeedReader(feed, NONE, 'start', NOW);
  await reader.read();
  expect(reader.atTip).toBe(false);
});

it('stops for good when a shard is gone before it was read to its end', async () => {
  const position = { shard: 'gone', sequence: '1', ended: false, endedBefore: false, readAt: 0 };
  const reader = new FeedReader(scriptedFeed().feed, new Map([['gone', position]]), 'end', NOW);
  await expect(reader.read()).rejects.toThrow(PermanentError);
});

it('needs no position any more of a shard that was read to its end and is gone', async () => {
  const { feed } = scriptedFeed({ id: 'listed', answers: [[putOf('a', 1, 'one')]], closed: true });
  const known = ['gone', 'listed'].map((shard) => ({ shard, ended: true, endedBefore: true, readAt: 0 }));
  const reader = new FeedReader(
    feed,
    new Map(known.map((position) => [position.shard, position])),
    'end',
    NOW,
  );
  await reader.read();
  expect(reader.positions()).toMatchObject([
    { shard: 'gone', spent: true },
    { shard: 'listed', spent: false },
  ]);
});

it('takes one empty answer for nothing: records may follow it', async () => {
  const { feed } = scriptedFeed({ id: 'shard', answers: [[], [], [putOf('a', 1, 'one')]] });
  const reader = new FeedReader(feed, NONE, 'start', NOW);
  expect(await reader.read()).toBe(1);
  expect(reader.atTip).toBe(true);
});

it('goes on where the last round ended, or reads it once more', async () => {
  const { feed } = scriptedFeed({
    id: 'shard',
    answers: [[putOf('a', 1, 'one')], [putOf('b', 2, 'two')], [putOf('c', 3, 'three')]],
  });
  const position = {
    shard: 'shard',
    sequence: '2',
    roundStart: '1',
    ended: false,
    endedBefore: false,
    readAt: 0,
  };
  const positions = new Map([['shard', position]]);
  const [onward, again] = [
    new FeedReader(feed, positions, 'end', NOW),
    new FeedReader(feed, positions, 'start', NOW),
  ];
  await onward.read();
  await again.read();
  expect(sequences(onward)).toEqual(['3']);
  expect(sequences(again)).toEqual(['2', '3']);
});

it('notes where a reading began, so that the next one can begin there too', async () => {
  const { feed } = scriptedFeed({ id: 'shard', answers: [[putOf('a', 1, 'one')], [putOf('b', 2, 'two')]] });
  const position = { shard: 'shard', sequence: '1', ended: false, endedBefore: false, readAt: 0 };
  const reader = new FeedReader(feed, new Map([['shard', position]]), 'end', NOW);
  await reader.read();
  expect(reader.positions()).toMatchObject([
    { shard: 'shard', sequence: '2', roundStart: '1', ended: false, endedBefore: false, readAt: NOW },
  ]);
});

it.each(['start', 'end'] as const)(
  'goes on from the %s of the last round within the time that a stream keeps',
  (from) =>
    onBench(async (bench) => {
      const migration = bench.migration();
      const [feed] = migration.feeds as [SideFeed];
      await bench.task.runtime.sleep(30 * 3_600_000);
      // Nothing was read yet: what the stream has lost by then, the full compare finds.
      const first = await readerFromLastRound(migration, feed, from);
      await first.read();
      await migration.journal.shards.write(bench.stream, first.positions());
      await bench.task.runtime.sleep(23 * 3_600_000);
      await readerFromLastRound(migration, feed, from);
      await bench.task.runtime.sleep(3_600_000);
      await expect(readerFromLastRound(migration, feed, from)).rejects.toThrow('last read 24 hours ago');
    }),
);

it('reads a shard once more that ended during the last round, and none that ended before it', async () => {
  const { feed, asked } = scriptedFeed(
    { id: 'old', answers: [[putOf('a', 1, 'one')]], closed: true },
    { id: 'young', answers: [[putOf('b', 2, 'two')]], closed: true },
  );
  const ended = { ended: true, sequence: '9' };
  const reader = new FeedReader(
    feed,
    new Map([
      ['old', { shard: 'old', ...ended, endedBefore: true, readAt: 0 }],
      ['young', { shard: 'young', ...ended, endedBefore: false, readAt: 0 }],
    ]),
    'start',
    NOW,
  );
  await reader.read();
  expect([...new Set(asked)]).toEqual(['young']);
});

it('does not count removals by time to live as records that break a silence', async () => {
  const expired: Change = { ...removalOf('a', 1), byTimeToLive: true };
  const { feed } = scriptedFeed({ id: 'shard', answers: [[expired, putOf('b', 2, 'two')]] });
  const reader = new FeedReader(feed, NONE, 'start', NOW);
  expect(await reader.read()).toBe(1);
  expect(reader.records).toBe(2);
});

it('lets no record that changes nothing stand in for one that does', async () => {
  const nothing = change('a', 2, { before: item('a', 'x'), after: item('a', 'x') });
  const { feed } = scriptedFeed({ id: 'shard', answers: [[putOf('a', 1, 'x'), nothing]] });
  const reader = new FeedReader(feed, NONE, 'start', NOW);
  await reader.read();
  expect(sequences(reader)).toEqual(['1']);
});

it('knows the last second in which a record was created', async () => {
  const { feed } = scriptedFeed({
    id: 'shard',
    answers: [[putOf('a', 1, 'x', SECOND + 7), putOf('b', 2, 'x', SECOND)]],
  });
  const reader = new FeedReader(feed, NONE, 'start', NOW);
  await reader.read();
  expect(reader.lastSecond).toBe(SECOND + 7);
});

const open = async (bench: Bench, ...changes: Change[]) =>
  (await notArrived(bench.migration(), bench.resource(), changes)).map(({ key }) => key.id?.S);

it('a record has arrived when the cell has its version or a later one', () =>
  onBench(
    async (bench) => {
      const changes = ['earlier', 'same', 'later', 'copied'].map((id) => putOf(id, 5, 'new'));
      expect(await open(bench, ...changes)).toEqual(['earlier', 'copied']);
    },
    {
      target: [
        cell(item('earlier', 'x'), version(4)),
        cell(item('same', 'x'), version(5)),
        cell(item('later', 'x'), version(6)),
        item('copied', 'x'),
      ],
    },
  ));

it('a record has not arrived because the content is its own: older ones may still come', () =>
  onBench(
    async (bench) => {
      expect(await open(bench, putOf('a', 5, 'new'), removalOf('b', 5))).toEqual(['a', 'b']);
    },
    { target: [item('a', 'new')] },
  ));

it('a removal has not arrived while the item stands', () =>
  onBench(
    async (bench) => {
      expect(await open(bench, removalOf('a', 5), removalOf('b', 5))).toEqual(['a']);
    },
    { target: [item('a', 'x'), tombstone('b', 5)] },
  ));

it('a record that changes nothing has arrived', () =>
  onBench(async (bench) => {
    expect(await open(bench, change('a', 5, { before: item('a', 'x'), after: item('a', 'x') }))).toEqual([]);
  }));

it('a record at or below the floor has arrived, one above it not', () =>
  onBench(async (bench) => {
    await bench.journal().gate.publishFloor(SECOND);
    expect(await open(bench, putOf('a', 5, 'x', SECOND), putOf('b', 5, 'x', SECOND + 1))).toEqual(['b']);
  }));

it.each(['oversize', 'quarantine'] as const)('a record whose key is listed in %s has arrived', (kind) =>
  onBench(async (bench) => {
    await bench.journal().lists.add(kind, [{ resource: 0, key: keyOf('a'), version: version(5) }]);
    expect(await open(bench, putOf('a', 5, 'x'), putOf('b', 5, 'x'))).toEqual(['b']);
  }),
);
