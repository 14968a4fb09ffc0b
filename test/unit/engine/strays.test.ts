import { expect, it } from 'vitest';
import type { Side } from '../../../shared/direction.ts';
import { cutoverStep } from '../../../shared/engine/cutover.ts';
import { repairKey } from '../../../shared/engine/repair.ts';
import { type UnwatchedFact, watchPassiveSide } from '../../../shared/engine/strays.ts';
import type { Item } from '../../../shared/model.ts';
import { cutoverSteps } from '../../../shared/phases.ts';
import { type Bench, onBench, RESERVED, WAY_BACK } from './bench.ts';
import { cell, change, item, keyOf, version, versionIn } from './cells.ts';
import { cutOver } from './cutovers.ts';
import { GONE, scriptedFeed } from './feeds.ts';

const watch = (bench: Bench) => watchPassiveSide(bench.migration());
const KEY = keyOf('a');

it('lists what is written to the source after the switch, and never applies it', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    bench.source.load([item('stray', 'late')]);
    await watch(bench);
    await bench.deliver('source');
    expect(await bench.listed('stray')).toEqual(['stray']);
    expect(bench.target.items()).toEqual([]);
  }));

it('lists a removal after the switch', () =>
  onBench(
    async (bench) => {
      await cutOver(bench);
      bench.source.remove(KEY);
      await watch(bench);
      expect(await bench.listed('stray')).toEqual(['a']);
    },
    { source: [item('a', 'x')] },
  ));

it('lists nothing that came before the switch', () =>
  onBench(async (bench) => {
    await cutOver(bench, 'announce');
    bench.source.load([item('a', 'in time')]);
    await bench.deliver();
    for (const step of cutoverSteps(bench.spec).slice(1)) await cutoverStep(bench.migration(), step, 1);
    await watch(bench);
    expect(await bench.listed('stray')).toEqual([]);
  }));

it('does not list removals by time to live', () =>
  onBench(
    async (bench) => {
      await cutOver(bench);
      bench.source.expire(KEY);
      await watch(bench);
      expect(await bench.listed('stray')).toEqual([]);
    },
    { source: [item('a', 'x')] },
  ));

it('has what time to live has removed made equal again', () =>
  onBench(
    async (bench) => {
      await cutOver(bench);
      bench.source.expire(KEY);
      await watch(bench);
      expect(await bench.listed('recheck')).toEqual(['a']);
    },
    { source: [item('a', 'x')] },
  ));

it('does not list a record that changes nothing', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    const before = item('a', 'x');
    const shard = bench.source.stream?.shards[0]?.id ?? '';
    const { feed } = scriptedFeed({ id: shard, answers: [[change('a', 9, { before, after: before })]] });
    await watchPassiveSide(bench.migration({ passiveFeeds: [{ stream: bench.stream, feed }] }));
    expect(await bench.listed('stray')).toEqual([]);
  }));

it('does not mind that changes are gone unseen, and notes that', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    const passiveFeeds = [{ stream: bench.stream, feed: GONE }];
    await watchPassiveSide(bench.migration({ passiveFeeds }));
    expect(await bench.journal().direction.fact<UnwatchedFact>('unwatched')).toMatchObject({
      reason: 'changes of a shard are gone',
    });
  }));

it('reads each record once', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    bench.source.load([item('a', 'late')]);
    await watch(bench);
    const [entry] = await bench.journal().lists.all('stray');
    await bench.journal().lists.remove('stray', entry as never);
    await watch(bench);
    expect(await bench.listed('stray')).toEqual([]);
  }));

it('has the key of a stray made equal again: it is listed for recheck, too', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    bench.source.load([item('a', 'late')]);
    await watch(bench);
    expect(await bench.listed('recheck')).toEqual(['a']);
  }));

it('tells who wrote where', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    bench.source.load([item('a', 'late')]);
    await watch(bench);
    expect(await bench.journal().lists.all('stray')).toMatchObject([
      { resource: 0, key: KEY, reason: 'written to the source while the target was active' },
    ]);
  }));

it('has not read to the tip while a shard waits for its parent', () =>
  onBench(
    async (bench) => {
      const parent = bench.target.stream?.shards[0]?.id ?? '';
      const { feed } = scriptedFeed({ id: parent, answers: [] }, { id: 'child', parent, answers: [] });
      const passiveFeeds = [{ stream: bench.streamOf('target'), feed }];
      expect(await watchPassiveSide(bench.migration({ passiveFeeds }))).toEqual({ atTip: false });
    },
    { cutover: WAY_BACK },
  ));

it('has read to the tip when it has read every shard to its tip', () =>
  onBench(async (bench) => expect(await watch(bench)).toEqual({ atTip: true }), { cutover: WAY_BACK }));

it('accuses nobody before the first switch, but keeps its place', () =>
  onBench(
    async (bench) => {
      bench.target.load([item('a', 'copied')]);
      await watch(bench);
      expect(await bench.listed('stray')).toEqual([]);
      expect(await bench.listed('recheck')).toEqual([]);
      const positions = await bench.journal().shards.read(bench.streamOf('target'));
      expect([...positions.values()]).toMatchObject([{ sequence: expect.any(String) }]);
    },
    { cutover: WAY_BACK },
  ));

/** Repairs a key of the passive side, as a round does. */
async function repair(bench: Bench) {
  const migration = bench.migration();
  const permit = await migration.journal.gate.take('repair', migration.deadline);
  expect(await repairKey(migration, bench.resource(), KEY, permit)).toBe('repaired');
  await migration.journal.gate.give(permit, true);
}

const APPLIED = version(5);
const REVERSED = versionIn(2, 5);

/** What the migrator does itself to the source in the reverse direction. */
const OWN: readonly {
  readonly what: string;
  readonly source?: Item;
  readonly target?: Item;
  readonly work: (bench: Bench) => Promise<unknown>;
}[] = [
  {
    what: 'an item that it has applied',
    work: async (bench) => {
      bench.target.load([item('a', 'new')]);
      await bench.deliver();
    },
  },
  {
    what: 'an item that it has applied over one of an earlier direction',
    source: cell(item('a', 'old'), versionIn(1, '9'.repeat(40))),
    work: async (bench) => {
      bench.target.load([item('a', 'new')]);
      await bench.deliver();
    },
  },
  {
    what: 'a removal that it has applied',
    source: item('a', 'old'),
    target: item('a', 'old'),
    work: async (bench) => {
      bench.target.remove(KEY);
      await bench.deliver();
    },
  },
  { what: 'a repair of a copied item', source: item('a', 'old'), target: item('a', 'new'), work: repair },
  {
    what: 'a repair that keeps the version of what it repairs',
    source: cell(item('a', 'old'), REVERSED),
    target: item('a', 'new'),
    work: repair,
  },
  {
    what: 'a repair that removes',
    source: cell(item('a', 'old'), REVERSED),
    work: repair,
  },
  {
    what: 'a tombstone that it has swept',
    source: cell(KEY, versionIn(2, 5, 'tombstone')),
    work: (bench) => bench.resource().target.removeTombstone(KEY, versionIn(2, 5, 'tombstone')),
  },
];

it.each(OWN)('does not list $what', ({ source, target, work }) =>
  onBench(
    async (bench) => {
      bench.begin(2);
      const before = bench.source.get(KEY);
      await work(bench);
      expect(bench.source.get(KEY)).not.toEqual(before);
      await watch(bench);
      expect(await bench.listed('stray')).toEqual([]);
    },
    { cutover: WAY_BACK, source: source ? [source] : [], target: target ? [target] : [] },
  ),
);

it.each([
  { epoch: 2, side: 'source', what: 'the version that it had read', read: REVERSED, wrote: REVERSED },
  { epoch: 2, side: 'source', what: 'a version older than it', read: versionIn(2, 9), wrote: REVERSED },
  { epoch: 3, side: 'target', what: 'a version of an earlier direction', read: APPLIED, wrote: APPLIED },
  { epoch: 2, side: 'source', what: 'a version that it had read elsewhere', wrote: APPLIED },
  { epoch: 2, side: 'source', what: 'no version', read: REVERSED },
] as const)('lists a stray that wrote $what', (of: StrayWrite) =>
  onBench(
    async (bench) => {
      bench.begin(of.epoch);
      bench[of.side].load([versioned('stray', of.wrote)]);
      await watch(bench);
      expect(await bench.listed('stray')).toEqual(['a']);
    },
    { cutover: WAY_BACK, [of.side]: [versioned('read', of.read)] },
  ),
);

interface StrayWrite {
  readonly epoch: number;
  readonly side: Side;
  /** Version of the item that it found, and of the one that it wrote. */
  readonly read?: string;
  readonly wrote?: string;
}

function versioned(value: string, reserved: string | undefined): Item {
  return reserved === undefined ? item('a', value) : cell(item('a', value), reserved);
}

it('does not list the repair of a stray that it has listed', () =>
  onBench(
    async (bench) => {
      bench.begin(2);
      bench.source.load([cell(item('a', 'stray'), REVERSED)]);
      await watch(bench);
      const [entry] = await bench.journal().lists.all('stray');
      await repair(bench);
      await watch(bench);
      expect(bench.source.get(KEY)).toMatchObject({ [RESERVED]: { S: expect.stringContaining('t') } });
      expect(await bench.journal().lists.all('stray')).toEqual([entry]);
    },
    { cutover: WAY_BACK, source: [cell(item('a', 'read'), REVERSED)] },
  ));

it('does not list what a final recheck has written without a version, because it is too large for one', () =>
  onBench(
    async (bench) => {
      bench.begin(2);
      await bench.journal().lists.add('oversize', [{ resource: 0, key: KEY, version: REVERSED }]);
      bench.source.load([item('a', 'large')]);
      await watch(bench);
      expect(await bench.listed('stray')).toEqual([]);
    },
    { cutover: WAY_BACK },
  ));
