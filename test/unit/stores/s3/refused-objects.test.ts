import { S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../../shared/model.ts';
import { hooked } from '../../../contract/s3/hooked-client.ts';
import type { Bench } from '../../../contract/s3/judge.ts';
import { modelJudge } from '../../../contract/s3/model-judge.ts';
import { createSides, keyOf, pageOf } from '../../../contract/s3/sides.ts';

const onBench = (body: (bench: Bench) => Promise<void>) => modelJudge().run(body, 1);
const ABSENT: Cell = { kind: 'absent' };

/** What S3 answers instead. The answer to HEAD has no text, and so its error no name. */
const answers = (name: string, httpStatusCode: number) => async () => {
  throw new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode } });
};
const OWN_KEY = answers('Unknown', 400);
const DENIED = answers('AccessDenied', 403);

describe('an object that only its owner has the key of (SSE-C)', () => {
  const reason = 'it can only be read with a key of its own (SSE-C)';

  it('is not copied, with the reason', () =>
    onBench(async (bench) => {
      const sides = await createSides(bench);
      await sides.source.put('a');
      const { client, operations } = hooked(bench.client, { before: { 'HeadObject 1': OWN_KEY } });
      expect(await sides.store({ client }).insertAbsent(pageOf('a'))).toMatchObject({
        inserted: 0,
        existing: 0,
        rejected: [{ key: keyOf('a'), reason }],
      });
      expect(operations).toEqual(['HeadObject']);
    }));

  it('is the same as nothing, and takes the place of nothing', () =>
    onBench(async (bench) => {
      const sides = await createSides(bench);
      await sides.source.put('a', 'content');
      await sides.target.put('a', 'content');
      const { client } = hooked(bench.client, { before: { 'HeadObject 1': OWN_KEY } });
      const [theirs = ABSENT] = await sides.sourceStore({ client }).read([keyOf('a')]);
      const { own } = await sides.cells('a');
      const store = sides.store();
      expect(await store.isSame(own, theirs)).toBe(false);
      const item = theirs.kind === 'item' ? theirs.item : {};
      expect(
        await store.write({ key: keyOf('a'), item, when: { kind: 'unchanged', seen: own } }),
      ).toMatchObject({ verdict: 'rejected', reason });
    }));

  it('is neither written over nor deleted: it cannot be told from another one', () =>
    onBench(async (bench) => {
      const sides = await createSides(bench);
      await sides.source.put('a', 'content');
      await sides.target.put('a', 'of its own');
      const { client } = hooked(bench.client, { before: { 'HeadObject 1': OWN_KEY } });
      const [seen = ABSENT] = await sides.store({ client }).read([keyOf('a')]);
      const { theirs } = await sides.cells('a');
      for (const item of [theirs.kind === 'item' ? theirs.item : {}, undefined])
        expect(
          await sides.store().write({
            key: keyOf('a'),
            ...(item ? { item } : {}),
            when: { kind: 'unchanged', seen },
          }),
        ).toMatchObject({ verdict: 'rejected', reason: `of what stands in its place: ${reason}` });
      expect(await sides.target.text('a')).toBe('of its own');
    }));
});

describe('an object that is named as its prefix is', () => {
  it('is not copied to where it would have no name, and nothing is there', () =>
    onBench(async (bench) => {
      const sides = await createSides(bench, { source: 'a/', target: '' });
      await sides.source.put('a/');
      expect(await sides.store().insertAbsent(pageOf(''))).toMatchObject({
        rejected: [{ reason: expect.stringMatching(/^it is named as its prefix is/) }],
      });
      expect(await sides.store().read([keyOf('')])).toEqual([ABSENT]);
    }));

  it('is copied to where the prefix is its name', () =>
    onBench(async (bench) => {
      const sides = await createSides(bench, { source: 'a/', target: 'b/' });
      await sides.source.put('a/');
      expect(await sides.store().insertAbsent(pageOf(''))).toMatchObject({ inserted: 1 });
      expect(await sides.target.keys()).toEqual(['b/']);
    }));
});

describe('an access control list', () => {
  const denied = async (bench: Bench, grants: object) => {
    const sides = await createSides(bench, undefined, { ObjectOwnership: 'ObjectWriter' });
    await sides.source.put('a', 'content', grants);
    const { client } = hooked(bench.client, { before: { 'CopyObject 1': DENIED } });
    return sides.store({ client, acls: true }).insertAbsent(pageOf('a'));
  };

  it('that is public, and refused as if it were not permitted, keeps its object from being copied', () =>
    onBench(async (bench) => {
      for (const ACL of ['public-read', 'authenticated-read'])
        expect(await denied(bench, { ACL })).toMatchObject({
          inserted: 0,
          rejected: [{ reason: expect.stringMatching(/list is public, which the target may block/) }],
        });
    }));

  it('that is not public is no reason for a refusal', () =>
    onBench(async (bench) => {
      await expect(denied(bench, { GrantRead: 'id="1"' })).rejects.toMatchObject({ name: 'AccessDenied' });
      await expect(denied(bench, {})).rejects.toMatchObject({ name: 'AccessDenied' });
    }));

  it('is not copied into a bucket that knows none', () =>
    onBench(async (bench) => {
      const sides = await createSides(bench);
      const { own } = await sides.cells('a');
      await sides.source.put('a', 'content');
      const { theirs } = await sides.cells('a');
      const object = theirs.kind === 'item' ? JSON.parse(theirs.item.object?.S ?? '') : {};
      const item = { object: { S: JSON.stringify({ ...object, grants: { GrantRead: 'id="1"' } }) } };
      expect(
        await sides.store({ acls: true }).write({
          key: keyOf('a'),
          item,
          when: { kind: 'unchanged', seen: own },
        }),
      ).toMatchObject({
        verdict: 'rejected',
        reason: expect.stringMatching(/^AccessControlListNotSupported/),
      });
    }));
});

it('says so where a retention cannot be changed', () =>
  onBench(async (bench) => {
    const sides = await createSides(bench, undefined, { ObjectLockEnabledForBucket: true });
    const asked = { objectLock: bench.runtime };
    await sides.source.put('a', 'content');
    await sides.store(asked).insertAbsent(pageOf('a'));
    await sides.source.retain('a', {
      Mode: 'GOVERNANCE',
      RetainUntilDate: new Date(bench.runtime.now() + 86_400_000),
    });
    const { own, theirs } = await sides.cells('a', asked);
    const { client } = hooked(bench.client, { before: { 'PutObjectRetention 1': DENIED } });
    expect(
      await sides.store({ ...asked, client }).write({
        key: keyOf('a'),
        item: theirs.kind === 'item' ? theirs.item : {},
        when: { kind: 'unchanged', seen: own },
      }),
    ).toMatchObject({
      verdict: 'rejected',
      reason: 'its retention cannot be changed to that of the source (AccessDenied)',
    });
  }));
