import { expect, it } from 'vitest';
import { settleHinted } from '../../../shared/engine/hinted.ts';
import type { Migration, Resource } from '../../../shared/engine/migration.ts';
import { repairUnversioned } from '../../../shared/engine/repair-unversioned.ts';
import { HINT_SHARDS } from '../../../shared/hint-log.ts';
import { inParallel } from '../../../shared/parallel.ts';
import { keysOfHint } from '../../../shared/resources/buckets/bucket-hints.ts';
import { RouteTable } from '../../../shared/route.ts';
import { s3Store } from '../../../shared/stores/s3/s3.ts';
import { recorded } from '../../contract/recorded-client.ts';
import { type Bench, onBench, RESERVED } from './bench.ts';

const PHOTOS = { source: { bucket: 'photos', prefix: 'a/' }, target: { bucket: 'photos-v2', prefix: 'b/' } };
const FILMS = { source: { bucket: 'films', prefix: '' }, target: { bucket: 'films-v2', prefix: '' } };
/** Longer than a note holds, with the time limit of an attempt and a margin. */
const HOLDS_MILLISECONDS = 13_000;
/** Notes, more than are settled at once. */
const MANY = 1_200;

/** Two buckets, which the route names in another order than the spec does. */
async function scene(bench: Bench) {
  const client = bench.world.s3Client(bench.task);
  for (const { source, target } of [PHOTOS, FILMS])
    for (const { bucket } of [source, target]) bench.world.createBucket({ name: bucket });
  const { actor, operations } = recorded({
    client: bench.world.client(bench.task),
    streams: bench.world.streamsClient(bench.task),
    runtime: bench.task.runtime,
  });
  const route = new RouteTable(actor.client, 'route', 'buckets', bench.task.runtime);
  await route.create([], RESERVED, [FILMS, PHOTOS]);
  const resources = [PHOTOS, FILMS].map(
    ({ source, target }, index): Resource => ({
      index,
      source: s3Store({
        client,
        location: source,
        other: target,
        bounds: [],
        uploads: bench.journal().uploads(index, 'source'),
      }),
      target: s3Store({
        client,
        location: target,
        other: source,
        bounds: [],
        uploads: bench.journal().uploads(index, 'target'),
      }),
      repair: repairUnversioned,
      keysOfHint: keysOfHint(source, 'source'),
    }),
  );
  const migration: Migration = { ...bench.migration(), route, resources };
  return {
    route,
    bodies: (bucket: string) =>
      bench.world
        .bucket(bucket)
        .objects()
        .map(({ key }) => key),
    async hint() {
      const current = await route.read();
      if (current) await route.hint(current);
    },
    /** @returns what was settled, and how many partitions of notes were read. */
    async settle(milliseconds = Number.POSITIVE_INFINITY) {
      const { gate } = migration.journal;
      const handoverAt = bench.now + milliseconds;
      const permit = await gate.take('repair', migration.deadline);
      const before = operations.length;
      const { keys, repaired, kept } = await settleHinted({ ...migration, handoverAt }, permit);
      await gate.give(permit, true);
      const reads = operations.slice(before).filter((operation) => operation === 'Query').length;
      return { keys, repaired, kept, reads };
    },
  };
}

it('the notes of all buckets are read once, and their keys settled', () =>
  onBench(async (bench) => {
    const { route, hint, settle, bodies } = await scene(bench);
    await hint();
    bench.world.putObject('photos', { key: 'a/cat', body: 'cat' });
    bench.world.putObject('films', { key: 'dog', body: 'dog' });
    await route.hints.note({ resource: 1, side: 'source', keys: ['cat'] });
    await route.hints.note({ resource: 0, side: 'source', keys: ['dog'] });
    expect(await settle()).toEqual({ keys: 2, repaired: 2, kept: 2, reads: HINT_SHARDS });
    expect([bodies('photos-v2'), bodies('films-v2')]).toEqual([['b/cat'], ['dog']]);
  }));

it('nothing is read of the notes while the routers are not asked for them', () =>
  onBench(async (bench) => {
    const { route, settle } = await scene(bench);
    await route.hints.note({ resource: 0, side: 'source', keys: ['dog'] });
    expect(await settle()).toEqual({ keys: 0, repaired: 0, kept: 0, reads: 0 });
  }));

it('a key is settled when its note is seen, and by a round that begins when its write is decided, which lets it go', () =>
  onBench(async (bench) => {
    const { route, hint, settle } = await scene(bench);
    await hint();
    await route.hints.note({ resource: 0, side: 'source', keys: ['dog'] });
    expect(await settle()).toMatchObject({ keys: 1, kept: 1 });
    await bench.task.runtime.sleep(HOLDS_MILLISECONDS / 2);
    // Left to the final recheck: rounds stay short where objects are written all the time.
    expect(await settle()).toMatchObject({ keys: 0, kept: 1 });
    expect(await route.hints.all()).toHaveLength(1);
    await bench.task.runtime.sleep(HOLDS_MILLISECONDS / 2);
    expect(await settle()).toMatchObject({ keys: 1, kept: 0 });
    expect(await route.hints.all()).toEqual([]);
  }));

it('what an invocation has no time for is left to the next, and counts as kept', () =>
  onBench(async (bench) => {
    const { route, hint, settle } = await scene(bench);
    await hint();
    const numbers = Array.from({ length: MANY }, (_, number) => String(number));
    await inParallel(numbers, 16, (key) => route.hints.note({ resource: 0, side: 'source', keys: [key] }));
    const seen = async () => (await route.hints.all()).filter(({ seenAt }) => seenAt !== undefined).length;
    expect(await settle(0)).toMatchObject({ keys: 0, kept: MANY });
    expect(await seen()).toBe(0);
    expect(await settle(1_500)).toMatchObject({ keys: 1_000, kept: MANY });
    expect(await seen()).toBe(1_000);
    expect(await settle()).toMatchObject({ keys: MANY - 1_000, kept: MANY });
    expect(await seen()).toBe(MANY);
    await bench.task.runtime.sleep(HOLDS_MILLISECONDS);
    expect(await settle(1_500)).toMatchObject({ keys: 1_000, kept: MANY - 1_000 });
    expect(await settle()).toMatchObject({ keys: MANY - 1_000, kept: 0 });
  }));

it('what was noted of the passive side stays, and tells nothing', () =>
  onBench(async (bench) => {
    const { route, hint, settle } = await scene(bench);
    await hint();
    await route.hints.note({ resource: 0, side: 'target', keys: ['dog'] });
    for (let round = 0; round < 2; round++) {
      expect(await settle()).toMatchObject({ keys: 0 });
      await bench.task.runtime.sleep(HOLDS_MILLISECONDS);
    }
    expect(await route.hints.all()).toHaveLength(1);
  }));
