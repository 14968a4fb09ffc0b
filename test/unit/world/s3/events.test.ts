import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Faults } from '../../../simulation/world/faults.ts';
import type { EventDelivery, EventDeliveryProps } from '../../../simulation/world/s3/event-delivery.ts';
import { World } from '../../../simulation/world/world.ts';

interface S3Event {
  readonly 'detail-type': string;
  readonly source: string;
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: Record<string, unknown> & { readonly key: string; readonly sequencer: string };
    readonly reason?: string;
    readonly 'deletion-type'?: string;
  };
}

const eventsOf = ({ Records }: SQSEvent): S3Event[] => Records.map(({ body }) => JSON.parse(body));
const KEYS = Array.from({ length: 20 }, (_, index) => `key ${index}`);

interface Run {
  readonly world: World;
  readonly delivery: EventDelivery;
  /** In the order of their delivery, with its time in milliseconds since the first write. */
  readonly delivered: (S3Event & { readonly atMilliseconds: number })[];
}

/** Does something to the bucket `source`, and waits until its events are delivered. */
async function run(
  faults: Faults,
  act: (world: World) => void,
  { versioned = false, ...props }: Partial<EventDeliveryProps> & { readonly versioned?: boolean } = {},
): Promise<Run> {
  const world = new World({ seed: 1, faults });
  world.createBucket({ name: 'source', versioned });
  world.createBucket({ name: 'target' });
  const delivered: Run['delivered'] = [];
  const begun = world.scheduler.clock;
  const delivery = world.deliverEvents({
    bucket: 'source',
    handler: async (event, task) => {
      await task.point('is told');
      const atMilliseconds = world.scheduler.clock - begun;
      delivered.push(...eventsOf(event).map((one) => ({ ...one, atMilliseconds })));
    },
    ...props,
  });
  world.scheduler.spawn('writer', async ({ runtime }) => {
    act(world);
    do await runtime.sleep(1_000);
    while (!delivery.idle);
  });
  expect(await world.scheduler.run()).toMatchObject({ kind: 'done', threw: [] });
  return { world, delivery, delivered };
}

const putAll = (world: World): void => {
  for (const key of KEYS) world.putObject('source', { key, body: 'text' });
};
const keysOf = ({ delivered }: Run) => delivered.map(({ detail }) => detail.object.key);
const distinct = (list: readonly string[]) => [...new Set(list)].toSorted();

describe('the events of a bucket', () => {
  it('come as EventBridge sends them, with the key as it is', async () => {
    const { delivered } = await run({}, (world) =>
      world.putObject('source', { key: 'a b/ä+', body: 'text' }),
    );
    expect(delivered).toMatchObject([
      {
        'detail-type': 'Object Created',
        source: 'aws.s3',
        detail: {
          bucket: { name: 'source' },
          object: { key: 'a b/ä+', size: 4, etag: '1cb251ec0d568de6a929b520c4aed8d1' },
          reason: 'PutObject',
        },
      },
    ]);
  });

  it('tell of deletions, and of delete markers with their version', async () => {
    const act = (world: World) => {
      world.putObject('source', { key: 'a', body: 'text' });
      world.bucket('source').remove('a', 'Lifecycle Expiration');
    };
    const deletion = ({ delivered }: Run) => delivered.find((one) => one['detail-type'] === 'Object Deleted');
    expect(deletion(await run({}, act))).toMatchObject({
      detail: { reason: 'Lifecycle Expiration', 'deletion-type': 'Permanently Deleted' },
    });
    expect(deletion(await run({}, act, { versioned: true }))).toMatchObject({
      detail: { object: { 'version-id': expect.any(String) }, 'deletion-type': 'Delete Marker Created' },
    });
  });

  it('have sequencers that tell the order of one key, once zeros are added on the right', async () => {
    const { delivered } = await run({}, (world) => {
      for (let size = 0; size < 40; size++) world.putObject('source', { key: 'a', body: 'x'.repeat(size) });
    });
    const sizes = (order: (a: string, b: string) => boolean) =>
      delivered
        .map(({ detail }) => detail.object)
        .sort((a, b) => (order(a.sequencer, b.sequencer) ? -1 : 1))
        .map(({ size }) => size);
    const padded = (text: string) => text.padEnd(16, '0');
    expect(sizes((a, b) => padded(a) < padded(b))).toEqual(Array.from({ length: 40 }, (_, size) => size));
    expect(new Set(delivered.map(({ detail }) => detail.object.sequencer.length)).size).toBeGreaterThan(1);
  });

  it('come of the wanted bucket, prefix and types only', async () => {
    const act = (world: World) => {
      world.putObject('source', { key: 'a/1', body: 'text' });
      world.putObject('source', { key: 'b/1', body: 'text' });
      world.putObject('target', { key: 'a/2', body: 'text' });
      const object = world.bucket('source').current('a/1');
      if (object) world.bucket('source').amend(object, { tags: { t: '1' } }, 'Object Tags Added');
    };
    expect(keysOf(await run({}, act, { prefix: 'a/' }))).toEqual(['a/1']);
    const granted = (world: World) => {
      act(world);
      const object = world.bucket('source').current('a/1');
      if (object) world.bucket('source').amend(object, { acl: { ACL: 'public-read' } }, 'Object ACL Updated');
      if (object) world.bucket('source').amend(object, { lock: { ObjectLockLegalHoldStatus: 'ON' } });
    };
    const changed = await run({}, granted, { types: ['Object Tags Added', 'Object ACL Updated'] });
    expect(changed.delivered.map((one) => one['detail-type']).sort()).toEqual([
      'Object ACL Updated',
      'Object Tags Added',
    ]);
    const tagged = await run({}, act, { types: ['Object Tags Added'] });
    expect(tagged.delivered.map((one) => one['detail-type'])).toEqual(['Object Tags Added']);
  });

  it('come once each and in no order where nothing goes wrong', async () => {
    const all = await run({}, putAll);
    expect(keysOf(all).toSorted()).toEqual(KEYS.toSorted());
    expect(keysOf(all)).not.toEqual(KEYS);
    expect(all.delivery.deadLetters).toEqual([]);
  });

  it.each<[string, Faults]>([
    ['eventDuplicated', { eventDuplicated: 0.3 }],
    ['duplicated', { duplicated: 0.3 }],
    ['redelivered', { redelivered: 0.3 }],
    ['successForgotten', { successForgotten: 0.3 }],
  ])('come at least once, some again: %s', async (fault, faults) => {
    const all = await run(faults, putAll);
    expect(distinct(keysOf(all))).toEqual(KEYS.toSorted());
    expect(keysOf(all).length).toBeGreaterThan(KEYS.length);
    expect(all.world.faultCounts[fault]).toBeGreaterThan(0);
  });

  it('come again where an invocation was killed: eventually each comes', async () => {
    const all = await run({ invocationKilled: 0.3 }, putAll);
    expect(distinct(keysOf(all))).toEqual(KEYS.toSorted());
    expect(all.world.faultCounts.invocationKilled).toBeGreaterThan(0);
  });

  it('may be late by minutes', async () => {
    const latest = ({ delivered }: Run) => Math.max(...delivered.map(({ atMilliseconds }) => atMilliseconds));
    expect(latest(await run({}, putAll))).toBeLessThan(10_000);
    const late = await run({ eventLate: 0.5 }, putAll);
    expect(latest(late)).toBeGreaterThan(60_000);
    expect(distinct(keysOf(late))).toEqual(KEYS.toSorted());
  });

  it('may never come', async () => {
    const all = await run({ eventLost: 0.5 }, putAll);
    const lost = all.world.faultCounts.eventLost ?? 0;
    expect(lost).toBeGreaterThan(0);
    expect(keysOf(all)).toHaveLength(KEYS.length - lost);
  });

  it('come again after the visibility timeout if their handler throws, and go to the dead letters in the end', async () => {
    const receives: { readonly count: string; readonly at: number }[] = [];
    const all = await run({}, (world) => world.putObject('source', { key: 'a', body: 'text' }), {
      timeoutMilliseconds: 5_000,
      visibilityMilliseconds: 30_000,
      maxReceives: 3,
      handler: async ({ Records }, { runtime }) => {
        receives.push({ count: Records[0]?.attributes.ApproximateReceiveCount ?? '', at: runtime.now() });
        throw new Error('throttled');
      },
    });
    expect(receives.map(({ count }) => count)).toEqual(['1', '2', '3']);
    for (const [index, { at }] of receives.slice(1).entries())
      expect(at - (receives[index]?.at ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect(all.delivery.deadLetters.map((body) => JSON.parse(body).detail.object.key)).toEqual(['a']);
  });

  it('kill an invocation that takes too long, and come again', async () => {
    let first = true;
    const keys: string[] = [];
    const all = await run({}, putAll, {
      timeoutMilliseconds: 5_000,
      handler: async (event, { runtime }) => {
        const hangs = first;
        first = false;
        if (hangs) await runtime.sleep(3_600_000);
        keys.push(...eventsOf(event).map(({ detail }) => detail.object.key));
      },
    });
    expect(all.world.trace().some((line) => line.includes('killed'))).toBe(true);
    expect(keys.toSorted()).toEqual(KEYS.toSorted());
  });

  it('are handled by so many invocations at once', async () => {
    let running = 0;
    let most = 0;
    await run({}, putAll, {
      concurrency: 2,
      handler: async (_, { runtime }) => {
        most = Math.max(most, ++running);
        await runtime.sleep(3_000);
        running--;
      },
    });
    expect(most).toBe(2);
  });

  it('are heard no more once the delivery is removed', async () => {
    const world = new World({ seed: 1 });
    world.createBucket({ name: 'source' });
    const keys: string[] = [];
    const delivery = world.deliverEvents({
      bucket: 'source',
      handler: async (event) => keys.push(...eventsOf(event).map(({ detail }) => detail.object.key)),
    });
    await world.run(async ({ runtime }) => {
      world.putObject('source', { key: 'before', body: 'text' });
      await runtime.sleep(10_000);
      world.putObject('source', { key: 'under way', body: 'text' });
      delivery.remove();
      world.putObject('source', { key: 'after', body: 'text' });
      await runtime.sleep(10_000);
    });
    expect(keys).toEqual(['before']);
    expect(delivery.idle).toBe(true);
  });

  it('have a queue whose messages stay hidden for as long as their function may take', () => {
    const world = new World({ seed: 1 });
    world.createBucket({ name: 'source' });
    const props = { bucket: 'source', timeoutMilliseconds: 30_000, visibilityMilliseconds: 20_000 };
    expect(() => world.deliverEvents({ ...props, handler: async () => undefined })).toThrow(
      'visibility timeout of 20000 ms is below',
    );
  });
});
