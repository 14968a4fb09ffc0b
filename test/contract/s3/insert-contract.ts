import { expect } from 'vitest';
import { doesAsAws } from './differences.ts';
import { connectionBroken, hooked } from './hooked-client.ts';
import type { Actor, Contract } from './judge.ts';
import { createSides, keyOf, pageOf } from './sides.ts';
import { SPECIAL_KEYS, type SpecialKey } from './special-keys.ts';

/** Copying of pages: what a copied object must never do is overwrite. */
export function insertContract({ judge, it, always }: Contract): void {
  it('copies the objects of a page whose keys are free, as they were scanned', async (bench) => {
    const sides = await createSides(bench, { source: 'from/', target: 'deep/to-' });
    for (const key of ['a', 'b/c', 'd']) await sides.source.put(`from/${key}`, `content of ${key}`);
    const page = await sides.sourceStore().scan({ segment: 0, segments: 1 }, undefined);
    expect(await sides.store().insertAbsent(page)).toEqual({ inserted: 3, existing: 0, rejected: [] });
    expect(await sides.target.keys()).toEqual(['deep/to-a', 'deep/to-b/c', 'deep/to-d']);
    for (const key of ['a', 'b/c', 'd'])
      expect(await sides.target.text(`deep/to-${key}`)).toBe(`content of ${key}`);
  });

  it('leaves what stands there as it is, and copies the others of the page', async (bench) => {
    const sides = await createSides(bench);
    for (const key of ['a', 'b', 'c']) await sides.source.put(key, 'new');
    await sides.target.put('b', 'kept');
    await sides.target.put('c', 'new');
    const { LastModified } = await sides.target.head('c');
    const report = await sides.store().insertAbsent(pageOf('a', 'b', 'c'));
    expect(report).toEqual({ inserted: 1, existing: 2, rejected: [] });
    expect(await sides.target.text('a')).toBe('new');
    expect(await sides.target.text('b')).toBe('kept');
    expect((await sides.target.head('c')).LastModified).toEqual(LastModified);
  });

  it('copies nothing of an empty page, and nothing that is gone by now', async (bench) => {
    const store = (await createSides(bench)).store();
    expect(await store.insertAbsent(pageOf())).toEqual({ inserted: 0, existing: 0, rejected: [] });
    expect(await store.insertAbsent(pageOf('gone'))).toEqual({ inserted: 0, existing: 1, rejected: [] });
  });

  it('copies nothing else than what it has seen: a source that is overwritten meanwhile counts as changed', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a', 'seen');
    const { client } = hooked(bench.client, {
      before: { 'CopyObject 1': () => sides.source.put('a', 'another') },
    });
    const report = await sides.store({ client }).insertAbsent(pageOf('a'));
    expect(report).toEqual({ inserted: 0, existing: 1, rejected: [] });
    expect(await sides.target.keys()).toEqual([]);
  });

  it('copies nothing of a source that is deleted meanwhile', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a');
    const { client } = hooked(bench.client, { before: { 'CopyObject 1': () => sides.source.remove('a') } });
    const report = await sides.store({ client }).insertAbsent(pageOf('a'));
    expect(report).toEqual({ inserted: 0, existing: 1, rejected: [] });
    expect(await sides.target.keys()).toEqual([]);
  });

  it('knows the outcome of its copies, unless an answer is lost', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a');
    const store = sides.store();
    await store.insertAbsent(pageOf('a', 'gone'));
    await store.insertAbsent(pageOf('a'));
    expect(store.outcomesKnown()).toBe(true);
    const { client } = hooked(bench.client, { after: { 'CopyObject 1': connectionBroken } });
    const unlucky = sides.store({ client });
    await sides.source.put('b');
    await expect(unlucky.insertAbsent(pageOf('b'))).rejects.toThrow('socket hang up');
    expect(unlucky.outcomesKnown()).toBe(false);
  });

  if (doesAsAws(judge, 'a copy of an archived object'))
    for (const singleBytes of [1_000, 0])
      it(`reports an archived object, by its key, and copies the others, ${singleBytes ? 'at once' : 'in parts'}`, async (bench) => {
        const sides = await createSides(bench);
        await sides.source.put('archived', 'content', { StorageClass: 'GLACIER' });
        for (const key of ['a', 'b']) await sides.source.put(key);
        const report = await sides.store({ singleBytes }).insertAbsent(pageOf('a', 'archived', 'b'));
        const reason = expect.stringMatching(/archived and must be restored/);
        const rejected = [{ key: keyOf('archived'), reason, oversize: false }];
        expect(report).toEqual({ inserted: 2, existing: 0, rejected });
        expect(await sides.target.keys()).toEqual(['a', 'b']);
        expect(await sides.target.openUploads()).toEqual([]);
      });

  for (const [what, { key, body, instead }] of Object.entries<SpecialKey>(SPECIAL_KEYS))
    if (!instead?.[judge])
      for (const singleBytes of [1_000, 0])
        it(`copies ${what}, ${singleBytes ? 'at once' : 'in parts'}`, async (bench) => {
          const sides = await createSides(bench);
          await sides.source.put(key, body);
          const page = await sides.sourceStore().scan({ segment: 0, segments: 1 }, undefined);
          expect(page.items()).toMatchObject([keyOf(key)]);
          const store = sides.store({ singleBytes });
          expect(await store.insertAbsent(page)).toMatchObject({ inserted: 1 });
          expect(await sides.target.keys()).toEqual([key]);
          expect(await sides.target.text(key)).toBe(body ?? key);
          const { own, theirs } = await sides.cells(key);
          expect(await store.isSame(own, theirs)).toBe(true);
          await sides.source.remove(key);
          await store.write({ key: keyOf(key), when: { kind: 'unchanged', seen: own } });
          expect(await sides.target.keys()).toEqual([]);
        });

  if (doesAsAws(judge, 'a copy that may only create, where an object is'))
    always('copies an object once, by two that copy it at the same time', async (bench) => {
      const sides = await createSides(bench);
      await sides.source.put('a');
      const copier = ({ client }: Actor) => sides.store({ client }).insertAbsent(pageOf('a'));
      const sums = { inserted: 0, existing: 0 };
      for (const report of await bench.together(copier, copier)) {
        if (report.status === 'rejected') throw report.reason;
        sums.inserted += report.value.inserted;
        sums.existing += report.value.existing;
      }
      expect(sums).toEqual({ inserted: 1, existing: 1 });
    });
}
