import { expect, it } from 'vitest';
import { lookAtVersions } from '../../../../shared/resources/buckets/version-problems.ts';
import { parseSpec, type SpecBucket } from '../../../../shared/spec.ts';
import { type FakeBucket, FakeBuckets } from './fake-buckets.ts';

const ENABLED: FakeBucket = { GetBucketVersioning: { Status: 'Enabled' }, versions: [] };

interface Scene {
  readonly source?: FakeBucket;
  readonly target?: FakeBucket;
  readonly existingItems?: 'replace';
}

async function look({ source, target, existingItems }: Scene = {}) {
  const { account, look: settings } = new FakeBuckets({
    photos: { ...ENABLED, ...source },
    'photos-v2': { ...ENABLED, ...target },
  });
  const [resource] = parseSpec({
    name: 'm',
    resources: [
      {
        source: { bucket: 'photos', prefix: 'a/' },
        target: { bucket: 'photos-v2', prefix: 'b/' },
        versions: 'all',
        ...(existingItems ? { existingItems } : {}),
      },
    ],
  }).resources;
  return lookAtVersions(settings, account, (side) => side, resource as SpecBucket);
}

const expiring = (rule: object = {}): FakeBucket => ({
  GetBucketLifecycleConfiguration: {
    Rules: [{ ID: 'old', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 1 }, ...rule }],
  },
});

it('nothing keeps versions from being moved between two buckets that keep them', async () => {
  const { problems, notes } = await look();
  expect(problems).toEqual([]);
  expect(notes).toEqual([expect.stringContaining('versions get other ids and times')]);
});

it('both sides must keep versions: a bucket that was told to keep no more does not', async () => {
  const { problems } = await look({
    source: { GetBucketVersioning: {} },
    target: { GetBucketVersioning: { Status: 'Suspended' } },
  });
  expect(problems).toMatchObject([
    { at: 'source', value: 'photos: versioning was never on' },
    { at: 'target', value: 'photos-v2: Suspended', change: expect.stringContaining('versions: "current"') },
  ]);
});

it.each([
  ['everywhere', {}, 1],
  ['below the prefix', { Filter: { Prefix: 'b/c/' } }, 1],
  ['around the prefix, of some objects', { Filter: { And: { Prefix: 'b', Tags: [] } } }, 1],
  ['elsewhere', { Filter: { Prefix: 'c/' } }, 0],
  ['nowhere, for it is off', { Status: 'Disabled' }, 0],
  ['of current objects alone', { NoncurrentVersionExpiration: undefined, Expiration: { Days: 1 } }, 0],
])('no rule of the target may delete earlier versions: one %s', async (_, rule, count) => {
  const { problems } = await look({ target: expiring(rule) });
  expect(problems.map(({ value }) => value)).toEqual(count ? ['old'] : []);
});

it('a rule of the source may, and what becomes of it is told', async () => {
  const { problems, notes } = await look({ source: expiring() });
  expect(problems).toEqual([]);
  expect(notes).toContainEqual(expect.stringContaining('after they were copied stay in the target'));
});

it('earlier versions and delete markers of the target are not passed over', async () => {
  const target = { versions: [{ Key: 'b/x' }] };
  expect((await look({ target })).problems).toMatchObject([{ at: 'target', value: 's3://photos-v2/b/' }]);
  expect((await look({ target: { versions: [{ Key: 'c/x' }] } })).problems).toEqual([]);
  expect((await look({ target, existingItems: 'replace' })).problems).toEqual([]);
});

it.each([
  ['GLACIER', 1],
  ['DEEP_ARCHIVE', 1],
  ['STANDARD_IA', 0],
])(
  'rules that move earlier versions to %s are a problem of the target, and noted of the source',
  async (StorageClass, found) => {
    const moving = expiring({
      NoncurrentVersionExpiration: undefined,
      NoncurrentVersionTransitions: [{ NoncurrentDays: 1, StorageClass }],
    });
    expect((await look({ target: moving })).problems).toHaveLength(found);
    const { problems, notes } = await look({ source: moving });
    expect(problems).toEqual([]);
    expect(notes.filter((note) => note.includes('archive earlier versions'))).toHaveLength(found);
  },
);

it('earlier versions that are archived are counted, unless they are restored', async () => {
  const archived = { Key: 'a/old', IsLatest: false, StorageClass: 'GLACIER' };
  const versions = [
    { Key: 'a/new', IsLatest: true, StorageClass: 'GLACIER' },
    archived,
    { ...archived, RestoreStatus: { IsRestoreInProgress: true } },
    { ...archived, RestoreStatus: { RestoreExpiryDate: new Date() } },
    { Key: 'a/cold', IsLatest: false, StorageClass: 'STANDARD_IA' },
    { Key: 'elsewhere', IsLatest: false, StorageClass: 'GLACIER' },
  ];
  expect((await look({ source: { versions } })).problems).toMatchObject([
    {
      at: 'source',
      problem: 'archived versions cannot be copied',
      value: '2 earlier ones of 5 versions below s3://photos/a/, as of a/old',
    },
  ]);
});

it('earlier versions are looked for in the first ten pages', async () => {
  const versions = Array.from({ length: 11_000 }, (_, index) => ({
    Key: `a/${index}`,
    IsLatest: false,
    StorageClass: index % 5_000 === 0 ? 'GLACIER' : 'STANDARD',
  }));
  const [problem] = (await look({ source: { versions } })).problems;
  expect(problem?.value).toBe('2 earlier ones of the first 10000 versions below s3://photos/a/, as of a/0');
});
