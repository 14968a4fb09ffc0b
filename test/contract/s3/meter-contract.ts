import { expect } from 'vitest';
import { MEGABYTE } from '../../../shared/capacity.ts';
import type { S3StoreProps } from '../../../shared/stores/s3/s3.ts';
import { Books } from '../books.ts';
import { hooked } from './hooked-client.ts';
import type { Actor, Contract } from './judge.ts';
import { createSides, keyOf, pageOf, type Sides } from './sides.ts';
import { LEAST_PART_BYTES } from './test-bucket.ts';

/** A store whose requests are counted twice: by its meter, and on their way out. */
function counted({ client: plain }: Actor, sides: Sides, options: Partial<S3StoreProps> = {}) {
  const meter = new Books();
  const { client, operations } = hooked(plain);
  const store = sides.store({ client, meter, ...options });
  const sourceStore = sides.sourceStore({ client, meter, ...options });
  return { store, sourceStore, meter, operations };
}

/** What a store tells its meter: nothing is sent, and no byte is copied or read, that it has not asked for. */
export function meterContract({ it }: Contract): void {
  it('asks for each request of a copied page, and for the bytes of its objects', async (bench) => {
    const sides = await createSides(bench);
    for (const key of ['a', 'b', 'c']) await sides.source.put(key, 'x'.repeat(1_000));
    await sides.source.put('empty', '');
    const { store, sourceStore, meter, operations } = counted(bench, sides);
    const page = await sourceStore.scan({ segment: 0, segments: 1 }, undefined);
    expect((await store.insertAbsent(page)).inserted).toBe(4);
    expect(operations).toHaveLength(1 + 4 * 2);
    expect(meter.units.request).toBe(operations.length);
    expect(meter.units.megabyte).toBeCloseTo(3_000 / MEGABYTE, 10);
    // One object at a time: none waits for the bytes of another.
    expect(meter.asked.megabyte).toBeCloseTo(1_000 / MEGABYTE, 10);
    expect([meter.units.read, meter.units.write]).toEqual([0, 0]);
  });

  it('gives back the bytes of a copy that was not made', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a', 'of the source');
    await sides.target.put('a', 'kept');
    const { store, meter, operations } = counted(bench, sides);
    expect((await store.insertAbsent(pageOf('a', 'gone'))).existing).toBe(2);
    expect(meter.units.request).toBe(operations.length);
    expect(meter.asked.megabyte).toBeGreaterThan(0);
    expect(meter.units.megabyte).toBeCloseTo(0, 10);
  });

  it('asks for each part of an object that is copied in parts', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a', 'x'.repeat(LEAST_PART_BYTES + 1_000));
    const options = { singleBytes: LEAST_PART_BYTES, partBytes: LEAST_PART_BYTES };
    const { store, meter, operations } = counted(bench, sides, options);
    expect((await store.insertAbsent(pageOf('a'))).inserted).toBe(1);
    expect(operations.filter((name) => name === 'UploadPartCopy')).toHaveLength(2);
    expect(meter.units.request).toBe(operations.length);
    expect(meter.asked.megabyte).toBeCloseTo(LEAST_PART_BYTES / MEGABYTE, 10);
    expect(meter.units.megabyte).toBeCloseTo((LEAST_PART_BYTES + 1_000) / MEGABYTE, 10);
  });

  it('asks for each look at both sides, and for the bytes of both where they are read', async (bench) => {
    const sides = await createSides(bench);
    for (const bucket of [sides.source, sides.target]) await bucket.put('a', 'x'.repeat(1_000));
    const { store, sourceStore, meter, operations } = counted(bench, sides, { compare: 'bytes' });
    const [own] = await store.read([keyOf('a')]);
    const [theirs] = await sourceStore.read([keyOf('a')]);
    expect(meter.units.megabyte).toBe(0);
    expect(own && theirs && (await store.isSame(own, theirs))).toBe(true);
    expect(operations.filter((name) => name === 'GetObject')).toHaveLength(2);
    expect(meter.units.request).toBe(operations.length);
    expect(meter.units.megabyte).toBeCloseTo(2_000 / MEGABYTE, 10);
  });

  it('asks for each write and each removal of a repair', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a', 'x'.repeat(1_000));
    await sides.target.put('b');
    const { store, sourceStore, meter, operations } = counted(bench, sides);
    for (const key of ['a', 'b'].map(keyOf)) {
      const [seen] = await store.read([key]);
      const [cell] = await sourceStore.read([key]);
      if (!seen || !cell) throw new Error('a read answers for each key');
      const item = cell.kind === 'item' ? { item: cell.item } : {};
      await store.write({ key, ...item, when: { kind: 'unchanged', seen } });
    }
    expect(await sides.target.keys()).toEqual(['a']);
    expect(meter.units.request).toBe(operations.length);
    expect(meter.units.megabyte).toBeCloseTo(1_000 / MEGABYTE, 10);
  });

  it('holds no more in a page than its share allows, but one object at least, and goes on behind it', async (bench) => {
    const sides = await createSides(bench);
    const bytes = { a: 100, b: 100, c: 1_000, d: 100, e: 100, f: 100 };
    for (const [key, size] of Object.entries(bytes)) await sides.source.put(key, 'x'.repeat(size));
    const pagesWith = async (share: Books['share']) => {
      const { sourceStore, meter } = counted(bench, sides);
      meter.share = share;
      const pages: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await sourceStore.scan({ segment: 0, segments: 1 }, cursor);
        pages.push(
          page
            .items()
            .map(({ key }) => key?.S)
            .join(''),
        );
        expect(page.bytes).toBe([...(pages.at(-1) ?? '')].reduce((sum, key) => sum + sizeOf(key), 0));
        cursor = page.next;
        if (cursor === undefined) return pages;
      }
    };
    const sizeOf = (key: string) => bytes[key as keyof typeof bytes];
    expect(await pagesWith({})).toEqual(['abcdef']);
    expect(await pagesWith({ read: 1, write: 1 })).toEqual(['abcdef']);
    // Ten requests and twice its bytes are kept ready for an object.
    expect(await pagesWith({ request: 29 })).toEqual(['ab', 'cd', 'ef']);
    expect(await pagesWith({ request: 1 })).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(await pagesWith({ megabyte: 420 / MEGABYTE })).toEqual(['ab', 'c', 'de', 'f']);
    expect(await pagesWith({ request: 1_000, megabyte: 1 })).toEqual(['abcdef']);
  });
}
