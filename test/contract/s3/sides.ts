import type { BucketLocation, Cell, Key } from '../../../shared/model.ts';
import { type S3StoreProps, s3Store } from '../../../shared/stores/s3/s3.ts';
import { endUploads } from '../../../shared/stores/s3/s3-left-uploads.ts';
import type { Page, Store } from '../../../shared/stores/store.ts';
import type { Actor } from './judge.ts';
import { MemoryUploads } from './memory-uploads.ts';
import { type BucketOptions, createBucket, type TestBucket } from './test-bucket.ts';

type StoreOptions = Partial<Omit<S3StoreProps, 'location' | 'other' | 'uploads'>>;

/** Two buckets, and the stores under test on both sides of a migration between them. */
export class Sides {
  readonly source: TestBucket;
  readonly target: TestBucket;
  /** The copies in parts that are under way, known to all stores of the passive side. */
  readonly uploads = new MemoryUploads();
  readonly #client: S3StoreProps['client'];
  readonly #from: BucketLocation;
  readonly #to: BucketLocation;

  constructor(client: S3StoreProps['client'], source: TestBucket, target: TestBucket, prefixes: Prefixes) {
    this.source = source;
    this.target = target;
    this.#client = client;
    this.#from = { bucket: source.name, prefix: prefixes.source };
    this.#to = { bucket: target.name, prefix: prefixes.target };
  }

  /** The passive side, whose objects are copies. */
  store(options: StoreOptions = {}): Store {
    const [location, other] = [this.#to, this.#from];
    return s3Store({ client: this.#client, location, other, bounds: [], uploads: this.uploads, ...options });
  }

  /** The active side. */
  sourceStore(options: StoreOptions = {}): Store {
    const [location, other] = [this.#from, this.#to];
    const uploads = new MemoryUploads();
    return s3Store({ client: this.#client, location, other, bounds: [], uploads, ...options });
  }

  /** Ends what is noted of copies in parts. @param alone nobody else writes the passive side */
  endUploads(alone: boolean): Promise<void> {
    return endUploads({ client: this.#client, to: this.#to, uploads: this.uploads }, alone);
  }

  /** What the stores of both sides read under a key. */
  async cells(
    key: string,
    options: StoreOptions = {},
  ): Promise<{ readonly own: Cell; readonly theirs: Cell }> {
    const [own] = await this.store(options).read([keyOf(key)]);
    const [theirs] = await this.sourceStore(options).read([keyOf(key)]);
    return { own: own as Cell, theirs: theirs as Cell };
  }
}

interface Prefixes {
  readonly source: string;
  readonly target: string;
}

/** Makes two empty buckets. @param prefixes of the sides; none unless said otherwise @param options of both buckets */
export async function createSides(
  actor: Actor,
  prefixes: Prefixes = { source: '', target: '' },
  options: BucketOptions = {},
): Promise<Sides> {
  const source = await createBucket(actor, options);
  return new Sides(actor.client, source, await createBucket(actor, options), prefixes);
}

export function keyOf(key: string): Key {
  return { key: { S: key } };
}

/** A page of the other side, as the copier hands it on. */
export function pageOf(...keys: readonly string[]): Page {
  return { count: keys.length, bytes: 0, items: () => keys.map(keyOf) };
}
