import { DeleteObjectCommand, DeleteObjectTaggingCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { Item } from '../../../shared/model.ts';
import type { Store } from '../../../shared/stores/store.ts';
import type { Bench, Contract } from './judge.ts';
import { keyOf, pageOf } from './sides.ts';
import type { TestBucket } from './test-bucket.ts';
import { carriedBy, createVersionedSides, DELETED, textsOf, versionsOf } from './versioned-sides.ts';

const WHOLE = { segment: 0, segments: 1 };

/** All versions of an object, delete markers included, where a bucket keeps them. */
export function historyContract({ it, always }: Contract): void {
  it('carries a history over, the oldest version first, and adds later what has come since', async (bench) => {
    const sides = await createVersionedSides(bench);
    await write(sides.source, 'first', undefined, 'second');
    expect(await sides.isSame('a')).toBe(false);
    expect(await sides.store().insertAbsent(pageOf('a'))).toEqual({ inserted: 1, existing: 0, rejected: [] });
    expect(await textsOf(bench.client, sides.target, 'a')).toEqual(['first', DELETED, 'second']);
    expect(await sides.isSame('a')).toBe(true);
    await write(sides.source, 'third', undefined);
    expect(await sides.isSame('a')).toBe(false);
    expect(await sides.settle('a')).toBe(true);
    const all = ['first', DELETED, 'second', 'third', DELETED];
    expect(await textsOf(bench.client, sides.target, 'a')).toEqual(all);
    expect(await sides.settle('a')).toBe(true);
    expect(await textsOf(bench.client, sides.target, 'a')).toEqual(all);
  });

  it('tells once by which requests it has added to a history', async (bench) => {
    const sides = await createVersionedSides(bench);
    await write(sides.source, 'first', undefined, 'second');
    const store = sides.store();
    await store.write({ key: keyOf('a'), when: { kind: 'unchanged', seen: { kind: 'absent' } } });
    expect(new Set(store.requestsOf?.(keyOf('a'))).size).toBe(3);
    expect(store.requestsOf?.(keyOf('a'))).toEqual([]);
  });

  it('tells versions of the same bytes apart by where they stand', async (bench) => {
    const sides = await createVersionedSides(bench);
    const texts = ['x', 'x', 'y', 'x'];
    for (const [index] of texts.entries()) {
      await write(sides.source, texts[index]);
      expect(await sides.isSame('a')).toBe(false);
      expect(await sides.settle('a')).toBe(true);
      expect(await textsOf(bench.client, sides.target, 'a')).toEqual(texts.slice(0, index + 1));
    }
  });

  it('takes along what each version carries', async (bench) => {
    const sides = await createVersionedSides(bench);
    await sides.source.put('a', 'same', { ContentType: 'text/first', Tagging: 'kind=first' });
    await sides.source.put('a', 'same', { ContentType: 'text/second', Metadata: { kind: 'second' } });
    await sides.source.put('a', 'other', { ContentType: 'text/third', Tagging: 'kind=third' });
    expect(await sides.settle('a')).toBe(true);
    const carried = await carriedBy(bench.client, sides.target, 'a');
    expect(carried).toHaveLength(3);
    expect(carried).toEqual(await carriedBy(bench.client, sides.source, 'a'));
  });

  it('gives a version other tags without adding one', async (bench) => {
    const sides = await createVersionedSides(bench);
    await sides.source.put('a', 'content', { Tagging: 'kind=old' });
    expect(await sides.settle('a')).toBe(true);
    const object = { Bucket: sides.source.name, Key: 'a' };
    const Tagging = { TagSet: [{ Key: 'kind', Value: 'new' }] };
    await bench.client.send(new PutObjectTaggingCommand({ ...object, Tagging }));
    expect(await sides.isSame('a')).toBe(false);
    expect(await sides.settle('a')).toBe(true);
    expect(await sides.target.tags('a')).toEqual({ kind: 'new' });
    await bench.client.send(new DeleteObjectTaggingCommand(object));
    expect(await sides.settle('a')).toBe(true);
    expect(await sides.target.tags('a')).toEqual({});
    expect(await textsOf(bench.client, sides.target, 'a')).toEqual(['content']);
  });

  it('leaves out delete markers that hide nothing', async (bench) => {
    const sides = await createVersionedSides(bench);
    await sides.source.remove('never');
    await write(sides.source, undefined, 'only', undefined, undefined);
    expect((await pagesOf(sides.sourceStore())).flat().map(({ key }) => key?.S)).toEqual(['a']);
    expect(await sides.isSame('never')).toBe(true);
    expect(await sides.settle('a')).toBe(true);
    expect(await textsOf(bench.client, sides.target, 'a')).toEqual(['only', DELETED]);
  });

  it('keeps what the source has deleted for good, and what stood there before', async (bench) => {
    const sides = await createVersionedSides(bench);
    await sides.target.put('a', 'before');
    await write(sides.source, 'first', 'second', 'third');
    expect(await sides.settle('a')).toBe(true);
    await forget(bench, sides.source, 'second');
    expect(await sides.isSame('a')).toBe(true);
    // What has come back by it is the current version again.
    await forget(bench, sides.source, 'third');
    expect(await sides.isSame('a')).toBe(false);
    expect(await sides.settle('a')).toBe(true);
    const kept = ['before', 'first', 'second', 'third', 'first'];
    expect(await textsOf(bench.client, sides.target, 'a')).toEqual(kept);
    await forget(bench, sides.source, 'first');
    expect(await sides.settle('a')).toBe(true);
    expect(await textsOf(bench.client, sides.target, 'a')).toEqual([...kept, DELETED]);
  });

  it('scans the keys of all histories in pages, each once and alike on both sides', async (bench) => {
    const sides = await createVersionedSides(bench);
    const keys = ['a b', 'a', 'ab', 'z', 'ä'];
    for (const key of keys) for (const body of ['1', '2', '3']) await sides.source.put(key, body);
    await sides.source.remove('ab');
    const read = (await pagesOf(sides.sourceStore({ pageObjects: 2 }))).flat();
    expect(read.map(({ key }) => key?.S)).toEqual(['a', 'a b', 'ab', 'z', 'ä']);
    for (const page of await pagesOf(sides.sourceStore({ pageObjects: 4 })))
      await sides.store().insertAbsent({ count: page.length, bytes: 0, items: () => page });
    expect((await pagesOf(sides.store({ pageObjects: 3 }))).flat()).toEqual(read);
    for (const key of keys) expect(await sides.isSame(key)).toBe(true);
  });

  it('reads the history of a key beside those that begin like it, however it is paged', async (bench) => {
    const sides = await createVersionedSides(bench);
    for (const body of ['1', '2', '3', '4', '5']) {
      await sides.source.put('a', body);
      await sides.source.remove('a');
      await sides.source.put('ab', `of another ${body}`);
    }
    expect(await sides.settle('a', { pageObjects: 2 })).toBe(true);
    const texts = await textsOf(bench.client, sides.target, 'a');
    expect(texts).toEqual(['1', '2', '3', '4', '5'].flatMap((body) => [body, DELETED]));
    expect(await textsOf(bench.client, sides.target, 'ab')).toEqual([]);
  });

  always('adds each version once, by two that settle a key at the same time', async (bench) => {
    const sides = await createVersionedSides(bench);
    await write(sides.source, 'x', 'x', undefined, 'x', 'x');
    const settle = () => sides.settle('a');
    await bench.together(settle, settle);
    expect(await sides.settle('a')).toBe(true);
    expect(await textsOf(bench.client, sides.target, 'a')).toEqual(['x', 'x', DELETED, 'x', 'x']);
  });
}

/** Writes the object `a` several times; undefined deletes it. */
async function write(bucket: TestBucket, ...bodies: readonly (string | undefined)[]): Promise<void> {
  for (const body of bodies) {
    if (body === undefined) await bucket.remove('a');
    else await bucket.put('a', body);
  }
}

/** Deletes a version of the object `a` for good. */
async function forget({ client }: Bench, bucket: TestBucket, text: string): Promise<void> {
  const versions = await versionsOf(client, bucket, 'a');
  const VersionId = versions.find((version) => version.text === text)?.versionId;
  await client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: 'a', VersionId }));
}

/** All pages of a scan. */
async function pagesOf(store: Store): Promise<(readonly Item[])[]> {
  const pages: (readonly Item[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.scan(WHOLE, cursor);
    pages.push(page.items());
    cursor = page.next;
  } while (cursor !== undefined);
  return pages;
}
