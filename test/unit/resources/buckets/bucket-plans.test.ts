import { expect, it } from 'vitest';
import { boundsId } from '../../../../shared/bounds-id.ts';
import { LookUps } from '../../../../shared/checks.ts';
import { BucketPlans } from '../../../../shared/resources/buckets/bucket-plans.ts';
import { parseSpec, type SpecBucket } from '../../../../shared/spec.ts';
import { type FakeBucket, FakeBuckets } from './fake-buckets.ts';

const MEGABYTE = 1024 ** 2;

interface Scene {
  readonly source?: FakeBucket;
  readonly target?: FakeBucket;
  readonly resource?: object;
  readonly workers?: number;
  readonly mostUnits?: number;
  readonly refused?: string;
}

async function plan(scene: Scene = {}) {
  const { source, target, resource, workers = 20, mostUnits = 4_000, refused } = scene;
  const buckets = new FakeBuckets({
    photos: { objects: [], ...source },
    'photos-v2': { objects: [], ...target },
  });
  if (refused) buckets.refused.add(refused);
  const spec = parseSpec({
    name: 'm',
    resources: [
      {
        source: { bucket: 'photos', prefix: 'a/' },
        target: { bucket: 'photos-v2', prefix: 'b/' },
        ...resource,
      },
    ],
  });
  const lookUps = new LookUps();
  const { client, account, look } = buckets;
  const planned = await new BucketPlans({ client, account, look }).plan(spec.resources[0] as SpecBucket, {
    mostUnits,
    workers,
    unitBytes: 256 * MEGABYTE,
    alarms: [],
    lookUps,
  });
  return { ...planned, lookUps };
}

const objects = (count: number, bytes = 10) =>
  Array.from({ length: count }, (_, index) => ({ Key: `a/${String(index).padStart(6, '0')}`, Size: bytes }));

it('plans a small bucket as one unit, by what it holds', async () => {
  const { resource, bounds, notes } = await plan({
    source: { objects: [...objects(3), { Key: 'elsewhere', Size: 1 }] },
    resource: { compare: 'everything', singleMegabytes: 100, partMegabytes: 8 },
  });
  expect(resource).toEqual({
    kind: 'bucket',
    source: 's3://photos/a/',
    target: 's3://photos-v2/b/',
    locations: {
      source: { bucket: 'photos', prefix: 'a/' },
      target: { bucket: 'photos-v2', prefix: 'b/' },
    },
    compare: 'everything',
    acls: false,
    objectLock: false,
    singleBytes: 100 * MEGABYTE,
    partBytes: 8 * MEGABYTE,
    boundsId: boundsId([]),
    items: 3,
    bytes: 30,
    segments: 1,
  });
  expect(bounds).toEqual([]);
  expect(notes).toEqual([expect.stringMatching(/S3 Replication fits better/)]);
});

it('compares everything that objects carry where the target holds some already, and prices it so', async () => {
  const source = { objects: objects(1_000) };
  const { resource, effort } = await plan({ source, resource: { existingItems: 'replace' } });
  expect(resource).toMatchObject({ compare: 'everything' });
  const asked = await plan({ source, resource: { existingItems: 'replace', compare: 'everything' } });
  expect(effort).toEqual(asked.effort);
  const bytes = await plan({ source, resource: { existingItems: 'replace', compare: 'bytes' } });
  expect(bytes.resource).toMatchObject({ compare: 'bytes' });
});

it.each([{ acls: true }, { objectLock: true }])(
  'compares everything that objects carry where more is to travel than any listing or event tells: %o',
  async (resource) => {
    const source = { objects: objects(1_000) };
    const planned = await plan({ source, resource });
    expect(planned.resource).toMatchObject({ compare: 'everything', ...resource });
    const asked = await plan({ source, resource: { ...resource, compare: 'everything' } });
    expect(planned.effort).toEqual(asked.effort);
    const without = await plan({ source, resource: { compare: 'everything' } });
    const lists = resource.acls ? (3_000 * 0.4) / 1_000_000 : 0;
    expect(planned.effort.dollars[0]).toBeCloseTo(without.effort.dollars[0] + lists, 9);
  },
);

it('cuts a large bucket into up to four ranges for each worker, and no more units than a plan may have', async () => {
  const source = { objects: objects(20_000) };
  const { resource, bounds = [] } = await plan({ source, workers: 2 });
  expect(resource.segments).toBe(8);
  expect(bounds).toHaveLength(7);
  expect(bounds).toEqual([...bounds].sort());
  expect(resource).toMatchObject({ boundsId: boundsId(bounds) });
  expect((await plan({ source, workers: 20, mostUnits: 3 })).resource.segments).toBe(3);
});

it('says that a size is estimated', async () => {
  const { notes } = await plan({ source: { objects: objects(20_000) }, workers: 1 });
  expect(notes[0]).toBe('s3://photos/a/: its objects are estimated, from a part of its listing');
});

it('counts requests: each object is looked at and copied, both listings are read', async () => {
  const listed = await plan({ source: { objects: objects(1_000) }, resource: { compare: 'listing' } });
  const [least] = listed.effort.dollars;
  // 1,000 copies and 3 pages for $5 a million, 1,000 looks for $0.40.
  expect(least).toBeCloseTo((1_003 * 5 + 1_000 * 0.4) / 1_000_000, 9);
  const compared = await plan({ source: { objects: objects(1_000) }, resource: { compare: 'everything' } });
  expect(compared.effort.dollars[0]).toBeCloseTo(least + (4_000 * 0.4) / 1_000_000, 9);
  expect(compared.effort.readUnits).toEqual([0, 0]);
});

it('expects large objects to take longer, and more requests where they may go in parts', async () => {
  const small = (await plan({ source: { objects: objects(10) } })).effort;
  const large = (await plan({ source: { objects: objects(10, 1024 * MEGABYTE) } })).effort;
  expect(large.dollars[0]).toBe(small.dollars[0]);
  expect(large.dollars[1]).toBeCloseTo(small.dollars[1] + (2 * 39 * 5) / 1_000_000, 9);
  expect(large.workerSeconds[1]).toBeGreaterThan(50);
});

it('says where the buckets differ, and how the target gets what it lacks', async () => {
  const { notes, toDo } = await plan({
    source: {
      GetBucketVersioning: { Status: 'Enabled' },
      GetBucketCors: { CORSRules: [{ AllowedMethods: ['GET'] }] },
      GetObjectLockConfiguration: { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } },
      GetBucketOwnershipControls: { OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } },
      GetBucketPolicy: { Policy: '{"Resource":"arn:aws:s3:::photos/*"}' },
    },
    target: {
      GetBucketPolicy: { Policy: '{"Resource":"arn:aws:s3:::photos-v2/*"}' },
      GetPublicAccessBlock: { PublicAccessBlockConfiguration: { BlockPublicAcls: true } },
    },
  });
  expect(notes.slice(0, 5)).toEqual([
    'versioning: Enabled at photos, off at photos-v2',
    expect.stringMatching(/^cross-origin rules \(CORS\): 1 rule \(.*\) at photos, none at photos-v2$/),
    expect.stringMatching(/^Object Lock .*: set \(.*\) at photos, none at photos-v2$/),
    'object ownership: ObjectWriter at photos, BucketOwnerEnforced at photos-v2',
    expect.stringMatching(/^Block Public Access: none at photos, set \(.*\) at photos-v2$/),
  ]);
  expect(toDo).toEqual([
    'versioning of photos-v2, as at photos: aws s3api get-bucket-versioning --bucket photos, then aws s3api put-bucket-versioning --bucket photos-v2',
    'cross-origin rules (CORS) of photos-v2, as at photos: aws s3api get-bucket-cors --bucket photos, then aws s3api put-bucket-cors --bucket photos-v2',
    expect.stringMatching(/^Object Lock .*aws s3api put-object-lock-configuration --bucket photos-v2$/),
    expect.stringMatching(/^object ownership .*aws s3api put-bucket-ownership-controls --bucket photos-v2$/),
    expect.stringMatching(/^Block Public Access .*aws s3api put-public-access-block --bucket photos-v2$/),
  ]);
});

it('compares no bucket with itself, where only the prefix changes', async () => {
  const { toDo, lookUps } = await plan({
    source: { GetBucketVersioning: { Status: 'Enabled' } },
    resource: { target: { bucket: 'photos', prefix: 'b/' } },
    refused: 'GetBucketVersioning',
  });
  expect(toDo).toEqual([]);
  expect(lookUps.notes).toEqual([]);
});

it('notes what the account refuses to tell, and goes on', async () => {
  const { toDo, lookUps } = await plan({
    source: { GetBucketTagging: { TagSet: [{ Key: 'team', Value: 'x' }] } },
    refused: 'GetBucketLifecycleConfiguration',
  });
  expect(lookUps.notes).toMatchObject([
    expect.stringMatching(/^not checked: lifecycle rules .* of photos:/),
    expect.stringMatching(/^not checked: lifecycle rules .* of photos-v2:/),
  ]);
  expect(toDo).toMatchObject([expect.stringMatching(/^tags of photos-v2/)]);
});

it('probes where the inventory of the spec can not be used, and says why', async () => {
  const inventory = { bucket: 'lists', prefix: 'photos/all' };
  const { bounds, notes, resource } = await plan({
    source: { objects: objects(3_000) },
    resource: { inventory },
  });
  expect(resource).toMatchObject({ items: 3_000 });
  expect(bounds?.length).toBeGreaterThan(0);
  expect(notes).toContainEqual(
    expect.stringMatching(
      /^s3:\/\/photos\/a\/: its ranges were found by probing, for its inventory below s3:\/\/lists\/photos\/all could not be used: ./,
    ),
  );
});
