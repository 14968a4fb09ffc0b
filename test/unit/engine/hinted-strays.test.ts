import {
  CopyObjectCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import type { RecheckFact } from '../../../shared/engine/cutover.ts';
import { settleDoubts } from '../../../shared/engine/doubts.ts';
import { settleHints } from '../../../shared/engine/hint.ts';
import type { Resource } from '../../../shared/engine/migration.ts';
import { repairUnversioned } from '../../../shared/engine/repair-unversioned.ts';
import type { KeyListKind } from '../../../shared/journal/key-lists.ts';
import { s3Store } from '../../../shared/stores/s3/s3.ts';
import { hintedChanges, objectEvents } from '../../../shared/stores/s3/s3-events.ts';
import { keyOfObject, relativeKey } from '../../../shared/stores/s3/s3-key.ts';
import { connectionBroken, type Hooks, hooked } from '../../contract/s3/hooked-client.ts';
import { type Bench, onBench } from './bench.ts';

/** After the switch: the source is the side that was left. */
const SOURCE = { bucket: 'photos', prefix: 'a/' };
const TARGET = { bucket: 'photos-v2', prefix: 'b/' };
const PERMIT_MILLISECONDS = 60_000;

/** A folder that was switched ten seconds ago, and whose events come to the migrator within seconds. */
async function switched(bench: Bench, epoch = 2) {
  const { task, world } = bench;
  for (const { bucket } of [SOURCE, TARGET]) world.createBucket({ name: bucket });
  bench.begin(epoch, { open: true });
  const journal = () => bench.journal();
  const recheck = { readAt: bench.now, keys: 0, repaired: 0, floor: 0 } satisfies RecheckFact;
  if (epoch > 1)
    await journal()
      .inEpoch(epoch - 1)
      .direction.noteFact('recheck', recheck);
  await task.runtime.sleep(10_000);
  const client = world.s3Client(task);
  const side = (location: typeof SOURCE, other: typeof SOURCE, hooks: Hooks) =>
    s3Store({
      client: hooked(client, hooks).client,
      location,
      other,
      bounds: [],
      uploads: journal().uploads(0, location === SOURCE ? 'source' : 'target'),
    });
  const resource = (hooks: Hooks = {}): Resource => ({
    index: 0,
    source: side(TARGET, SOURCE, hooks),
    target: side(SOURCE, TARGET, hooks),
    repair: repairUnversioned,
  });
  const deliver = (bodies: readonly { readonly body: string }[]) =>
    settleHints(bench.migration(), resource(), {
      side: 'source',
      changes: objectEvents(bodies).flatMap((event) => hintedChanges(SOURCE, event)),
    });
  world.deliverEvents({
    bucket: SOURCE.bucket,
    types: ['Object Created', 'Object Deleted', 'Object Tags Added'],
    handler: ({ Records }) => deliver(Records),
  });
  const permit = () => journal().gate.take('repair', bench.now + PERMIT_MILLISECONDS);
  const listed = async (kind: KeyListKind) => {
    await task.runtime.sleep(5_000);
    return (await journal().lists.all(kind)).map(({ key }) => relativeKey(key)).sort();
  };
  return {
    resource,
    permit,
    deliver,
    /** What an application does behind the router. */
    active: (key: string, body: string) => world.putObject(TARGET.bucket, { key: `b/${key}`, body }),
    /** What the migrator carries back. */
    carry: async (key: string, hooks: Hooks = {}) =>
      repairUnversioned(bench.migration(), resource(hooks), keyOfObject(key), await permit()),
    /** Somebody who knows of no switch. */
    send: (command: object) => client.send(command as never),
    strays: () => listed('stray'),
    rechecks: () => listed('recheck'),
  };
}

/** An event of a request that the migrator has not made. */
const told = ({
  key,
  at,
  reason,
}: {
  readonly key: string;
  readonly at: number;
  readonly reason: string;
}) => ({
  body: JSON.stringify({
    time: new Date(at).toISOString(),
    detail: {
      bucket: { name: SOURCE.bucket },
      object: { key: `a/${key}` },
      reason,
      'request-id': 'another',
    },
  }),
});
const upload = (key: string) =>
  new PutObjectCommand({ Bucket: SOURCE.bucket, Key: `a/${key}`, Body: 'stray' });
const copyWithin = (from: string, key: string) =>
  new CopyObjectCommand({ Bucket: SOURCE.bucket, Key: `a/${key}`, CopySource: `${SOURCE.bucket}/a/${from}` });
const removal = (key: string) => new DeleteObjectCommand({ Bucket: SOURCE.bucket, Key: `a/${key}` });

it('an upload to the side that was left is listed, and compared', () =>
  onBench(async (bench) => {
    const { send, strays, rechecks } = await switched(bench);
    await send(upload('cat'));
    expect(await strays()).toEqual(['cat']);
    expect(await rechecks()).toEqual(['cat']);
    const [entry] = await bench.journal().lists.all('stray');
    expect(entry?.reason).toBe('written to the source while the target was active');
  }));

it('what the migrator carries back is no stray, however often it is told', () =>
  onBench(async (bench) => {
    const { active, carry, send, strays, rechecks } = await switched(bench);
    for (const key of ['cat', 'dog', 'gone']) active(key, `the first ${key}`);
    for (const key of ['cat', 'dog', 'gone']) await carry(key);
    bench.world.bucket(TARGET.bucket).remove('b/gone', 'DeleteObject');
    await carry('gone');
    // Changed again before the events of what was carried back come.
    active('cat', 'the second cat');
    bench.world.bucket(TARGET.bucket).remove('b/dog', 'DeleteObject');
    expect(await strays()).toEqual([]);
    expect(await rechecks()).toEqual([]);
    await send(copyWithin('cat', 'dog'));
    expect(await strays()).toEqual(['dog']);
  }));

it('a deletion and tags that were set are listed where both sides differ', () =>
  onBench(async (bench) => {
    const { active, carry, deliver, send, strays } = await switched(bench);
    for (const key of ['cat', 'dog']) {
      active(key, `a ${key}`);
      await carry(key);
    }
    await send(removal('cat'));
    await deliver([told({ key: 'nobody', at: bench.now, reason: 'DeleteObject' })]);
    const Tagging = { TagSet: [{ Key: 'stray', Value: 'yes' }] };
    await send(new PutObjectTaggingCommand({ Bucket: SOURCE.bucket, Key: 'a/dog', Tagging }));
    expect(await strays()).toEqual(['cat', 'dog']);
  }));

it('nobody is accused while a write of the migrator is in doubt, nor of what it may have been', () =>
  onBench(async (bench) => {
    const { active, carry, resource, permit, send, strays, rechecks } = await switched(bench);
    active('cat', 'a cat');
    await expect(carry('cat', { after: { 'CopyObject 1': connectionBroken } })).rejects.toThrow();
    active('cat', 'another cat');
    expect(await strays()).toEqual([]);
    expect(await rechecks()).toEqual(['cat']);
    await bench.task.runtime.sleep(PERMIT_MILLISECONDS + 11_000);
    const migration = { ...bench.migration(), resources: [resource()] };
    await settleDoubts(migration, await permit());
    active('cat', 'a third cat');
    await send(removal('cat'));
    expect(await strays()).toEqual([]);
    await send(upload('cat'));
    expect(await strays()).toEqual(['cat']);
  }));

it('what is told late of the time before the switch is settled, and nobody is accused in its very seconds', () =>
  onBench(async (bench) => {
    const { deliver, strays, rechecks } = await switched(bench);
    const readAt = bench.now - 10_000;
    const reason = 'PutObject';
    await deliver([
      told({ key: 'before', at: readAt - 5_000, reason }),
      told({ key: 'at', at: readAt + 1_000, reason }),
      told({ key: 'after', at: readAt + 3_000, reason }),
    ]);
    expect(await strays()).toEqual(['after']);
    expect(await rechecks()).toEqual(['after', 'at']);
  }));

it('before the first switch nobody is accused', () =>
  onBench(async (bench) => {
    const { resource, strays, rechecks } = await switched(bench, 1);
    const changes = [{ key: keyOfObject('cat'), at: bench.now, by: 'others' } as const];
    await settleHints(bench.migration(), resource(), { side: 'target', changes });
    expect(await strays()).toEqual([]);
    expect(await rechecks()).toEqual([]);
  }));
