import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { connectionBroken, type Hooks, hooked } from './hooked-client.ts';
import type { Bench, Contract } from './judge.ts';
import { createSides, keyOf, pageOf, type Sides } from './sides.ts';
import { LEAST_PART_BYTES } from './test-bucket.ts';

/** Three parts, the last one shorter. */
const BODY = `${'1'.repeat(LEAST_PART_BYTES)}${'2'.repeat(LEAST_PART_BYTES)}tail`;
const IN_PARTS = { singleBytes: LEAST_PART_BYTES, partBytes: LEAST_PART_BYTES };

/** Copies in parts: as safe as those that are made at once, and nothing is left of one that did not come to its end. */
export function partsContract({ it }: Contract): void {
  it('copies in parts what is larger than a copy at once may be, and nothing else', async (bench) => {
    const sides = await createSides(bench);
    await sides.source.put('large', BODY);
    await sides.source.put('small', 'x'.repeat(LEAST_PART_BYTES));
    const { client, operations } = hooked(bench.client);
    const report = await sides.store({ client, ...IN_PARTS }).insertAbsent(pageOf('large', 'small'));
    expect(report).toEqual({ inserted: 2, existing: 0, rejected: [] });
    expect(operations.filter((operation) => operation === 'UploadPartCopy')).toHaveLength(3);
    expect(operations.filter((operation) => operation === 'CopyObject')).toHaveLength(1);
    expect(await sides.target.text('large')).toBe(BODY);
    expect(await sides.target.openUploads()).toEqual([]);
  });

  for (const [what, meanwhile] of Object.entries({
    overwritten: (sides: Sides) => sides.source.put('a', BODY.toUpperCase()),
    deleted: (sides: Sides) => sides.source.remove('a'),
  }))
    it(`copies nothing of a source that is ${what} while its parts are copied`, async (bench) => {
      const sides = await sidesWithLarge(bench);
      const { client } = hooked(bench.client, {
        after: { 'CreateMultipartUpload 1': () => meanwhile(sides) },
      });
      const report = await sides.store({ client, ...IN_PARTS }).insertAbsent(pageOf('a'));
      expect(report).toEqual({ inserted: 0, existing: 1, rejected: [] });
      expect(await sides.target.keys()).toEqual([]);
      expect(await sides.target.openUploads()).toEqual([]);
    });

  for (const standing of [undefined, 'old'])
    it(`does not overwrite what somebody else has written meanwhile, where ${standing ? 'an object' : 'nothing'} was seen`, async (bench) => {
      const sides = await sidesWithLarge(bench);
      if (standing) await sides.target.put('a', standing);
      const { own, theirs } = await sides.cells('a');
      const { client } = hooked(bench.client, {
        before: { 'CompleteMultipartUpload 1': () => sides.target.put('a', 'of somebody else') },
      });
      const result = await sides.store({ client, ...IN_PARTS }).write({
        key: keyOf('a'),
        item: theirs.kind === 'item' ? theirs.item : {},
        when: { kind: 'unchanged', seen: own },
      });
      expect(result).toEqual({ verdict: 'unconfirmed', written: false });
      expect(await sides.target.text('a')).toBe('of somebody else');
      expect(await sides.target.openUploads()).toEqual([]);
    });

  it('has copied the object, and does not know it, if the last answer is lost', async (bench) => {
    const sides = await sidesWithLarge(bench);
    const { client } = hooked(bench.client, { after: { 'CompleteMultipartUpload 1': connectionBroken } });
    const store = sides.store({ client, ...IN_PARTS });
    await expect(store.insertAbsent(pageOf('a'))).rejects.toThrow('socket hang up');
    expect(store.outcomesKnown()).toBe(false);
    expect(await sides.target.text('a')).toBe(BODY);
    expect(await sides.target.openUploads()).toEqual([]);
  });

  for (const operation of ['UploadPartCopy 2', 'CompleteMultipartUpload 1'])
    it(`goes on where another worker was interrupted, with the parts that are there: ${operation}`, async (bench) => {
      const sides = await sidesWithLarge(bench);
      await interrupted(bench, sides, { before: { [operation]: connectionBroken } });
      expect(await sides.target.openUploads()).toEqual(['a']);
      const { client, operations } = hooked(bench.client);
      await sides.store({ client, ...IN_PARTS }).insertAbsent(pageOf('a'));
      const copied = operations.filter((name) => name === 'UploadPartCopy');
      expect(copied).toHaveLength(operation === 'UploadPartCopy 2' ? 1 : 0);
      expect(operations).not.toContain('CreateMultipartUpload');
      expect(await Array.fromAsync(sides.uploads.all())).toEqual([]);
      await expectCopied(sides, BODY);
    });

  it('begins anew for another object, and leaves nothing of what was copied of the one before', async (bench) => {
    const sides = await sidesWithLarge(bench);
    await interrupted(bench, sides, { before: { 'UploadPartCopy 2': connectionBroken } });
    const another = `${BODY.slice(0, -4)}TAIL`;
    await sides.source.put('a', another);
    await sides.store(IN_PARTS).insertAbsent(pageOf('a'));
    await expectCopied(sides, another);
  });

  it('begins anew where it is not known whether an upload was begun, and leaves none', async (bench) => {
    const sides = await sidesWithLarge(bench);
    await interrupted(bench, sides, { after: { 'CreateMultipartUpload 1': connectionBroken } });
    expect(await sides.target.openUploads()).toEqual(['a']);
    await sides.store(IN_PARTS).insertAbsent(pageOf('a'));
    await expectCopied(sides, BODY);
  });

  it('begins anew where the upload is gone that was noted', async (bench) => {
    const sides = await sidesWithLarge(bench);
    await interrupted(bench, sides, { after: { 'CompleteMultipartUpload 1': connectionBroken } });
    await sides.target.remove('a');
    const store = sides.store(IN_PARTS);
    await store.insertAbsent(pageOf('a'));
    await store.insertAbsent(pageOf('a'));
    await expectCopied(sides, BODY);
  });

  for (const alone of [true, false])
    it(`ends the uploads that were noted, ${alone ? 'all of their keys' : 'and those of nobody else'}`, async (bench) => {
      const sides = await sidesWithLarge(bench);
      await interrupted(bench, sides, { before: { 'UploadPartCopy 2': connectionBroken } });
      for (const Key of ['a', 'a b', 'a/b'])
        await bench.client.send(new CreateMultipartUploadCommand({ Bucket: sides.target.name, Key }));
      await sides.uploads.note('a', 'of a copy that may not have begun');
      await sides.endUploads(alone);
      expect(await sides.target.openUploads()).toEqual([...(alone ? [] : ['a']), 'a b', 'a/b']);
      expect(await Array.fromAsync(sides.uploads.all())).toEqual([]);
    });
}

async function sidesWithLarge(bench: Bench): Promise<Sides> {
  const sides = await createSides(bench);
  await sides.source.put('a', BODY);
  return sides;
}

/** A worker that dies of a broken connection. */
async function interrupted(bench: Bench, sides: Sides, hooks: Hooks): Promise<void> {
  const { client } = hooked(bench.client, hooks);
  const copying = sides.store({ client, ...IN_PARTS }).insertAbsent(pageOf('a'));
  await expect(copying).rejects.toThrow('socket hang up');
}

/** The object is there, and at the end nothing else is left of its copies. */
async function expectCopied(sides: Sides, body: string): Promise<void> {
  expect(await sides.target.text('a')).toBe(body);
  await sides.endUploads(true);
  expect(await sides.target.openUploads()).toEqual([]);
  expect(await sides.target.text('a')).toBe(body);
}
