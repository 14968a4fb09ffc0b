import { expect, it } from 'vitest';
import type { S3 } from '../../../shared/clients.ts';
import { settleDoubts } from '../../../shared/engine/doubts.ts';
import { settleHints } from '../../../shared/engine/hint.ts';
import type { Resource } from '../../../shared/engine/migration.ts';
import { repairUnversioned } from '../../../shared/engine/repair-unversioned.ts';
import type { Key } from '../../../shared/model.ts';
import { s3Store } from '../../../shared/stores/s3/s3.ts';
import { connectionBroken, type Hooks, hooked } from '../../contract/s3/hooked-client.ts';
import { type Bench, onBench } from './bench.ts';

const SOURCE = { bucket: 'photos', prefix: 'a/' };
const TARGET = { bucket: 'photos-v2', prefix: 'b/' };
const KEY: Key = { key: { S: 'cat' } };
const PERMIT_MILLISECONDS = 60_000;

/** A folder between two buckets of the modelled S3. */
function scene(bench: Bench) {
  for (const { bucket } of [SOURCE, TARGET]) bench.world.createBucket({ name: bucket });
  const source = bench.world.bucket(SOURCE.bucket);
  const target = bench.world.bucket(TARGET.bucket);
  const client: S3 = bench.world.s3Client(bench.task);
  const resource = (hooks: Hooks = {}): Resource => {
    const side = (location: typeof SOURCE, other: typeof SOURCE, uploads: 'source' | 'target') =>
      s3Store({
        client: hooked(client, hooks).client,
        location,
        other,
        bounds: [],
        uploads: bench.journal().uploads(0, uploads),
      });
    return {
      index: 0,
      source: side(SOURCE, TARGET, 'source'),
      target: side(TARGET, SOURCE, 'target'),
      repair: repairUnversioned,
    };
  };
  const { gate, lists } = bench.journal();
  const permit = () => gate.take('repair', bench.now + PERMIT_MILLISECONDS);
  return {
    resource,
    permit,
    lists,
    put: (body: string) => bench.world.putObject(SOURCE.bucket, { key: 'a/cat', body }),
    removeAtSource: () => source.remove('a/cat', 'DeleteObject'),
    bodies: () => target.objects().map(({ body }) => Buffer.from(body).toString()),
    doubts: async () => (await lists.all('in-doubt')).map(({ key }) => key),
    repair: async (of: Resource, closed = false) =>
      repairUnversioned(bench.migration(), of, KEY, await permit(), closed),
  };
}

it('makes a key what it is on the active side, and leaves nothing in doubt', () =>
  onBench(async (bench) => {
    const { put, removeAtSource, resource, repair, bodies, doubts } = scene(bench);
    put('first');
    expect(await repair(resource())).toBe('repaired');
    expect(await repair(resource())).toBe('equal');
    put('second');
    expect(await repair(resource())).toBe('repaired');
    expect(bodies()).toEqual(['second']);
    removeAtSource();
    expect(await repair(resource())).toBe('repaired');
    expect(bodies()).toEqual([]);
    expect(await doubts()).toEqual([]);
  }));

it('looks at both sides once more: what was deleted while it was copied is deleted', () =>
  onBench(async (bench) => {
    const { put, removeAtSource, resource, repair, bodies } = scene(bench);
    put('first');
    const meanwhile = resource({ after: { 'CopyObject 1': async () => removeAtSource() } });
    expect(await repair(meanwhile)).toBe('repaired');
    expect(bodies()).toEqual([]);
  }));

it('lists a key before it writes it', () =>
  onBench(async (bench) => {
    const { put, resource, repair, doubts } = scene(bench);
    put('first');
    let listed: Key[] = [];
    await repair(
      resource({
        before: {
          'CopyObject 1': async () => {
            listed = await doubts();
          },
        },
      }),
    );
    expect(listed).toEqual([KEY]);
  }));

it('leaves a key listed whose write nobody knows the outcome of', () =>
  onBench(async (bench) => {
    const { put, resource, repair, bodies, doubts } = scene(bench);
    put('first');
    const lost = resource({ after: { 'CopyObject 1': connectionBroken } });
    await expect(repair(lost)).rejects.toThrow('socket hang up');
    expect(bodies()).toEqual(['first']);
    // The same invocation may find both sides equal: an attempt of it may still be on its way.
    expect(await repair(lost)).toBe('equal');
    expect(await doubts()).toEqual([KEY]);
  }));

it('takes the keys back of whose writes the outcomes are known, though that of another one is not', () =>
  onBench(async (bench) => {
    const { put, resource, permit, repair, doubts } = scene(bench);
    put('first');
    bench.world.putObject(SOURCE.bucket, { key: 'a/dog', body: 'first' });
    const unlucky = resource({ after: { 'CopyObject 1': connectionBroken } });
    await expect(repair(unlucky)).rejects.toThrow('socket hang up');
    const dog = { key: { S: 'dog' } };
    expect(await repairUnversioned(bench.migration(), unlucky, dog, await permit())).toBe('repaired');
    expect(unlucky.target.outcomesKnown()).toBe(false);
    expect(await doubts()).toEqual([KEY]);
  }));

it('compares a write in doubt when it can take effect no more, and at once when the direction is closed', () =>
  onBench(async (bench) => {
    const { put, removeAtSource, resource, repair, permit, bodies, doubts } = scene(bench);
    put('first');
    await expect(repair(resource({ after: { 'CopyObject 1': connectionBroken } }))).rejects.toThrow();
    removeAtSource();
    const migration = { ...bench.migration(), resources: [resource()] };
    expect(await settleDoubts(migration, await permit())).toEqual({ keys: 0, repaired: 0 });
    expect(bodies()).toEqual(['first']);
    await bench.task.runtime.sleep(PERMIT_MILLISECONDS + 11_000);
    expect(await settleDoubts(migration, await permit())).toEqual({ keys: 1, repaired: 1 });
    expect([bodies(), await doubts()]).toEqual([[], []]);

    put('second');
    await expect(repair(resource({ after: { 'CopyObject 1': connectionBroken } }))).rejects.toThrow();
    removeAtSource();
    expect(await settleDoubts(migration, await permit(), true)).toEqual({ keys: 1, repaired: 1 });
    expect([bodies(), await doubts()]).toEqual([[], []]);
  }));

it('keys that events name while the direction is closed are listed for the next round', () =>
  onBench(async (bench) => {
    const { put, resource, lists, bodies } = scene(bench);
    put('first');
    const { gate } = bench.journal();
    await gate.move(false, (await gate.read()).revision);
    await settleHints(bench.migration(), resource(), {
      side: 'source',
      changes: [{ key: KEY, at: bench.now, by: 'anybody' }],
    });
    expect((await lists.all('recheck')).map(({ key }) => key)).toEqual([KEY]);
    expect(bodies()).toEqual([]);
  }));

it('leaves a key at which somebody is at work to the next round, and waits for him while the direction is closed', () =>
  onBench(async (bench) => {
    const { put, resource, repair, bodies, lists } = scene(bench);
    put('first');
    const busy = (times: number): Resource => {
      const { target, ...rest } = resource();
      let left = times;
      const write: typeof target.write = async (one) =>
        left-- > 0 ? { verdict: 'busy' } : target.write(one);
      return { ...rest, target: { ...target, write } };
    };
    expect(await repair(busy(1))).toBe('rejected');
    expect((await lists.all('recheck')).map(({ key }) => key)).toEqual([KEY]);
    expect(await lists.all('quarantine')).toEqual([]);
    expect(bodies()).toEqual([]);
    expect(await repair(busy(3), true)).toBe('repaired');
    expect(bodies()).toEqual(['first']);
  }));
