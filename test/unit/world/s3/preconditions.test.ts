import type { PutObjectCommandOutput } from '@aws-sdk/client-s3';
import { CopyObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { newWorld, objectRequests, refused } from './object-requests.ts';

const { put, copy, remove, stored, body } = objectRequests();

/** A write under a precondition to the key `a` of the bucket `target`. */
const WRITES: readonly [
  string,
  (condition: { IfMatch?: string; IfNoneMatch?: string }) => Promise<unknown>,
][] = [
  ['PutObject', (condition) => put('a', 'new', { Bucket: 'target', ...condition })],
  [
    'CopyObject',
    async (condition) => {
      await put('a', 'new');
      return copy('a', condition);
    },
  ],
];
const there = (): Promise<PutObjectCommandOutput> => put('a', 'old', { Bucket: 'target' });
const inTarget = () => body('target', 'a');

describe.each(WRITES)('a precondition of %s', (_, write) => {
  it('If-None-Match: * lets it write only where nothing is', async () => {
    await write({ IfNoneMatch: '*' });
    expect(inTarget()).toBe('new');
    await there();
    await expect(write({ IfNoneMatch: '*' })).rejects.toMatchObject(refused('PreconditionFailed', 412));
    expect(inTarget()).toBe('old');
  });

  it('If-Match lets it write only what has this ETag, with or without quotes', async () => {
    const { ETag = '' } = await there();
    await expect(write({ IfMatch: '"other"' })).rejects.toMatchObject(refused('PreconditionFailed', 412));
    expect(inTarget()).toBe('old');
    await write({ IfMatch: ETag });
    expect(inTarget()).toBe('new');
    await there();
    await write({ IfMatch: ETag.replaceAll('"', '') });
    expect(inTarget()).toBe('new');
  });

  it('If-Match on a key that is gone is NoSuchKey', async () => {
    const { ETag = '' } = await there();
    await remove('a', { Bucket: 'target' });
    await expect(write({ IfMatch: ETag })).rejects.toMatchObject(refused('NoSuchKey', 404));
    expect(inTarget()).toBeUndefined();
  });

  it('If-None-Match takes nothing but *', async () => {
    await expect(write({ IfNoneMatch: '"etag"' })).rejects.toMatchObject(refused('NotImplemented', 501));
  });
});

describe('a precondition of DeleteObject', () => {
  it('lets it delete only what has this ETag', async () => {
    const { ETag } = await put('a', 'old');
    await put('a', 'new');
    await expect(remove('a', { IfMatch: ETag })).rejects.toMatchObject(refused('PreconditionFailed', 412));
    expect(stored('source', 'a')).toBeDefined();
    await remove('a', { IfMatch: '*' });
    expect(stored('source', 'a')).toBeUndefined();
  });

  it('on a key that is gone is NoSuchKey', async () => {
    await expect(remove('a', { IfMatch: '*' })).rejects.toMatchObject(refused('NoSuchKey', 404));
  });
});

describe('a conditional write', () => {
  /** Two writers of one key, both sure that it is not there. */
  async function race(seed: number, conditionalConflict: number) {
    const world = newWorld(seed, { interleaved: 1, conditionalConflict });
    const errors: string[] = [];
    const write = (body: string) =>
      world.scheduler.spawn(`writer of ${body}`, async (task) => {
        try {
          await world
            .s3Client(task)
            .send(new PutObjectCommand({ Bucket: 'source', Key: 'a', Body: body, IfNoneMatch: '*' }));
        } catch (error) {
          errors.push((error as Error).name);
        }
      });
    write('one');
    write('two');
    await world.scheduler.run();
    return { objects: world.bucket('source').objects(), errors };
  }

  it('succeeds for one of two at once', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { objects, errors } = await race(seed, 0);
      expect(objects).toHaveLength(1);
      expect(errors).toEqual(['PreconditionFailed']);
    }
  });

  it('may be refused for a conflict if others have written since it began', async () => {
    const names = new Set<string>();
    for (let seed = 0; seed < 40; seed++) for (const name of (await race(seed, 0.5)).errors) names.add(name);
    expect([...names].toSorted()).toEqual(['ConditionalRequestConflict', 'PreconditionFailed']);
  });

  it('is never refused for a conflict where nobody else writes', async () => {
    const world = newWorld(1, { interleaved: 1, conditionalConflict: 1 }, [{ key: 'a', body: 'text' }]);
    await world.run((task) =>
      world
        .s3Client(task)
        .send(
          new CopyObjectCommand({ Bucket: 'target', Key: 'a', CopySource: 'source/a', IfNoneMatch: '*' }),
        ),
    );
    expect(world.bucket('target').objects()).toHaveLength(1);
  });
});
