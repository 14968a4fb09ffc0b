import { expect, it } from 'vitest';
import { cutoverStep } from '../../../shared/engine/cutover.ts';
import type { AuditedMigration } from '../../../shared/engine/migration.ts';
import { type UnwatchedFact, watchForStrays } from '../../../shared/engine/watch.ts';
import { ChangesGoneError } from '../../../shared/errors.ts';
import { CUTOVER_STEPS } from '../../../shared/phases.ts';
import { type Bench, onBench } from './bench.ts';
import { change, item, keyOf } from './cells.ts';
import { cutOver } from './cutovers.ts';
import { scriptedFeed } from './feeds.ts';

const watch = (bench: Bench) => watchForStrays(bench.migration());

it('lists what is written to the source after the switch, and never applies it', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    bench.source.load([item('stray', 'late')]);
    await watch(bench);
    await bench.deliver();
    expect(await bench.listed('stray')).toEqual(['stray']);
    expect(bench.target.items()).toEqual([]);
  }));

it('is not over while a shard was read before the end', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    const { feed, stream } = bench.migration().feeds[0] as AuditedMigration['feeds'][number];
    const slow = {
      ...feed,
      shards: async () => {
        const shards = await feed.shards();
        await bench.task.runtime.sleep(bench.spec.cutover.watchSeconds * 1000);
        return shards;
      },
    };
    expect(await watchForStrays(bench.migration({ feeds: [{ stream, feed: slow }] }))).toMatchObject({
      done: false,
    });
    expect(await watch(bench)).toMatchObject({ done: true });
  }));

it('lists a removal after the switch', () =>
  onBench(
    async (bench) => {
      await cutOver(bench);
      bench.source.remove(keyOf('a'));
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
    for (const step of CUTOVER_STEPS.slice(1)) await cutoverStep(bench.migration(), step);
    await watch(bench);
    expect(await bench.listed('stray')).toEqual([]);
  }));

it('does not list removals by time to live', () =>
  onBench(
    async (bench) => {
      await cutOver(bench);
      bench.source.expire(keyOf('a'));
      await watch(bench);
      expect(await bench.listed('stray')).toEqual([]);
    },
    { source: [item('a', 'x')] },
  ));

it('does not list a record that changes nothing', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    const before = item('a', 'x');
    const shard = bench.source.stream?.shards[0]?.id ?? '';
    const { feed } = scriptedFeed({ id: shard, answers: [[change('a', 9, { before, after: before })]] });
    await watchForStrays(bench.migration({ feeds: [{ stream: bench.stream, feed }] }));
    expect(await bench.listed('stray')).toEqual([]);
  }));

it('comes to its end when changes are gone unseen, and notes that', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    bench.source.load([item('a', 'late')]);
    await watch(bench);
    bench.source.load([item('a', 'later')]);
    const gone = () => Promise.reject(new ChangesGoneError('changes of a shard are gone'));
    await bench.task.runtime.sleep(bench.spec.cutover.watchSeconds * 1000);
    const feeds = [{ stream: bench.stream, feed: { shards: gone, reader: gone as never } }];
    expect(await watchForStrays(bench.migration({ feeds }))).toMatchObject({ done: true });
    expect(await bench.journal().fact<UnwatchedFact>('unwatched')).toMatchObject({
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

it('goes on to the sweep when its time is over, and not before', () =>
  onBench(async (bench) => {
    await cutOver(bench);
    expect(await watch(bench)).toMatchObject({ done: false });
    expect((await bench.journal().coordinator.read())?.phase).toBe('watch');
    await bench.task.runtime.sleep(bench.spec.cutover.watchSeconds * 1000);
    expect(await watch(bench)).toMatchObject({ done: true });
    expect((await bench.journal().coordinator.read())?.phase).toBe('sweep');
  }));
