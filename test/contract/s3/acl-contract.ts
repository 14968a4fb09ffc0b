import { expect } from 'vitest';
import { SOMEBODY } from './acl-observations.ts';
import { doesAsAws } from './differences.ts';
import { hooked } from './hooked-client.ts';
import type { Bench, Contract } from './judge.ts';
import { createSides, keyOf, pageOf, type Sides } from './sides.ts';

const ASKED = { acls: true } as const;

/** Access control lists of objects, where they are asked for. */
export function aclContract({ judge, it }: Contract): void {
  it('looks at no access control list where none is asked for', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('a', 'content');
    const { client, operations } = hooked(bench.client);
    await sides.store({ client }).insertAbsent(pageOf('a'));
    await sides.store({ client }).read([keyOf('a')]);
    expect(operations).not.toContain('GetObjectAcl');
  });

  if (!doesAsAws(judge, 'the grants of an object of which some are named')) return;
  for (const [how, singleBytes] of [
    ['at once', 1_000],
    ['in parts', 0],
  ] as const) {
    if (singleBytes === 0 && !doesAsAws(judge, 'the grants of an upload in parts')) continue;
    it(`takes along the grants of an object that is copied ${how}`, async (bench) => {
      const sides = await sidesWithGrants(bench);
      await sides.store({ ...ASKED, singleBytes }).insertAbsent(pageOf('a'));
      expect((await sides.target.acl('a')).grants).toEqual(await grantsOfSource(sides));
    });

    it(`grants nothing where it is not asked for, or where the object is private, copied ${how}`, async (bench) => {
      const sides = await sidesWithGrants(bench);
      await sides.source.put('private', 'content');
      await sides.store({ singleBytes }).insertAbsent(pageOf('a'));
      await sides.store({ ...ASKED, singleBytes }).insertAbsent(pageOf('private'));
      const { owner } = await sides.source.acl('private');
      for (const key of ['a', 'private'])
        expect((await sides.target.acl(key)).grants).toEqual([`FULL_CONTROL to ${owner}`]);
    });

    it(`puts the grants of the source in the place of those of the target, copied ${how}`, async (bench) => {
      const sides = await sidesWithGrants(bench);
      await sides.target.put('a', 'content');
      await settled(sides, singleBytes);
      expect((await sides.target.acl('a')).grants).toEqual(await grantsOfSource(sides));
      await sides.source.putAcl('a', { ACL: 'private' });
      await settled(sides, singleBytes);
      expect((await sides.target.acl('a')).grants).toEqual(await grantsOfSource(sides));
    });
  }

  it('finds no difference in grants that are not asked for', async (bench) => {
    const sides = await sidesWithGrants(bench);
    await sides.target.put('a', 'content');
    const { own, theirs } = await sides.cells('a');
    expect(await sides.store().isSame(own, theirs)).toBe(true);
  });
}

const GRANTED = { GrantRead: `id="${SOMEBODY}"`, GrantReadACP: `id="${SOMEBODY}"` };

/** Sides whose source holds an object under `a` that somebody else may read, and its owner everything. */
async function sidesWithGrants(bench: Bench): Promise<Sides> {
  const sides = await createSides(bench, undefined, { ObjectOwnership: 'ObjectWriter' });
  await sides.source.put('a', 'content');
  const { owner } = await sides.source.acl('a');
  await sides.source.put('a', 'content', { ...GRANTED, GrantFullControl: `id="${owner}"` });
  return sides;
}

async function grantsOfSource(sides: Sides): Promise<readonly string[]> {
  return (await sides.source.acl('a')).grants;
}

/** Settles the object `a`, which differs, and is the same then. */
async function settled(sides: Sides, singleBytes: number): Promise<void> {
  const store = sides.store({ ...ASKED, singleBytes });
  const { own, theirs } = await sides.cells('a', ASKED);
  expect(await store.isSame(own, theirs)).toBe(false);
  const item = theirs.kind === 'item' ? theirs.item : {};
  await store.write({ key: keyOf('a'), item, when: { kind: 'unchanged', seen: own } });
  const after = await sides.cells('a', ASKED);
  expect(await store.isSame(after.own, after.theirs)).toBe(true);
}
