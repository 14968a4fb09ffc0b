import { expect } from 'vitest';
import { pagesOf, scanned } from '../scans.ts';
import type { Contract } from './judge.ts';
import { createSides, keyOf } from './sides.ts';

const ALL = { segment: 0, segments: 1 };
const KEYS = ['!', '0', 'A/b', 'a b', 'a%20b', 'a+b', 'b/1', 'b/2', 'b0', 'c', 'é', '～', '😀'];

/** Scans, page by page and range by range. */
export function scanContract({ it }: Contract): void {
  for (const [what, bounds] of Object.entries({
    'one range': [],
    'ranges between keys that are there': ['a b', 'b/2'],
    'ranges between keys that are not there': ['a', 'b/', 'zzz', '\u{1f5ff}'],
    'ranges that are empty': ['a b', 'a b\u0001', 'a%', 'a+b'],
  }))
    it(`gives each object exactly once, over ${what}`, async (bench) => {
      const sides = await sidesWith(bench);
      for (const pageObjects of [1, 3, 1_000]) {
        const store = sides.sourceStore({ bounds, pageObjects });
        const found = await scanned(store, bounds.length + 1);
        expect(found.map(({ key }) => key?.S)).toEqual(KEYS);
      }
    });

  it('tells the size and the ETag of each object', async (bench) => {
    const sides = await createSides(bench);
    const etag = await sides.source.put('a', 'content');
    const page = await sides.sourceStore().scan(ALL, undefined);
    expect(page).toMatchObject({ count: 1, bytes: 'content'.length });
    expect(page.items()).toEqual([
      { ...keyOf('a'), size: { N: String('content'.length) }, etag: { S: etag } },
    ]);
    expect(page.next).toBeUndefined();
  });

  it('gives no item of one side that equals one of the other, where more than a listing is compared', async (bench) => {
    const sides = await createSides(bench);
    for (const bucket of [sides.source, sides.target]) await bucket.put('a', 'content');
    const [theirs] = await scanned(sides.sourceStore(), 1);
    expect(await scanned(sides.store(), 1)).toEqual([theirs]);
    for (const compare of ['everything', 'bytes'] as const) {
      const [other] = await scanned(sides.sourceStore({ compare }), 1);
      expect(await scanned(sides.store({ compare }), 1)).not.toEqual([other]);
    }
  });

  it('goes on at a cursor, in a store made anew, also when its object is gone by then', async (bench) => {
    const sides = await sidesWith(bench);
    const first = await sides.sourceStore({ pageObjects: 4 }).scan(ALL, undefined);
    expect(JSON.parse(JSON.stringify(first.next))).toBe(first.next);
    await sides.source.remove(first.items().at(-1)?.key?.S as string);
    const rest: (string | undefined)[] = [];
    for await (const page of pagesOf(sides.sourceStore(), ALL, first.next))
      rest.push(...page.items().map(({ key }) => key?.S));
    expect([...first.items().map(({ key }) => key?.S), ...rest]).toEqual(KEYS);
  });

  it('ends an empty range, and an empty bucket, with its first page', async (bench) => {
    const store = (await createSides(bench)).sourceStore({ bounds: ['a'] });
    for (const segment of [0, 1]) {
      const page = await store.scan({ segment, segments: 2 }, undefined);
      expect(page).toMatchObject({ count: 0, bytes: 0 });
      expect(page.next).toBeUndefined();
    }
  });

  it('sees what is below its prefix and nothing else, by keys relative to it', async (bench) => {
    const sides = await createSides(bench, { source: 'photos/ä+', target: '' });
    for (const key of ['photos', 'photos/', 'photos/a', 'photos/ä', 'photos/ä*', 'photos/ö', 'q'])
      await sides.source.put(`${key}#`);
    for (const key of ['1', '2/3', 'photos/ä+4']) await sides.source.put(`photos/ä+${key}`);
    for (const pageObjects of [1, 1_000]) {
      const store = sides.sourceStore({ bounds: ['1', '2/3'], pageObjects });
      expect((await scanned(store, 3)).map(({ key }) => key?.S)).toEqual(['1', '2/3', 'photos/ä+4']);
    }
  });

  it('has no cells with versions', async (bench) => {
    const sides = await sidesWith(bench);
    expect(await sides.sourceStore().scanVersions(ALL, undefined)).toEqual({ scanned: 0, cells: [] });
  });
}

async function sidesWith(bench: Parameters<typeof createSides>[0]) {
  const sides = await createSides(bench);
  for (const key of KEYS) await sides.source.put(key);
  return sides;
}
