import { expect } from 'vitest';
import { doesAsAws } from './differences.ts';
import { checksumOf, descriptionOf, EVERYTHING, TAGS } from './everything.ts';
import type { Contract } from './judge.ts';
import { createSides, pageOf, type Sides } from './sides.ts';
import { LEAST_PART_BYTES } from './test-bucket.ts';

const PIECE = 'x'.repeat(LEAST_PART_BYTES);

/** What travels with the bytes of an object. */
export function carriedContract({ judge, it }: Contract): void {
  for (const [how, singleBytes] of [
    ['at once', 1_000],
    ['in parts', 0],
  ] as const) {
    it(`takes along metadata, headers, storage class and redirect of an object that is copied ${how}`, async (bench) => {
      const sides = await createSides(bench);
      await sides.source.put('a', 'content', EVERYTHING);
      const before = await descriptionOf(sides.source, 'a');
      expect(before).toMatchObject({ CacheControl: EVERYTHING.CacheControl, Metadata: EVERYTHING.Metadata });
      await copied(sides, { singleBytes });
      expect(await descriptionOf(sides.target, 'a')).toEqual(before);
    });

    it(`gives nothing to an object that carries nothing, copied ${how}`, async (bench) => {
      const sides = await createSides(bench);
      await sides.source.put('a', 'content');
      await copied(sides, { singleBytes });
      expect(await descriptionOf(sides.target, 'a')).toEqual(await descriptionOf(sides.source, 'a'));
      expect(await sides.target.tags('a')).toEqual({});
    });

    const takesTags = singleBytes > 0 || doesAsAws(judge, 'the tags of an upload in parts');
    if (takesTags)
      it(`takes along the tags of an object that is copied ${how}`, async (bench) => {
        const sides = await createSides(bench);
        await sides.source.put('a', 'content', EVERYTHING);
        await copied(sides, { singleBytes });
        expect(await sides.target.tags('a')).toEqual(TAGS);
      });

    it(`puts what the source carries in the place of what the target carried, copied ${how}`, async (bench) => {
      const sides = await createSides(bench);
      await sides.source.put('a', 'content', { Metadata: { kind: 'new' }, ContentType: 'text/new' });
      await sides.target.put('a', 'content', { ...EVERYTHING, Tagging: 'kind=old' });
      const { own, theirs } = await sides.cells('a');
      const store = sides.store({ singleBytes });
      expect(await store.isSame(own, theirs)).toBe(false);
      await store.write({
        key: { key: { S: 'a' } },
        item: theirs.kind === 'item' ? theirs.item : {},
        when: { kind: 'unchanged', seen: own },
      });
      expect(await descriptionOf(sides.target, 'a')).toEqual(await descriptionOf(sides.source, 'a'));
      if (takesTags) expect(await sides.target.tags('a')).toEqual({});
    });
  }

  for (const ChecksumAlgorithm of ['CRC64NVME', 'CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)
    it(`keeps the checksum of an object that is copied at once: ${ChecksumAlgorithm}`, async (bench) => {
      const sides = await createSides(bench);
      await sides.source.put('a', 'content', { ChecksumAlgorithm });
      await copied(sides);
      const checksum = await checksumOf(sides.target, 'a');
      expect(checksum).toMatchObject({
        [`Checksum${ChecksumAlgorithm}`]: expect.any(String),
        ChecksumType: 'FULL_OBJECT',
      });
      expect(checksum).toEqual(await checksumOf(sides.source, 'a'));
    });

  it('copies at once, however large it is, what only its ETag would prove equal: a digest that parts do not keep', async (bench) => {
    const sides = await createSides(bench);
    const ETag = await sides.source.put('a', 'content', { ChecksumAlgorithm: 'SHA256' });
    await copied(sides, { singleBytes: 0 });
    expect(await sides.target.head('a')).toMatchObject({ ETag });
    expect(await checksumOf(sides.target, 'a')).toEqual(await checksumOf(sides.source, 'a'));
  });

  const sumsParts = doesAsAws(judge, 'the checksum of a part that is copied');
  if (sumsParts && doesAsAws(judge, 'the full-object checksum of an upload in parts'))
    for (const ChecksumAlgorithm of ['CRC64NVME', 'CRC32'] as const)
      it(`keeps the full-object checksum of an object that is copied in parts: ${ChecksumAlgorithm}`, async (bench) => {
        const sides = await createSides(bench);
        const create = { ChecksumAlgorithm, ChecksumType: 'FULL_OBJECT' } as const;
        await sides.source.upload('a', [PIECE, 'tail'], { create });
        await copied(sides, { singleBytes: LEAST_PART_BYTES });
        const checksum = await checksumOf(sides.target, 'a');
        expect(checksum).toMatchObject({ ChecksumType: 'FULL_OBJECT' });
        expect(checksum).toEqual(await checksumOf(sides.source, 'a'));
      });

  if (doesAsAws(judge, 'what HEAD tells of a part')) {
    for (const [what, bodies] of Object.entries({
      'equal parts': [PIECE, PIECE, 'tail'],
      'one part': [PIECE],
      'parts of other sizes': [`${PIECE}more`, PIECE, 'tail'],
    }))
      it(`copies an object in the parts that it was uploaded in, and so with its ETag: ${what}`, async (bench) => {
        const sides = await createSides(bench);
        const ETag = await sides.source.upload('a', bodies, { create: { ChecksumType: 'FULL_OBJECT' } });
        await copied(sides, { singleBytes: 0 });
        expect(await sides.target.head('a')).toMatchObject({ ETag });
        expect(await sides.target.text('a')).toBe(bodies.join(''));
      });

    if (sumsParts)
      it('copies in parts, too, what has a checksum of its parts alone: it stays the same', async (bench) => {
        const sides = await createSides(bench);
        const create = { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' } as const;
        const ETag = await sides.source.upload('a', [PIECE, 'tail'], { create });
        await copied(sides);
        expect(await sides.target.head('a')).toMatchObject({ ETag, ChecksumType: 'COMPOSITE' });
        expect(await checksumOf(sides.target, 'a')).toEqual(await checksumOf(sides.source, 'a'));
      });
  }
}

/** Copies the object `a`. */
async function copied(sides: Sides, options: Parameters<Sides['store']>[0] = {}): Promise<void> {
  expect(await sides.store(options).insertAbsent(pageOf('a'))).toMatchObject({ inserted: 1 });
}
