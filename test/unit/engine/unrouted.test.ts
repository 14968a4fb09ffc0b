import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import type { S3 } from '../../../shared/clients.ts';
import { completeMigration } from '../../../shared/engine/complete.ts';
import { checkGates } from '../../../shared/engine/gates.ts';
import { uploadsOfOthers } from '../../../shared/engine/unrouted.ts';
import { BucketAccount } from '../../../shared/resources/buckets/bucket-account.ts';
import { BucketUploads } from '../../../shared/resources/buckets/bucket-uploads.ts';
import { plannedBucket } from '../resources/buckets/planned.ts';
import { type Bench, onBench, type Setting } from './bench.ts';

const RESOURCE = {
  source: { bucket: 'photos', prefix: 'a/' },
  target: { bucket: 'photos-v2', prefix: 'b/' },
};
const SETTING: Setting = { spec: { resources: [RESOURCE] } };
const ROUND = { complete: true, records: 0, keys: 0, repaired: 0, lagSeconds: 0, milliseconds: 0 };

/** A migration of a folder between two buckets of the modelled S3. */
function scene(bench: Bench) {
  for (const name of ['photos', 'photos-v2']) bench.world.createBucket({ name });
  const client: S3 = bench.world.s3Client(bench.task);
  const uploads = { bucket: new BucketUploads(new BucketAccount(client), client) };
  const migration = () => bench.migration({ plan: { ...bench.plan, resources: [plannedBucket()] } });
  const gate = async (name: string) => {
    const seen = await uploadsOfOthers(migration(), uploads);
    const gates = await checkGates({
      migration: migration(),
      round: ROUND,
      mappings: [],
      targets: [],
      uploads: seen,
      passive: { atTip: true },
    });
    return gates.find((one) => one.name === name);
  };
  const begin = async (Bucket: string, Key: string) => {
    const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    return UploadId;
  };
  return { client, uploads, migration, gate, begin };
}

it('no upload that is open below the prefix of the active side lets the cutover begin', () =>
  onBench(async (bench) => {
    const { begin, gate } = scene(bench);
    await begin('photos', 'elsewhere');
    await begin('photos-v2', 'b/other side');
    expect(await gate('open uploads')).toMatchObject({ holds: true, detail: 'none' });
    await begin('photos', 'a/first +1');
    await bench.task.runtime.sleep(60_000);
    await begin('photos', 'a/a');
    const { holds, detail } = (await gate('open uploads')) ?? {};
    expect(holds).toBe(false);
    expect(detail).toMatch(
      /^2 below s3:\/\/photos\/a\/, the oldest since .*Z \(first \+1\): aws s3api list-multipart-uploads/,
    );
  }, SETTING));

it('after the switch it is the target whose uploads count, but not those that the migrator has noted there', () =>
  onBench(async (bench) => {
    const { begin, gate } = scene(bench);
    bench.begin(2);
    const uploadId = await begin('photos-v2', 'b/own');
    const noted = await bench.journal().uploads(0, 'target').note('own', 'd');
    await bench
      .journal()
      .uploads(0, 'target')
      .update({ ...noted, uploadId });
    await begin('photos', 'a/x');
    expect(await gate('open uploads')).toMatchObject({ holds: true });
    await begin('photos-v2', 'b/of others');
    expect((await gate('open uploads'))?.detail).toMatch(/^1 below s3:\/\/photos-v2\/b\/, .* \(of others\)/);
  }, SETTING));

it('tables know no uploads, and nobody asks for their gate', () =>
  onBench(async (bench) => {
    const { uploads } = scene(bench);
    expect(await uploadsOfOthers(bench.migration(), uploads)).toEqual([]);
    const gates = await checkGates({
      migration: bench.migration(),
      round: ROUND,
      mappings: [],
      targets: [],
      uploads: [],
      passive: { atTip: true },
    });
    const names = gates.map(({ name }) => name);
    expect(names).not.toContain('open uploads');
    expect(names).not.toContain('presigned URLs');
  }));

it('presigned URLs from before Ready must have expired', () =>
  onBench(
    async (bench) => {
      const { gate } = scene(bench);
      await bench.journal().coordinator.enter(1, 'ready', bench.now);
      const shut = await gate('presigned URLs');
      expect(shut?.holds).toBe(false);
      expect(shut?.detail).toContain(new Date(bench.now + 3_600_000).toISOString().slice(0, 16));
      await bench.task.runtime.sleep(3_590_000);
      expect((await gate('presigned URLs'))?.holds).toBe(false);
      await bench.task.runtime.sleep(20_000);
      expect((await gate('presigned URLs'))?.holds).toBe(true);
    },
    { spec: { resources: [{ ...RESOURCE, presignedSeconds: 3_600 }] } },
  ));

it('presigned URLs of the way back count from the switch on', () =>
  onBench(
    async (bench) => {
      const { gate } = scene(bench);
      await bench.journal().coordinator.enter(1, 'ready', bench.now);
      await bench.task.runtime.sleep(7_200_000);
      bench.begin(2);
      await bench.journal().coordinator.enter(1, 'reverse', bench.now);
      expect(await gate('presigned URLs')).toMatchObject({
        holds: false,
        detail: expect.stringMatching(/before the switch .* for the target meanwhile/),
      });
    },
    { spec: { resources: [{ ...RESOURCE, presignedSeconds: 3_600 }] } },
  ));

it('the end leaves no upload of the migrator behind, on either side, and none of others is touched', () =>
  onBench(async (bench) => {
    const { begin, client, migration, uploads } = scene(bench);
    const { journal } = migration();
    const own = await begin('photos-v2', 'b/own');
    await client.send(
      new UploadPartCommand({
        Bucket: 'photos-v2',
        Key: 'b/own',
        UploadId: own,
        PartNumber: 1,
        Body: 'part',
      }),
    );
    const toTarget = journal.uploads(0, 'target');
    await toTarget.update({ ...(await toTarget.note('own', 'd')), uploadId: own });
    const back = await begin('photos', 'a/back');
    const toSource = journal.uploads(0, 'source');
    await toSource.update({ ...(await toSource.note('back', 'd')), uploadId: back, left: true });
    await begin('photos-v2', 'b/of others');
    const nobody = undefined as never;
    const { done } = await completeMigration(migration(), {
      bindings: { table: nobody, bucket: { bind: async () => undefined } },
      captures: { table: nobody, bucket: nobody },
      uploads,
    });
    expect(done).toBe(true);
    const left = ['photos', 'photos-v2'].flatMap((name) => bench.world.bucket(name).uploads());
    expect(left.map(({ key }) => key)).toEqual(['b/of others']);
    expect(await Array.fromAsync(journal.uploads(0, 'target').all())).toEqual([]);
  }, SETTING));
