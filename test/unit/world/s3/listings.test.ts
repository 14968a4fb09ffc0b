import { ListObjectsV2Command, type ListObjectsV2CommandInput, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { World } from '../../../simulation/world/world.ts';
import { newWorld, refused } from './object-requests.ts';

const seeds = (keys: readonly string[]) => keys.map((key) => ({ key, body: key }));

/** All pages of a listing, each as its keys. */
async function pages(world: World, input: Partial<ListObjectsV2CommandInput> = {}): Promise<string[][]> {
  return world.run(async (task) => {
    const found: string[][] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await world
        .s3Client(task)
        .send(new ListObjectsV2Command({ Bucket: 'source', ...input, ContinuationToken }));
      found.push((page.Contents ?? []).map(({ Key = '' }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return found;
  });
}

describe('a listing', () => {
  it('is in the order of the bytes of UTF-8, which is not that of JavaScript', async () => {
    // U+FF5E comes before U+1F600 in UTF-8, and behind its surrogates in UTF-16.
    const keys = ['A', 'a', 'a/', 'a/b', 'aa', 'ä', '\u{ff5e}', '\u{1f600}'];
    const world = newWorld(1, {}, seeds(keys.toReversed()));
    expect((await pages(world, { MaxKeys: 1 })).flat()).toEqual(keys);
    expect(keys.toSorted()).not.toEqual(keys);
  });

  it('has the keys of a prefix behind a key', async () => {
    const world = newWorld(1, {}, seeds(['a/1', 'a/2', 'a/3', 'b/1']));
    expect((await pages(world, { Prefix: 'a/', StartAfter: 'a/1' })).flat()).toEqual(['a/2', 'a/3']);
    expect((await pages(world, { Prefix: 'a/', StartAfter: 'a/15' })).flat()).toEqual(['a/2', 'a/3']);
    expect(await pages(world, { Prefix: 'c' })).toEqual([[]]);
  });

  it('comes in pages, which may be shorter than they could', async () => {
    const keys = Array.from({ length: 30 }, (_, index) => `${index + 100}`);
    const world = newWorld(1, {}, seeds(keys));
    const found = await pages(world, { MaxKeys: 4 });
    expect(found.flat()).toEqual(keys);
    expect(new Set(found.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4]));
  });

  it('has 1,000 keys a page at most, or fewer where a world is told so', async () => {
    const keys = Array.from({ length: 2_500 }, (_, index) => `${index + 10_000}`);
    const world = new World({ seed: 1 });
    world.createBucket({ name: 'source', objects: seeds(keys) });
    const found = await pages(world, { MaxKeys: 5_000 });
    expect(found.flat()).toEqual(keys);
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
    const small = new World({ seed: 1, s3Limits: { pageKeys: 2 } });
    small.createBucket({ name: 'source', objects: seeds(keys.slice(0, 9)) });
    expect(Math.max(...(await pages(small)).map(({ length }) => length))).toBe(2);
  });

  it('shows at each page what is there at that moment', async () => {
    const world = newWorld(1, {}, seeds(['a', 'c']));
    const found = await world.run(async (task) => {
      const s3 = world.s3Client(task);
      const list = (input: Partial<ListObjectsV2CommandInput>) =>
        s3.send(new ListObjectsV2Command({ Bucket: 'source', MaxKeys: 1, ...input }));
      const first = await list({});
      await s3.send(new PutObjectCommand({ Bucket: 'source', Key: 'b', Body: '' }));
      const second = await list({ ContinuationToken: first.NextContinuationToken });
      return [first, second].map(({ Contents }) => Contents?.[0]?.Key);
    });
    expect(found).toEqual(['a', 'b']);
  });

  it('tells size, ETag, storage class, and the kind of checksum of each', async () => {
    const world = newWorld(1, {}, [
      { key: 'a', body: 'text', headers: { StorageClass: 'GLACIER' }, checksum: { algorithm: 'SHA1' } },
    ]);
    const { Contents } = await world.run((task) =>
      world.s3Client(task).send(new ListObjectsV2Command({ Bucket: 'source' })),
    );
    expect(Contents).toEqual([
      {
        Key: 'a',
        Size: 4,
        ETag: '"1cb251ec0d568de6a929b520c4aed8d1"',
        LastModified: expect.any(Date),
        StorageClass: 'GLACIER',
        ChecksumAlgorithm: ['SHA1'],
        ChecksumType: 'FULL_OBJECT',
      },
    ]);
  });

  it('refuses a continuation that it did not give', async () => {
    const world = newWorld(1);
    const list = world.run((task) =>
      world.s3Client(task).send(new ListObjectsV2Command({ Bucket: 'source', ContinuationToken: 'x' })),
    );
    await expect(list).rejects.toMatchObject(refused('InvalidArgument', 400));
  });
});
