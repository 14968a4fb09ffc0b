import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { completeMigration } from '../../../../shared/engine/complete.ts';
import { captureId, captureOn, mappingStates, prepareWayBack } from '../../../../shared/engine/prepare.ts';
import { BucketBindings } from '../../../../shared/journal/bucket-bindings.ts';
import { BucketCaptures } from '../../../../shared/resources/buckets/bucket-captures.ts';
import { type Bench, onBench, type Setting } from '../../engine/bench.ts';
import { FakeBuckets } from './fake-buckets.ts';

const PHOTOS = { bucket: 'photos', prefix: 'a/' };
const TARGET = { bucket: 'photos-v2', prefix: 'b/' };
const SETTING: Setting = { spec: { resources: [{ source: PHOTOS, target: TARGET }] } };
/** Two folders of one bucket, in one migration. */
const FOLDERS: Setting = {
  spec: {
    resources: [
      { source: PHOTOS, target: TARGET },
      { source: { ...PHOTOS, prefix: 'c/' }, target: { ...TARGET, prefix: 'd/' } },
    ],
  },
};
const OTHERS: NotificationConfiguration = {
  QueueConfigurations: [{ Id: 'q', QueueArn: 'arn:q', Events: ['s3:ObjectCreated:*'] }],
  TopicConfigurations: [{ Id: 't', TopicArn: 'arn:t', Events: ['s3:ObjectRemoved:*'] }],
};

/** What a stack with buckets has, over buckets in memory. */
function stack(bench: Bench, mapping: string | undefined = 'hint mapping') {
  const buckets = new FakeBuckets({ photos: {}, 'photos-v2': {} });
  const bound = new BucketBindings(bench.world.client(bench.task), 'journal');
  const captures = new BucketCaptures({
    account: buckets.account,
    mappings: { mappingState: async (id) => (id === 'hint mapping' ? 'Enabled' : undefined) },
    bound,
    mapping,
  });
  const nobody = undefined as never;
  const props = {
    bindings: { table: nobody, bucket: bound },
    captures: { table: nobody, bucket: captures },
  };
  return {
    buckets,
    bound,
    captures,
    props,
    on: async (name = 'photos') => buckets.notifications.get(name)?.EventBridgeConfiguration !== undefined,
    capture: async () => {
      while (!(await captureOn(bench.migration(), props)).done);
    },
    complete: async () => {
      while (!(await completeMigration(bench.migration(), { ...props, uploads: {} })).done);
    },
  };
}

it('switches EventBridge on beside all that is set already, without asking its destinations', () =>
  onBench(async (bench) => {
    const { buckets, capture } = stack(bench);
    buckets.notifications.set('photos', OTHERS);
    await capture();
    expect(buckets.put).toEqual([
      {
        Bucket: 'photos',
        NotificationConfiguration: { ...OTHERS, EventBridgeConfiguration: {} },
        SkipDestinationValidation: true,
      },
    ]);
  }, SETTING));

it('binds the bucket with its prefix, and takes the mapping of the stack', () =>
  onBench(async (bench) => {
    const { bound, capture, captures } = stack(bench);
    await capture();
    expect(await bound.of('photos')).toMatchObject([
      { migration: 'm', resource: 0, side: 'source', location: PHOTOS },
    ]);
    expect(await bench.journal().fact(captureId(0, 'source'))).toMatchObject({
      stream: 's3://photos/a/',
      mapping: 'hint mapping',
      enabledByUs: true,
    });
    expect((await bench.journal().gate.read()).open).toBe(true);
    expect(await mappingStates(bench.migration(), { table: undefined as never, bucket: captures })).toEqual([
      'Enabled',
    ]);
  }, SETTING));

it('captures the target, too, where there is to be a way back', () =>
  onBench(
    async (bench) => {
      const { bound, on, props } = stack(bench);
      while (!(await prepareWayBack(bench.migration(), props)).done);
      expect(await bound.of('photos-v2')).toMatchObject([{ side: 'target', location: TARGET }]);
      expect(await on('photos-v2')).toBe(true);
    },
    { ...SETTING, cutover: { wayBack: true } },
  ));

it('switches EventBridge on again that somebody has switched off: what it missed is found by comparing', () =>
  onBench(async (bench) => {
    const { buckets, capture, complete, on } = stack(bench);
    await capture();
    buckets.notifications.set('photos', {});
    await capture();
    expect(await on()).toBe(true);
    await complete();
    expect(await on()).toBe(false);
  }, SETTING));

it('leaves nothing behind at the end but what was there before', () =>
  onBench(async (bench) => {
    const { bound, buckets, capture, complete } = stack(bench);
    buckets.notifications.set('photos', OTHERS);
    await capture();
    await complete();
    expect(await bound.of('photos')).toEqual([]);
    expect(buckets.notifications.get('photos')).toEqual(OTHERS);
  }, SETTING));

it('leaves EventBridge on that was on before', () =>
  onBench(async (bench) => {
    const { buckets, capture, complete, on } = stack(bench);
    buckets.notifications.set('photos', { EventBridgeConfiguration: {} });
    await capture();
    await complete();
    expect(buckets.put).toEqual([]);
    expect(await on()).toBe(true);
  }, SETTING));

it('leaves EventBridge on where somebody has written the notifications since, and left it on', () =>
  onBench(async (bench) => {
    const { buckets, capture, complete, on } = stack(bench);
    await capture();
    buckets.notifications.set('photos', { ...OTHERS, EventBridgeConfiguration: {} });
    await complete();
    expect(await on()).toBe(true);
  }, SETTING));

it('takes the same destinations in another order for the same', () =>
  onBench(async (bench) => {
    const { buckets, capture, complete, on } = stack(bench);
    const [first, second] = ['1', '2'].map((Id) => ({ Id, QueueArn: Id, Events: [] }));
    if (!first || !second) throw new Error('there are two');
    buckets.notifications.set('photos', { QueueConfigurations: [first, second] });
    await capture();
    buckets.notifications.set('photos', {
      QueueConfigurations: [second, first],
      EventBridgeConfiguration: {},
    });
    await complete();
    expect(await on()).toBe(false);
  }, SETTING));

it('leaves EventBridge on as long as another migration is bound to the bucket', () =>
  onBench(async (bench) => {
    const { bound, capture, complete, on } = stack(bench);
    await capture();
    const theirs = { migration: 'another', resource: 0, side: 'source' } as const;
    await bound.bind('s3://photos/elsewhere/', theirs);
    await complete();
    expect(await on()).toBe(true);
    expect(await bound.of('photos')).toMatchObject([theirs]);
  }, SETTING));

it('switches EventBridge off once for all folders of a bucket', () =>
  onBench(async (bench) => {
    const { bound, buckets, capture, complete, on } = stack(bench);
    await capture();
    expect(await bound.of('photos')).toHaveLength(2);
    await complete();
    expect(await on()).toBe(false);
    expect(buckets.put).toHaveLength(2);
  }, FOLDERS));

it('ends a capture that was begun and not noted', () =>
  onBench(async (bench) => {
    const { capture, complete, on } = stack(bench);
    await capture();
    bench.world
      .table('journal')
      .remove({ pk: { S: 'migration#m' }, sk: { S: `fact#${captureId(0, 'source')}` } });
    await complete();
    expect(await on()).toBe(false);
  }, SETTING));

it('is refused by a stack that was deployed without buckets', () =>
  onBench(async (bench) => {
    const { buckets, bound } = stack(bench);
    const { account } = buckets;
    const mappings = { mappingState: async () => undefined };
    const captures = new BucketCaptures({ account, mappings, bound, mapping: undefined });
    await expect(captures.map()).rejects.toThrow(/deployed without buckets/);
  }, SETTING));
