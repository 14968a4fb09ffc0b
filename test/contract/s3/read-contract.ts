import { expect } from 'vitest';
import { doesAsAws } from './differences.ts';
import { EVERYTHING } from './everything.ts';
import { hooked } from './hooked-client.ts';
import type { Contract } from './judge.ts';
import { createSides, keyOf, pageOf } from './sides.ts';
import { LEAST_PART_BYTES } from './test-bucket.ts';

const PIECE = 'x'.repeat(LEAST_PART_BYTES);

/** Reads by key, and what makes two objects the same to an application. */
export function readContract({ judge, it }: Contract): void {
  it('reads objects in the order that was asked for, absent ones among them', async (bench) => {
    const sides = await createSides(bench, { source: 'from/', target: '' });
    for (const key of ['a', 'b']) await sides.source.put(`from/${key}`);
    const cells = await sides.sourceStore().read(['b', 'gone', 'a', 'b'].map(keyOf));
    expect(cells.map((cell) => (cell.kind === 'item' ? cell.item.key?.S : cell.kind))).toEqual([
      'b',
      'absent',
      'a',
      'b',
    ]);
  });

  it('takes a copy for the same, and an object for itself', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a', 'content', EVERYTHING);
    await sides.store().insertAbsent(pageOf('a'));
    const { own, theirs } = await sides.cells('a');
    expect(await sides.store().isSame(own, theirs)).toBe(true);
    expect(await sides.sourceStore().isSame(theirs, theirs)).toBe(true);
  });

  it('takes two absent objects for the same, and an absent one for none that is there', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a', '');
    const [empty, gone] = [await sides.cells('a'), await sides.cells('gone')];
    expect(await sides.store().isSame(gone.own, gone.theirs)).toBe(true);
    expect(await sides.store().isSame(empty.own, empty.theirs)).toBe(false);
    expect(await sides.sourceStore().isSame(empty.theirs, empty.own)).toBe(false);
  });

  for (const [what, options] of Object.entries({
    bytes: { body: 'Content' },
    'number of bytes': { body: 'content ' },
    metadata: { Metadata: { kind: 'other' } },
    'names of metadata': { Metadata: { sort: 'a' } },
    tags: { Tagging: 'colour=red' },
    'a header': { ContentType: 'text/html' },
    'the redirect': { WebsiteRedirectLocation: '/b' },
  }))
    it(`takes objects for different that differ in ${what}`, async (bench) => {
      const sides = await createSides(bench);
      const { body, ...other } = { body: 'content', ...options };
      const common = { Metadata: { kind: 'a' }, Tagging: 'colour=blue', ContentType: 'text/plain' };
      await sides.source.put('a', 'content', common);
      await sides.target.put('a', body, { ...common, ...other });
      const { own, theirs } = await sides.cells('a');
      expect(await sides.store().isSame(own, theirs)).toBe(false);
    });

  it('does not go by the storage class, which a lifecycle rule may change', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a', 'content');
    await sides.target.put('a', 'content', { StorageClass: 'STANDARD_IA' });
    const { own, theirs } = await sides.cells('a');
    expect(await sides.store().isSame(own, theirs)).toBe(true);
  });

  if (doesAsAws(judge, 'the storage class of an object'))
    it('goes by the storage class where everything is compared, but for what was archived', async (bench) => {
      const sides = await createSides(bench);
      const store = sides.store({ compare: 'everything' });
      await sides.target.put('a', 'content');
      for (const [StorageClass, isSame] of [
        ['STANDARD', true],
        ['STANDARD_IA', false],
        ['GLACIER', true],
        ['DEEP_ARCHIVE', true],
      ] as const) {
        await sides.source.put('a', 'content', { StorageClass });
        const { own, theirs } = await sides.cells('a');
        expect([StorageClass, await store.isSame(own, theirs)]).toEqual([StorageClass, isSame]);
      }
    });

  it('reads the bytes of both where neither ETag nor checksum can tell', async (bench) => {
    const sides = await createSides(bench);
    const create = { ChecksumAlgorithm: 'SHA256' } as const;
    const ContentType = 'text/plain';
    await sides.source.upload('a', [PIECE, 'tail'], { create: { ...create, ContentType } });
    for (const [body, isSame] of [
      [`${PIECE}tail`, true],
      [`${PIECE}tale`, false],
    ] as const) {
      await sides.target.put('a', body, { ContentType });
      const { own, theirs } = await sides.cells('a');
      const { client, operations } = hooked(bench.client);
      expect(await sides.store({ client }).isSame(own, theirs)).toBe(isSame);
      expect(operations).toEqual(['GetObject', 'GetObject']);
    }
  });

  it('reads no bytes of objects of different sizes', async (bench) => {
    const sides = await createSides(bench);
    const create = { ChecksumAlgorithm: 'SHA256', ContentType: 'text/plain' } as const;
    await sides.source.upload('a', [PIECE, 'tail'], { create });
    await sides.target.put('a', PIECE, { ContentType: 'text/plain' });
    const { own, theirs } = await sides.cells('a');
    const { client, operations } = hooked(bench.client);
    expect(await sides.store({ client }).isSame(own, theirs)).toBe(false);
    expect(operations).toEqual([]);
  });

  it('reads the bytes of objects that look the same, if it is asked to', async (bench) => {
    const sides = await createSides(bench);
    for (const bucket of [sides.source, sides.target]) await bucket.put('a', 'content');
    const { own, theirs } = await sides.cells('a');
    const { client, operations } = hooked(bench.client);
    expect(await sides.store({ client, compare: 'bytes' }).isSame(own, theirs)).toBe(true);
    expect(operations).toEqual(['GetObject', 'GetObject']);
    await sides.source.put('a', 'another');
    expect(await sides.store({ compare: 'bytes' }).isSame(own, theirs)).toBe(false);
  });

  if (doesAsAws(judge, 'the full-object checksum of an upload in parts'))
    it('goes by the checksum of all bytes where the ETags come from other parts', async (bench) => {
      const sides = await createSides(bench);
      const sum = { ChecksumAlgorithm: 'CRC64NVME' } as const;
      const ContentType = 'text/plain';
      const create = { ...sum, ChecksumType: 'FULL_OBJECT', ContentType } as const;
      await sides.source.upload('a', [PIECE, 'tail'], { create });
      for (const [body, isSame] of [
        [`${PIECE}tail`, true],
        [`${PIECE}tale`, false],
      ] as const) {
        await sides.target.put('a', body, { ...sum, ContentType });
        const { own, theirs } = await sides.cells('a');
        const { client, operations } = hooked(bench.client);
        expect(await sides.store({ client }).isSame(own, theirs)).toBe(isSame);
        expect(operations).toEqual([]);
      }
    });
}
