import { expect } from 'vitest';
import type { Cell } from '../../../shared/model.ts';
import { s3Store } from '../../../shared/stores/s3/s3.ts';
import type { CellWrite } from '../../../shared/stores/store.ts';
import { doesAsAws } from './differences.ts';
import { connectionBroken, hooked } from './hooked-client.ts';
import type { Bench, Contract } from './judge.ts';
import { MemoryUploads } from './memory-uploads.ts';
import { createSides, keyOf, type Sides } from './sides.ts';

const ABSENT: Cell = { kind: 'absent' };
const WRITTEN = { verdict: 'unconfirmed', written: true };
const NOT_WRITTEN = { verdict: 'unconfirmed', written: false };

/** A copy of what the other side has been seen to hold, or a deletion, if this side still is as it was seen. */
function write(theirs: Cell, seen: Cell): CellWrite {
  return {
    key: keyOf('a'),
    ...(theirs.kind === 'item' ? { item: theirs.item } : {}),
    when: { kind: 'unchanged', seen },
  };
}

/** Writes of single objects, each conditional on what was seen on both sides. */
export function writeContract({ judge, it, always }: Contract): void {
  it('copies to a free key, and over the object that was seen', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a', 'first');
    const first = await sides.cells('a');
    expect(await sides.store().write(write(first.theirs, first.own))).toEqual(WRITTEN);
    expect(await sides.target.text('a')).toBe('first');
    await sides.source.put('a', 'second');
    const second = await sides.cells('a');
    expect(await sides.store().write(write(second.theirs, second.own))).toEqual(WRITTEN);
    expect(await sides.target.text('a')).toBe('second');
  });

  it('deletes the object that was seen, and has nothing to do where there was none', async (bench) => {
    const sides = await createSides(bench);
    await sides.target.put('a');
    const { own, theirs } = await sides.cells('a');
    expect(await sides.store().write(write(theirs, own))).toEqual(WRITTEN);
    expect(await sides.target.keys()).toEqual([]);
    expect(await sides.store().write(write(ABSENT, ABSENT))).toEqual(WRITTEN);
  });

  it('deletes nothing whose key is still listed on the other side', async (bench) => {
    const sides = await sidesWith(bench, { own: 'old', theirs: 'there again' });
    const { own } = await sides.cells('a');
    expect(await sides.store().write(write(ABSENT, own))).toEqual(NOT_WRITTEN);
    expect(await sides.target.text('a')).toBe('old');
  });

  it('deletes nothing when the bucket of the other side is gone', async (bench) => {
    const { target } = await sidesWith(bench, { own: 'old' });
    const store = s3Store({
      client: bench.client,
      location: { bucket: target.name, prefix: '' },
      other: { bucket: `gone-${bench.runtime.id()}`, prefix: '' },
      bounds: [],
      uploads: new MemoryUploads(),
    });
    const [own] = await store.read([keyOf('a')]);
    await expect(store.write(write(ABSENT, own as Cell))).rejects.toMatchObject({ name: 'NoSuchBucket' });
    expect(await target.text('a')).toBe('old');
  });

  for (const [what, theirs] of Object.entries({ copies: 'new', deletes: undefined }))
    it(`${what} nothing over an object that somebody else has written meanwhile`, async (bench) => {
      const sides = await sidesWith(bench, { own: 'old', theirs });
      const seen = await sides.cells('a');
      await sides.target.put('a', 'of somebody else');
      expect(await sides.store().write(write(seen.theirs, seen.own))).toEqual(NOT_WRITTEN);
      expect(await sides.target.text('a')).toBe('of somebody else');
    });

  it('copies nothing to a key that is free no more, or no longer holds what was seen', async (bench) => {
    const sides = await sidesWith(bench, { theirs: 'new' });
    const { theirs } = await sides.cells('a');
    await sides.target.put('a', 'of somebody else');
    expect(await sides.store().write(write(theirs, ABSENT))).toEqual(NOT_WRITTEN);
    expect(await sides.target.text('a')).toBe('of somebody else');
    const { own } = await sides.cells('a');
    await sides.target.remove('a');
    expect(await sides.store().write(write(theirs, own))).toEqual(NOT_WRITTEN);
    expect(await sides.target.keys()).toEqual([]);
  });

  it('copies nothing else than what was seen', async (bench) => {
    const sides = await sidesWith(bench, { own: 'old', theirs: 'new' });
    const { own, theirs } = await sides.cells('a');
    await sides.source.put('a', 'newer');
    expect(await sides.store().write(write(theirs, own))).toEqual(NOT_WRITTEN);
    await sides.source.remove('a');
    expect(await sides.store().write(write(theirs, own))).toEqual(NOT_WRITTEN);
    expect(await sides.target.text('a')).toBe('old');
  });

  it('changes what an object carries where its bytes are the same', async (bench) => {
    const sides = await sidesWith(bench, { own: 'same', theirs: 'same' });
    await sides.source.put('a', 'same', { Metadata: { kind: 'new' } });
    const { own, theirs } = await sides.cells('a');
    expect(await sides.store().write(write(theirs, own))).toEqual(WRITTEN);
    expect((await sides.target.head('a')).Metadata).toEqual({ kind: 'new' });
  });

  it('keeps no version, and refuses a write that goes by one', async (bench) => {
    const store = (await createSides(bench)).store();
    const when = { kind: 'older', prefix: '1' } as const;
    await expect(store.write({ key: keyOf('a'), when })).rejects.toThrow('objects carry no versions');
  });

  for (const operation of ['CopyObject', 'DeleteObject'])
    it(`does not know the outcome of a write whose answer was lost: ${operation}`, async (bench) => {
      const sides = await sidesWith(bench, {
        own: 'old',
        theirs: operation === 'CopyObject' ? 'new' : undefined,
      });
      const { own, theirs } = await sides.cells('a');
      const { client } = hooked(bench.client, { after: { [`${operation} 1`]: connectionBroken } });
      const store = sides.store({ client });
      expect(store.outcomesKnown()).toBe(true);
      await expect(store.write(write(theirs, own))).rejects.toThrow('socket hang up');
      expect(store.outcomesKnown()).toBe(false);
      expect(store.outcomesKnown(keyOf('a'))).toBe(false);
      expect(store.outcomesKnown(keyOf('b'))).toBe(true);
    });

  for (const [what, theirs] of Object.entries({ copied: 'new', deleted: undefined }))
    if (!theirs || doesAsAws(judge, 'a copy onto one ETag, where another is'))
      always(`never loses what somebody else writes while an object is ${what}`, async (bench) => {
        const sides = await sidesWith(bench, { own: 'old', theirs });
        const seen = await sides.cells('a');
        const results = await bench.together<unknown>(
          ({ client }) => sides.store({ client }).write(write(seen.theirs, seen.own)),
          ({ client }) => sides.target.by(client).put('a', 'of somebody else'),
        );
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
        expect(await sides.target.text('a')).toBe('of somebody else');
      });
}

/** Sides that hold these contents under the key `a`. */
async function sidesWith(
  bench: Bench,
  { own, theirs }: { readonly own?: string | undefined; readonly theirs?: string | undefined },
): Promise<Sides> {
  const sides = await createSides(bench);
  if (own !== undefined) await sides.target.put('a', own);
  if (theirs !== undefined) await sides.source.put('a', theirs);
  return sides;
}
