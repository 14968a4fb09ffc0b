import { expect } from 'vitest';
import type { S3 } from '../../../shared/clients.ts';
import { doesAsAws } from './differences.ts';
import { connectionBroken, hooked } from './hooked-client.ts';
import type { Bench, Contract } from './judge.ts';
import { inDays } from './lock-observations.ts';
import { createSides, keyOf, pageOf, type Sides } from './sides.ts';
import type { TestBucket } from './test-bucket.ts';

/** Retention and legal holds of objects, where they are asked for. */
export function lockContract({ judge, it }: Contract): void {
  for (const [how, singleBytes] of [
    ['at once', 1_000],
    ['in parts', 0],
  ] as const) {
    if (!doesAsAws(judge, `the lock of ${singleBytes > 0 ? 'a copy that names one' : 'an upload in parts'}`))
      continue;
    it(`takes along the lock of an object that is copied ${how}`, async (bench) => {
      const sides = await lockedSides(bench);
      await sides.store({ ...asked(bench), singleBytes }).insertAbsent(pageOf('a'));
      expect(await lockOf(sides.source)).toMatchObject({ mode: 'GOVERNANCE', hold: 'ON' });
      expect(await lockOf(sides.target)).toEqual(await lockOf(sides.source));
    });

    it(`leaves it behind where it is not asked for, copied ${how}`, async (bench) => {
      const sides = await lockedSides(bench);
      await sides.store({ singleBytes }).insertAbsent(pageOf('a'));
      expect(await lockOf(sides.target)).toEqual(UNLOCKED);
      const { own, theirs } = await sides.cells('a');
      expect(await sides.store().isSame(own, theirs)).toBe(true);
    });

    it(`sends no retention that is over, copied ${how}`, async (bench) => {
      const sides = await lockedSides(bench);
      const later = { objectLock: { now: () => inDays(bench, 30).getTime() } };
      await sides.store({ ...later, singleBytes }).insertAbsent(pageOf('a'));
      expect(await lockOf(sides.target)).toEqual({ ...UNLOCKED, hold: 'ON' });
      const { own, theirs } = await sides.cells('a', later);
      expect(await sides.store(later).isSame(own, theirs)).toBe(true);
    });
  }

  it('gives an object that is there a lock, a longer one, and takes a legal hold away, without copying it', async (bench) => {
    const sides = await copiedSides(bench);
    const version = (await sides.target.head('a')).VersionId;
    const changes = [
      () => sides.source.hold('a', 'ON'),
      () => sides.source.retain('a', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(bench, 2) }),
      () => sides.source.retain('a', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(bench, 3) }),
      () => sides.source.hold('a', 'OFF'),
    ];
    for (const change of changes) {
      await change();
      await settled(bench, sides);
      expect(await lockOf(sides.target)).toMatchObject(await lockOf(sides.source));
      expect((await sides.target.head('a')).VersionId).toBe(version);
    }
  });

  it('is content with more protection than the source has, and with less it is not', async (bench) => {
    const sides = await copiedSides(bench);
    await sides.source.retain('a', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(bench, 2) });
    await sides.target.retain('a', { Mode: 'COMPLIANCE', RetainUntilDate: inDays(bench, 3) });
    const isSame = async () => {
      const { own, theirs } = await sides.cells('a', asked(bench));
      return sides.store(asked(bench)).isSame(own, theirs);
    };
    expect(await isSame()).toBe(true);
    await sides.source.hold('a', 'ON');
    expect(await isSame()).toBe(false);
    await sides.source.hold('a', 'OFF');
    await sides.source.retain('a', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(bench, 4) });
    expect(await isSame()).toBe(false);
  });

  it('copies an object anew whose retention is of another mode and too short', async (bench) => {
    const sides = await copiedSides(bench);
    await sides.target.retain('a', { Mode: 'COMPLIANCE', RetainUntilDate: inDays(bench, 2) });
    await sides.source.retain('a', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(bench, 3) });
    await settled(bench, sides);
    expect(await lockOf(sides.target)).toEqual(await lockOf(sides.source));
  });

  it('locks nothing that somebody else has put in its place meanwhile', async (bench) => {
    const sides = await copiedSides(bench);
    await sides.source.hold('a', 'ON');
    const { client } = hooked(bench.client, {
      before: { 'PutObjectLegalHold 1': () => sides.target.put('a', 'of somebody else') },
    });
    await written(bench, sides, client);
    expect(await lockOf(sides.target)).toEqual(UNLOCKED);
  });

  it('does not know the outcome of a lock whose answer was lost', async (bench) => {
    const sides = await copiedSides(bench);
    await sides.source.hold('a', 'ON');
    const { client } = hooked(bench.client, { after: { 'PutObjectLegalHold 1': connectionBroken } });
    const store = sides.store({ ...asked(bench), client });
    const { own, theirs } = await sides.cells('a', asked(bench));
    const item = theirs.kind === 'item' ? theirs.item : {};
    await expect(
      store.write({ key: keyOf('a'), item, when: { kind: 'unchanged', seen: own } }),
    ).rejects.toThrow('socket hang up');
    expect(store.outcomesKnown()).toBe(false);
  });

  it('follows a source whose locked objects are written over or deleted', async (bench) => {
    const sides = await lockedSides(bench);
    await sides.store(asked(bench)).insertAbsent(pageOf('a'));
    await sides.source.put('a', 'another');
    await settled(bench, sides);
    expect(await sides.target.text('a')).toBe('another');
    expect(await lockOf(sides.target)).toEqual(UNLOCKED);
    await sides.source.remove('a');
    await written(bench, sides);
    expect(await sides.target.keys()).toEqual([]);
  });
}

const UNLOCKED = { mode: undefined, until: undefined, hold: 'OFF' };

function asked(bench: Bench) {
  return { objectLock: bench.runtime };
}

/** What HEAD tells of the lock of the object `a`. */
async function lockOf(bucket: TestBucket) {
  const { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus } = await bucket.head('a');
  return {
    mode: ObjectLockMode,
    until: ObjectLockRetainUntilDate?.getTime(),
    hold: ObjectLockLegalHoldStatus ?? 'OFF',
  };
}

/** Sides with Object Lock, whose source holds a locked object under `a`. */
async function lockedSides(bench: Bench): Promise<Sides> {
  const sides = await createSides(bench, undefined, { ObjectLockEnabledForBucket: true });
  await sides.source.put('a', 'content', {
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: inDays(bench, 2),
    ObjectLockLegalHoldStatus: 'ON',
  });
  return sides;
}

/** Sides with Object Lock that hold the same unlocked object under `a`. */
async function copiedSides(bench: Bench): Promise<Sides> {
  const sides = await createSides(bench, undefined, { ObjectLockEnabledForBucket: true });
  await sides.source.put('a', 'content');
  await sides.store(asked(bench)).insertAbsent(pageOf('a'));
  return sides;
}

/** Makes the object `a` of the target what it is at the source. */
async function written(bench: Bench, sides: Sides, client: S3 = bench.client): Promise<void> {
  const { own, theirs } = await sides.cells('a', asked(bench));
  await sides.store({ ...asked(bench), client }).write({
    key: keyOf('a'),
    ...(theirs.kind === 'item' ? { item: theirs.item } : {}),
    when: { kind: 'unchanged', seen: own },
  });
}

/** The same of one that differs, and is the same then. */
async function settled(bench: Bench, sides: Sides): Promise<void> {
  const isSame = async () => {
    const { own, theirs } = await sides.cells('a', asked(bench));
    return sides.store(asked(bench)).isSame(own, theirs);
  };
  expect(await isSame()).toBe(false);
  await written(bench, sides);
  expect(await isSame()).toBe(true);
}
