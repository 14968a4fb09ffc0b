import { expect, it } from 'vitest';
import { Checks } from '../../../../shared/checks.ts';
import { BucketProblems } from '../../../../shared/resources/buckets/bucket-problems.ts';
import { parseSpec, type SpecBucket } from '../../../../shared/spec.ts';
import { type FakeBucket, FakeBuckets } from './fake-buckets.ts';

interface Scene {
  readonly source?: FakeBucket;
  readonly target?: FakeBucket;
  readonly resource?: object;
  readonly spec?: object;
  readonly known?: boolean;
  readonly allowed?: { readonly sources: readonly string[]; readonly targets: readonly string[] };
  /** What the stack may carry where it is asked for. */
  readonly carries?: { readonly acls?: boolean; readonly objectLock?: boolean; readonly versions?: boolean };
  /** What else is done to the buckets. */
  /** Further resources of the spec. */
  readonly beside?: readonly object[];
  readonly but?: (buckets: FakeBuckets) => void;
}

const ALLOWED = { sources: ['photos'], targets: ['photos-v2'] };
const EMPTY: FakeBucket = { objects: [], uploads: [] };

async function look(scene: Scene) {
  const { source, target, resource = {}, known = false, allowed = ALLOWED, carries, but } = scene;
  const buckets = new FakeBuckets({ photos: { ...EMPTY, ...source }, 'photos-v2': { ...EMPTY, ...target } });
  but?.(buckets);
  const checks = new Checks();
  const spec = parseSpec({
    name: 'm',
    resources: [
      {
        source: { bucket: 'photos', prefix: 'a/' },
        target: { bucket: 'photos-v2', prefix: 'b/' },
        ...resource,
      },
      ...(scene.beside ?? []),
    ],
    ...scene.spec,
  });
  const problems = new BucketProblems({
    account: '123456789012',
    region: 'us-east-1',
    allowed: { acls: true, objectLock: true, versions: true, inventories: ['lists'], ...allowed, ...carries },
    buckets: buckets.account,
    settings: buckets.look,
  });
  await problems.look(spec.resources[0] as SpecBucket, { index: 0, spec, known }, checks);
  return checks;
}

const problemsOf = async (scene: Scene) =>
  (await look(scene)).problems.map(({ at, problem, value }) => `${at}: ${problem} (${value})`);
const notesOf = async (scene: Scene) => (await look(scene)).notes;

it('finds nothing against two plain buckets', async () => {
  expect(await look({})).toMatchObject({ problems: [], notes: [] });
});

it('lists every problem at once, each with what to change', async () => {
  const { problems } = await look({
    allowed: { sources: [], targets: [] },
    source: { GetObjectLockConfiguration: { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } } },
    target: { objects: [{ Key: 'b/x' }] },
  });
  expect(problems.map(({ problem }) => problem)).toEqual([
    'the stack may not touch this source',
    'the stack may not touch this target',
    'the target is not empty',
    'the source has Object Lock, the target has not: its objects would lose their protection',
  ]);
  expect(problems[0]?.change).toContain('sourceBuckets');
  expect(problems[1]?.change).toContain('targetBuckets');
});

it('tells a bucket that is missing from one elsewhere and from one that is not ours', async () => {
  const of = (target: FakeBucket) => problemsOf({ target });
  const at = 'resources[0].target.bucket';
  expect(await problemsOf({ but: ({ buckets }) => buckets.delete('photos-v2') })).toEqual([
    `${at}: there is no such bucket (photos-v2)`,
  ]);
  for (const headStatus of [301, 400])
    expect(await of({ headStatus, region: 'eu-west-1' })).toEqual([
      `${at}: buckets of other Regions are not supported yet (photos-v2 in eu-west-1)`,
    ]);
  expect(await of({ region: 'eu-west-1' })).toEqual([
    `${at}: buckets of other Regions are not supported yet (photos-v2 in eu-west-1)`,
  ]);
  expect(await of({ headStatus: 403 })).toEqual([
    `${at}: the bucket belongs to another account, or refuses to be looked at (photos-v2)`,
  ]);
});

it('wants the target empty below its prefix, unless its objects are to be replaced', async () => {
  const target = { objects: [{ Key: 'b/x' }] };
  expect(await problemsOf({ target })).toEqual([
    'resources[0].target.bucket: the target is not empty (photos-v2/b/x)',
  ]);
  expect(await problemsOf({ target, resource: { existingItems: 'replace' } })).toEqual([]);
  expect(await problemsOf({ target: { objects: [{ Key: 'elsewhere' }] } })).toEqual([]);
});

it('does not mind what a migration that was begun has left in its target', async () => {
  expect(await problemsOf({ known: true, target: { objects: [{ Key: 'b/x' }] } })).toEqual([]);
});

it('counts archived objects that are not restored', async () => {
  const restored = { IsRestoreInProgress: false, RestoreExpiryDate: new Date() };
  const objects = [
    { Key: 'a/1', StorageClass: 'GLACIER' },
    { Key: 'a/2', StorageClass: 'DEEP_ARCHIVE', RestoreStatus: { IsRestoreInProgress: true } },
    { Key: 'a/3', StorageClass: 'GLACIER', RestoreStatus: restored },
    { Key: 'a/4', StorageClass: 'GLACIER_IR' },
    { Key: 'other/5', StorageClass: 'GLACIER' },
  ];
  expect(await problemsOf({ source: { objects } })).toEqual([
    'resources[0].source.bucket: archived objects cannot be copied (2 of 4 objects below s3://photos/a/, as a/1)',
  ]);
});

it("counts keys that are too long below the target's prefix, by their bytes", async () => {
  const target = { bucket: 'photos-v2', prefix: 'much-longer/' };
  const long = (bytes: number) => ({ Key: `a/${'ä'.repeat((bytes - 2) / 2)}` });
  const source = { objects: [long(1_014), long(1_016)] };
  expect(await problemsOf({ source, resource: { target } })).toMatchObject([
    expect.stringMatching(/too long below the target's prefix \(1 of 2 objects/),
  ]);
  expect(await problemsOf({ source })).toEqual([]);
});

it('looks at the first 10,000 objects, and says so', async () => {
  const objects = Array.from({ length: 10_001 }, (_, index) => ({
    Key: `a/${String(index).padStart(6, '0')}`,
    ...(index === 10_000 ? { StorageClass: 'GLACIER' } : {}),
  }));
  const { problems, notes } = await look({ source: { objects } });
  expect(problems).toEqual([]);
  expect(notes).toEqual([
    expect.stringMatching(/only the first 10000 objects were looked at/),
    expect.stringMatching(/only the first 1000 objects were looked at one by one/),
  ]);
  expect(await notesOf({ source: { objects: objects.slice(0, 999) } })).toEqual([]);
});

it('looks at single objects for what no listing tells, and counts it', async () => {
  const objects = [
    { Key: 'a/1', headStatus: 400 },
    { Key: 'a/2', headStatus: 400 },
    { Key: 'a/3', StorageClass: 'INTELLIGENT_TIERING', ArchiveStatus: 'DEEP_ARCHIVE_ACCESS' },
    { Key: 'a/4', StorageClass: 'INTELLIGENT_TIERING' },
    { Key: 'a/5', headStatus: 404 },
    { Key: 'other/6', headStatus: 400 },
  ];
  expect(await problemsOf({ source: { objects } })).toEqual([
    'resources[0].source.bucket: objects are encrypted with keys of their owner (SSE-C), without which nobody can copy them (2 of the first 5 objects below s3://photos/a/, as a/1)',
    'resources[0].source.bucket: objects of Intelligent-Tiering that are archived cannot be copied (1 of the first 5 objects below s3://photos/a/, as a/3)',
  ]);
  expect(await notesOf({ source: { objects: [{ Key: 'a/1', headStatus: 403 }] } })).toMatchObject([
    expect.stringMatching(/^not checked: single objects of s3:\/\/photos\/a\//),
  ]);
});

it('finds the one object that would have no name without its prefix', async () => {
  const source = { objects: [{ Key: 'a/' }, { Key: 'a/1' }] };
  expect(await problemsOf({ source, resource: { target: { bucket: 'photos-v2' } } })).toEqual([
    'resources[0].source.bucket: an object is named as the prefix is: at the target it would have no name (1 of 2 objects below s3://photos/a/, a/)',
  ]);
  expect(await problemsOf({ source })).toEqual([]);
});

const LOCKED = { GetObjectLockConfiguration: { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } } };

it('carries locks between buckets with Object Lock alone, by a stack that may', async () => {
  const resource = { objectLock: true };
  const lacks = (side: string, bucket: string) =>
    `resources[0].${side}.bucket: locks of objects are to be carried, and the bucket has no Object Lock (${bucket})`;
  expect(await problemsOf({ resource, source: LOCKED, target: LOCKED })).toEqual([]);
  expect(await problemsOf({ resource, source: LOCKED })).toEqual([lacks('target', 'photos-v2')]);
  expect(await problemsOf({ resource })).toEqual([lacks('source', 'photos'), lacks('target', 'photos-v2')]);
  const carries = { objectLock: false };
  expect(await problemsOf({ resource, carries, source: LOCKED, target: LOCKED, known: true })).toEqual([
    'resources[0].objectLock: the stack may not carry retention and legal holds of objects (true)',
  ]);
});

it('says of locks what becomes of them where they are not asked for', async () => {
  const byDefault = {
    GetObjectLockConfiguration: {
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
      },
    },
  };
  expect(await look({ source: LOCKED, target: byDefault })).toMatchObject({
    problems: [],
    notes: [
      expect.stringMatching(/^photos has Object Lock: .* do not travel.*"objectLock": true carries them$/),
      expect.stringMatching(/^photos-v2 locks every new object by default \(GOVERNANCE, 30 days\)/),
    ],
  });
  expect((await look({ source: LOCKED })).problems).toMatchObject([
    { change: expect.stringMatching(/"objectLock" to true/) },
  ]);
  expect(await look({ target: LOCKED })).toMatchObject({ problems: [], notes: [] });
});

const OWNED_BY_WRITERS = {
  GetBucketOwnershipControls: { OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } },
};
/** Of a bucket that was made before there was such a setting. */
const NEVER_SET = { GetBucketOwnershipControls: {} };

it('carries access control lists between buckets that know them alone, by a stack that may', async () => {
  const resource = { acls: true };
  const both = { source: NEVER_SET, target: OWNED_BY_WRITERS };
  expect(await look({ resource, ...both })).toMatchObject({ problems: [], notes: [] });
  expect(await problemsOf({ resource, source: NEVER_SET })).toEqual([
    'resources[0].target.bucket: access control lists are to be carried, and the bucket knows none (photos-v2, object ownership BucketOwnerEnforced)',
  ]);
  expect(await problemsOf({ resource })).toHaveLength(2);
  expect(await problemsOf({ resource, ...both, carries: { acls: false } })).toEqual([
    'resources[0].acls: the stack may not carry access control lists of objects (true)',
  ]);
});

it('refuses a target that takes no public lists, where the source has some', async () => {
  const blocks = { GetPublicAccessBlock: { PublicAccessBlockConfiguration: { BlockPublicAcls: true } } };
  const target = { ...OWNED_BY_WRITERS, ...blocks };
  const resource = { acls: true };
  expect(await problemsOf({ resource, source: OWNED_BY_WRITERS, target })).toEqual([
    'resources[0].target.bucket: the target blocks public access control lists, the source does not (photos-v2)',
  ]);
  expect(await problemsOf({ resource, source: target, target })).toEqual([]);
  expect(await problemsOf({ resource, source: target, target: OWNED_BY_WRITERS })).toEqual([]);
});

it('says that lists do not travel where they are not asked for, and there may be some', async () => {
  for (const source of [NEVER_SET, OWNED_BY_WRITERS])
    expect(await notesOf({ source })).toMatchObject([
      expect.stringMatching(
        /^photos may have objects with access control lists \(object ownership ObjectWriter\)/,
      ),
    ]);
});

it('refuses a source that replicates into the target', async () => {
  const replicates = (bucket: string, Status = 'Enabled') => ({
    GetBucketReplication: {
      ReplicationConfiguration: { Rules: [{ Status, Destination: { Bucket: `arn:aws:s3:::${bucket}` } }] },
    },
  });
  expect(await problemsOf({ source: replicates('photos-v2') })).toMatchObject([
    expect.stringMatching(/the source replicates into the target/),
  ]);
  expect(await problemsOf({ source: replicates('photos-v2', 'Disabled') })).toEqual([]);
  expect(await look({ source: replicates('elsewhere') })).toMatchObject({
    problems: [],
    notes: [expect.stringMatching(/^photos replicates to other buckets/)],
  });
  expect(await notesOf({ target: replicates('elsewhere') })).toMatchObject([
    expect.stringMatching(/^photos-v2 replicates to other buckets: every copied object goes there/),
  ]);
});

it('refuses a target that tells others of each new object, and says that EventBridge may', async () => {
  expect(
    await problemsOf({
      but: ({ notifications }) =>
        notifications.set('photos-v2', {
          QueueConfigurations: [{ Id: 'q', QueueArn: 'arn', Events: ['s3:ObjectCreated:*'] }],
        }),
    }),
  ).toEqual([
    'resources[0].target.bucket: the target tells others of new objects: they would take every copied object for a new one (QueueConfigurations)',
  ]);
  expect(
    await notesOf({
      but: ({ notifications }) => notifications.set('photos-v2', { EventBridgeConfiguration: {} }),
    }),
  ).toMatchObject([expect.stringMatching(/^photos-v2 tells EventBridge/)]);
});

it('says what of the source stays behind, and what is open there', async () => {
  const notes = await notesOf({
    source: {
      GetBucketVersioning: { Status: 'Suspended' },
      GetBucketWebsite: { IndexDocument: { Suffix: 'index.html' } },
      GetBucketRequestPayment: { Payer: 'Requester' },
      uploads: [
        { Key: 'a/2', UploadId: 'u2', Initiated: new Date('2026-02-02T00:00:00Z') },
        { Key: 'a/1', UploadId: 'u1', Initiated: new Date('2026-01-01T00:00:00Z') },
        { Key: 'elsewhere', UploadId: 'u3', Initiated: new Date(0) },
      ],
    },
  });
  expect(notes).toEqual([
    expect.stringMatching(/^photos keeps versions: only the current ones are moved/),
    expect.stringMatching(/^photos is a website/),
    expect.stringMatching(/^photos lets its requesters pay/),
    "multipart uploads are open below s3://photos/a/: 2, the oldest since 2026-01-01T00:00:00.000Z; the cutover waits until there are none (aws s3api list-multipart-uploads --bucket photos --prefix 'a/')",
  ]);
});

it('says that a prefix without a slash takes in more than a folder', async () => {
  const resource = { source: { bucket: 'photos', prefix: 'a' }, target: { bucket: 'photos-v2' } };
  expect(await notesOf({ resource })).toMatchObject([
    expect.stringMatching(/^the prefix of s3:\/\/photos\/a does not end with a slash/),
  ]);
});

it('says that a pace in units does not limit what is moved of a bucket', async () => {
  const beside = [{ source: { table: 'orders' }, target: { table: 'orders-v2' } }];
  const copy = { writeUnits: 500 };
  expect(await notesOf({ beside, spec: { copy } })).toEqual([
    's3://photos/a/: copy.readUnits and copy.writeUnits are units of tables; nothing limits what is used of buckets but copy.workers, unless copy.requestsPerSecond or copy.megabytesPerSecond is set',
  ]);
  expect(await notesOf({ beside, spec: { copy: { ...copy, megabytesPerSecond: 100 } } })).toEqual([]);
});

it('notes what the account refuses to tell, and goes on', async () => {
  const { problems, notes } = await look({
    target: { objects: [{ Key: 'b/x' }] },
    but: ({ refused }) => refused.add('GetBucketReplication'),
  });
  expect(problems).toMatchObject([{ problem: 'the target is not empty' }]);
  expect(notes.filter((note) => note.startsWith('not checked:'))).toHaveLength(3);
});

it('moves all versions only where the stack may, and looks at what keeps them then', async () => {
  const resource = { versions: 'all' };
  expect(await problemsOf({ resource, carries: { versions: false } })).toEqual([
    'resources[0].versions: the stack may not carry all versions of objects (all)',
  ]);
  const enabled = { GetBucketVersioning: { Status: 'Enabled' }, versions: [] };
  expect(await problemsOf({ resource, source: enabled, target: { versions: [] } })).toEqual([
    'resources[0].target.bucket: the bucket does not keep versions (photos-v2: versioning was never on)',
  ]);
  const notes = await notesOf({ resource, source: enabled, target: enabled });
  expect(notes).toEqual([expect.stringContaining('versions get other ids and times')]);
});

it('reads lists of S3 Inventory only where the stack may', async () => {
  const inventory = (bucket: string) => ({ resource: { inventory: { bucket, prefix: 'photos/all' } } });
  expect(await problemsOf(inventory('lists'))).toEqual([]);
  expect(await problemsOf(inventory('others'))).toEqual([
    'resources[0].inventory.bucket: the stack may not read lists of S3 Inventory in this bucket (others)',
  ]);
});
