import { expect, it } from 'vitest';
import { cutoverStep, type SwitchFact } from '../../../shared/engine/cutover.ts';
import type { AuditedMigration } from '../../../shared/engine/migration.ts';
import { type NoWayBackFact, type StandByFact, standBy } from '../../../shared/engine/stand-by.ts';
import { RouteTable } from '../../../shared/route.ts';
import { losingConnection } from '../../contract/lossy-client.ts';
import { type Bench, NAME, onBench, type Setting, WAY_BACK } from './bench.ts';
import { item, keyOf } from './cells.ts';
import { cutOver } from './cutovers.ts';
import { GONE } from './feeds.ts';

const reverse = (bench: Bench, changes: Partial<AuditedMigration> = {}) =>
  standBy(bench.migration(changes), 'reverse', {
    mappings: async () => ['Enabled'],
    targets: async () => [],
    uploads: async () => [],
  });
const gate = (bench: Bench) => bench.journal().gate.read();
const phase = async (bench: Bench) => (await bench.journal().coordinator.read())?.phase;
/** What a person says. */
const said = (bench: Bench) => ({ by: 'Ada', at: bench.now });
/** Until the side that was left has been watched for long enough. */
const watched = (bench: Bench) => bench.task.runtime.sleep(bench.spec.cutover.watchSeconds * 1000);

/** A migration that has been switched, with a way back. */
const switched = (body: (bench: Bench) => Promise<void>, cutover: Setting['cutover'] = {}) =>
  onBench(
    async (bench) => {
      await cutOver(bench);
      await body(bench);
    },
    { cutover: { ...WAY_BACK, ...cutover } },
  );

it('carries what is written to the target back to the source', () =>
  switched(async (bench) => {
    await bench.task.runtime.sleep(10_000);
    bench.target.load([item('a', 'new')]);
    await bench.deliver();
    expect(await reverse(bench)).toMatchObject({ done: false, next: 'reverse' });
    expect(bench.source.get(keyOf('a'))).toMatchObject(item('a', 'new'));
    expect((await bench.journal().direction.fact<StandByFact>('stand-by'))?.round.complete).toBe(true);
  }));

it('makes the source equal where somebody has written it after the switch', () =>
  switched(async (bench) => {
    bench.source.load([item('a', 'stray')]);
    await reverse(bench);
    expect(bench.source.get(keyOf('a'))).not.toHaveProperty('v');
  }));

it('goes on to a cutover back when a person has asked for it', () =>
  switched(async (bench) => {
    await bench.journal().coordinator.approve(said(bench));
    await reverse(bench);
    await bench.task.runtime.sleep(20_000);
    expect(await reverse(bench)).toMatchObject({ done: true, epoch: 2, next: 'cutover' });
  }));

it('never goes back by itself, though the cutover was approved by itself', () =>
  switched(async (bench) => {
    await reverse(bench);
    await bench.task.runtime.sleep(20_000);
    expect(await reverse(bench)).toMatchObject({ done: false, next: 'reverse' });
    const fact = await bench.journal().direction.fact<StandByFact>('stand-by');
    expect(fact?.gates.filter(({ holds }) => !holds)).toMatchObject([{ name: 'approval' }]);
  }));

it('shortens the times of the routers after the switch only once somebody wants back', () =>
  switched(async (bench) => {
    const { revision } = await bench.route();
    await reverse(bench);
    expect((await bench.route()).revision).toBe(revision);
    await bench.journal().coordinator.approve(said(bench));
    await reverse(bench);
    expect(await bench.route()).toMatchObject({ state: 'target', attemptMilliseconds: 1_000 });
  }));

it('looks for a person every few seconds for a day after the switch', () =>
  switched(async (bench) => {
    await bench.task.runtime.sleep(23 * 3_600_000);
    expect(await reverse(bench)).toMatchObject({ waitSeconds: 5 });
    await bench.task.runtime.sleep(2 * 3_600_000);
    expect(await reverse(bench)).toMatchObject({ waitSeconds: 30 });
  }));

it('sweeps the tombstones of the source up to the floor of the complete round before', () =>
  switched(async (bench) => {
    await bench.task.runtime.sleep(10_000);
    bench.target.load([item('a', 'new')]);
    bench.target.remove(keyOf('a'));
    await bench.deliver();
    expect(bench.source.items()).toHaveLength(1);
    await bench.task.runtime.sleep(20_000);
    await reverse(bench);
    await reverse(bench);
    expect(bench.source.items()).toEqual([]);
  }));

it.each([
  { way: 'without a way back', cutover: { wayBack: false } },
  { way: 'with a way back', cutover: { wayBack: true } },
])('ends by itself when the source has been watched for long enough, and not before, $way', (of) =>
  switched(
    async (bench) => {
      expect(await reverse(bench)).toMatchObject({ done: false, next: 'reverse' });
      expect(await phase(bench)).toBe('reverse');
      await watched(bench);
      expect(await reverse(bench)).toMatchObject({ done: true, next: 'end' });
      expect(await phase(bench)).toBe('sweep');
      expect(await gate(bench)).toMatchObject({ epoch: 2, open: false, sealed: true });
    },
    { complete: 'automatic', ...of.cutover },
  ),
);

it('does not end while its turn began before the source was watched for long enough', () =>
  switched(
    async (bench) => {
      const [passive] = bench.migration().passiveFeeds;
      if (!passive) throw new Error('the source is not captured');
      const slow = {
        ...passive.feed,
        shards: async () => {
          const shards = await passive.feed.shards();
          await watched(bench);
          return shards;
        },
      };
      const passiveFeeds = [{ ...passive, feed: slow }];
      expect(await reverse(bench, { passiveFeeds })).toMatchObject({ done: false, next: 'reverse' });
      expect(await reverse(bench)).toMatchObject({ done: true, next: 'end' });
    },
    { complete: 'automatic' },
  ));

it('ends also when changes of the side that was left are gone unseen', () =>
  switched(
    async (bench) => {
      await watched(bench);
      const passiveFeeds = [{ stream: bench.stream, feed: GONE }];
      expect(await reverse(bench, { passiveFeeds })).toMatchObject({ done: true, next: 'end' });
    },
    { complete: 'automatic' },
  ));

it('does not end by itself while a rollback is approved', () =>
  switched(
    async (bench) => {
      await bench.journal().coordinator.approve(said(bench));
      await watched(bench);
      await reverse(bench);
      expect(await gate(bench)).toMatchObject({ open: true, sealed: false });
      await bench.journal().coordinator.withdrawApproval();
      expect(await reverse(bench)).toMatchObject({ done: true, next: 'end' });
    },
    { complete: 'automatic' },
  ));

it('never ends by itself where a person must complete it, and ends when he does', () =>
  switched(async (bench) => {
    await bench.task.runtime.sleep(10 * 3_600_000);
    expect(await reverse(bench)).toMatchObject({ done: false, next: 'reverse' });
    await bench.journal().coordinator.end(said(bench));
    expect(await reverse(bench)).toMatchObject({ done: true, next: 'end' });
    expect(await phase(bench)).toBe('sweep');
    expect(await gate(bench)).toMatchObject({ epoch: 2, open: false, sealed: true });
  }));

it('ends only when nobody may write the passive side any more', () =>
  switched(async (bench) => {
    const { coordinator, gate: direction } = bench.journal();
    const permit = await direction.take('apply', bench.now + 60_000);
    await coordinator.end(said(bench));
    expect(await reverse(bench)).toEqual({ done: false, waitSeconds: 1, epoch: 2, next: 'end' });
    expect((await gate(bench)).sealed).toBe(true);
    expect(await phase(bench)).toBe('reverse');
    await direction.give(permit, true);
    expect(await reverse(bench)).toMatchObject({ done: true, next: 'end' });
  }));

it('waits for a person, and looks at no gate, where there is no way back', () =>
  switched(
    async (bench) => {
      expect(await reverse(bench)).toEqual({ done: false, waitSeconds: 5, epoch: 2, next: 'reverse' });
      expect(await bench.journal().direction.fact('stand-by')).toBeUndefined();
    },
    { wayBack: false },
  ));

it('loses the way back, and nothing else, when changes of the target are gone', () =>
  switched(async (bench) => {
    const feeds = [{ stream: bench.streamOf('target'), feed: GONE }];
    expect(await reverse(bench, { feeds })).toMatchObject({ done: false, next: 'reverse' });
    expect(await gate(bench)).toMatchObject({ epoch: 2, open: false, sealed: true });
    expect(await bench.journal().direction.fact<NoWayBackFact>('no-way-back')).toMatchObject({
      reason: 'changes of a shard are gone',
    });
    expect((await bench.route()).state).toBe('target');
    expect(await bench.journal().gate.permitsOut()).toEqual(new Map());
  }));

it('notes a switch that its coordinator could not', () =>
  onBench(
    async (bench) => {
      await cutOver(bench, 'recheck');
      const { task, world } = bench;
      const actor = {
        client: world.client(task),
        streams: world.streamsClient(task),
        runtime: task.runtime,
      };
      const { client } = losingConnection(actor, 'TransactWriteItems');
      const route = new RouteTable(client, 'route', NAME, task.runtime);
      await expect(cutoverStep(bench.migration({ route }), 'switch', 1)).rejects.toThrow('socket');
      await reverse(bench);
      const fact = await bench.journal({ epoch: 1 }).direction.fact<SwitchFact>('switch');
      expect(fact).toMatchObject({ attempt: 1, switchedAt: (await bench.route()).switchedAt });
      expect(await phase(bench)).toBe('reverse');
    },
    { cutover: WAY_BACK },
  ));
