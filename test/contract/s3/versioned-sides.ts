import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import type { S3 } from '../../../shared/clients.ts';
import type { Cell } from '../../../shared/model.ts';
import { type HistoryStoreProps, s3HistoryStore } from '../../../shared/stores/s3/s3-history-store.ts';
import type { Store } from '../../../shared/stores/store.ts';
import type { Actor } from './judge.ts';
import { MemoryTurns } from './memory-turns.ts';
import { MemoryUploads } from './memory-uploads.ts';
import { keyOf } from './sides.ts';
import { createBucket, type TestBucket } from './test-bucket.ts';

type StoreOptions = Partial<Omit<HistoryStoreProps, 'location' | 'other' | 'uploads' | 'turns'>>;

/** Makes an empty bucket that keeps versions. */
export async function createVersionedBucket(actor: Actor): Promise<TestBucket> {
  const bucket = await createBucket(actor);
  await actor.client.send(
    new PutBucketVersioningCommand({
      Bucket: bucket.name,
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  );
  return bucket;
}

/** Two buckets that keep versions, and the stores of their histories on both sides. */
export class VersionedSides {
  readonly source: TestBucket;
  readonly target: TestBucket;
  readonly #client: S3;
  readonly #uploads = new MemoryUploads();
  readonly #turns = new MemoryTurns();

  constructor(client: S3, source: TestBucket, target: TestBucket) {
    this.#client = client;
    this.source = source;
    this.target = target;
  }

  /** The passive side, whose versions are copies. */
  store(options: StoreOptions = {}): Store {
    return this.#store(this.target, this.source, options);
  }

  sourceStore(options: StoreOptions = {}): Store {
    return this.#store(this.source, this.target, options);
  }

  /** Adds what is missing under a key, as a repair does. @returns whether both sides are the same after it. */
  async settle(key: string, options: StoreOptions = {}): Promise<boolean> {
    await this.store(options).write({
      key: keyOf(key),
      when: { kind: 'unchanged', seen: { kind: 'absent' } },
    });
    return this.isSame(key, options);
  }

  async isSame(key: string, options: StoreOptions = {}): Promise<boolean> {
    const store = this.store(options);
    const [own] = await store.read([keyOf(key)]);
    const [theirs] = await this.sourceStore(options).read([keyOf(key)]);
    return store.isSame(own as Cell, theirs as Cell);
  }

  #store(own: TestBucket, other: TestBucket, options: StoreOptions): Store {
    return s3HistoryStore({
      client: this.#client,
      once: this.#client,
      location: { bucket: own.name, prefix: '' },
      other: { bucket: other.name, prefix: '' },
      bounds: [],
      uploads: this.#uploads,
      turns: this.#turns,
      ...options,
    });
  }
}

export async function createVersionedSides(actor: Actor): Promise<VersionedSides> {
  return new VersionedSides(
    actor.client,
    await createVersionedBucket(actor),
    await createVersionedBucket(actor),
  );
}

/** Stands in a history for a version that says that the object was deleted. */
export const DELETED = '(deleted)';

interface SeenVersion {
  readonly versionId: string;
  /** Its content. */
  readonly text: string;
}

/** The versions of a key by bare requests, the oldest first: each is the one that follows the version before it. */
export async function versionsOf(
  client: S3,
  { name: Bucket }: TestBucket,
  key: string,
): Promise<SeenVersion[]> {
  const found: SeenVersion[] = [];
  for (;;) {
    const before = found[0]?.versionId;
    const marker = before === undefined ? {} : { KeyMarker: key, VersionIdMarker: before };
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: key, MaxKeys: 1, ...marker }),
    );
    const [version] = [...Versions, ...DeleteMarkers].filter(({ Key }) => Key === key);
    if (!version || found.some(({ versionId }) => versionId === version.VersionId)) return found;
    const VersionId = version.VersionId as string;
    const { Body } =
      DeleteMarkers.length > 0
        ? { Body: undefined }
        : await client.send(new GetObjectCommand({ Bucket, Key: key, VersionId }));
    found.unshift({ versionId: VersionId, text: Body ? await Body.transformToString() : DELETED });
  }
}

/** The contents of a key's versions, the oldest first. */
export async function textsOf(client: S3, bucket: TestBucket, key: string): Promise<string[]> {
  return (await versionsOf(client, bucket, key)).map(({ text }) => text);
}

/** What the versions of a key carry, delete markers left out. */
export async function carriedBy(client: S3, bucket: TestBucket, key: string): Promise<object[]> {
  const versions = (await versionsOf(client, bucket, key)).filter(({ text }) => text !== DELETED);
  const carried: object[] = [];
  for (const { versionId: VersionId } of versions) {
    const one = { Bucket: bucket.name, Key: key, VersionId };
    const { ContentType, Metadata } = await client.send(new HeadObjectCommand(one));
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(one));
    carried.push({ ContentType, Metadata, tags: TagSet });
  }
  return carried;
}
