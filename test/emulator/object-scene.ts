import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { cityItems } from '../../infra/local/cities/cities.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import type { Side } from '../../shared/direction.ts';
import type { BucketLocation } from '../../shared/model.ts';
import { keyOfObject } from '../../shared/stores/s3/s3-key.ts';
import { epochStart, versionValue } from '../../shared/version.ts';
import { SPECIAL_KEYS } from '../contract/s3/special-keys.ts';
import { TestBucket } from '../contract/s3/test-bucket.ts';
import { dynamodb, outputs, s3 } from './aws.ts';
import type { BucketPair } from './buckets.ts';
import { TestMigration } from './migration.ts';
import { type MadeObject, ObjectApplication, objectAt } from './object-application.ts';
import type { TablePair } from './tables.ts';

const ITEMS = 200;
/** The events of each write, and of what is carried over, go through one poller of the embedded AWS. */
const REST_MILLISECONDS = 250;
/** Position of the bucket among the resources. */
const OF_BUCKET = 1;
/** A key that no application writes. */
export const MORE = 'one too many';
const LIVE = Array.from({ length: 12 }, (_, index) => `live/${index}`);

/** A table and the objects below a prefix that move as one, before their first execution. */
export class ObjectScene {
  readonly migration: TestMigration;
  readonly tables: TablePair;
  readonly buckets: BucketPair;
  /** What the applications were told to be done, one after the other. */
  readonly made = new Map<string, MadeObject | undefined>();
  /** Keys of objects that nobody writes any more, of every kind that may be read wrongly, and what they hold. */
  readonly still: ReadonlyMap<string, MadeObject>;

  readonly #applications: ObjectApplication[] = [];

  private constructor(name: string, tables: TablePair, buckets: BucketPair) {
    this.migration = new TestMigration(name, tables, buckets);
    this.tables = tables;
    this.buckets = buckets;
    this.still = new Map(
      Object.values(SPECIAL_KEYS)
        .map(({ key }) => `still/${key}`)
        // The embedded AWS's IAM finds no line break in the `*` of a grant.
        .filter((key) => Buffer.byteLength(`${buckets.target.prefix}${key}`) <= 1_024 && !/[\n\r]/.test(key))
        .map((key) => [key, { body: key, metadata: { still: 'yes' }, tags: { still: 'yes' } }]),
    );
  }

  /** Fills the source's table and bucket, and creates the route. */
  static async open(name: string, tables: TablePair, buckets: BucketPair): Promise<ObjectScene> {
    const scene = new ObjectScene(name, tables, buckets);
    await createTable(dynamodb, tables.source);
    await loadItems(dynamodb, tables.source, await cityItems(ITEMS));
    const { source, target } = buckets;
    for (const { bucket } of [source, target]) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const bucket = new TestBucket(s3, source.bucket);
    for (const [key, { body, metadata }] of scene.still)
      await bucket.put(`${source.prefix}${key}`, body, { Metadata: metadata, Tagging: 'still=yes' });
    if (buckets.existingItems) {
      const [first = ''] = scene.still.keys();
      await new TestBucket(s3, target.bucket).put(`${target.prefix}${first}`, 'another one');
      await scene.#addOne(target);
    }
    await scene.migration.createBriefRoute();
    return scene;
  }

  /** An application of the bucket, with the router in its client. It ends with the scene at the latest. */
  startApplication(): ObjectApplication {
    const application = new ObjectApplication(this.buckets.source, {
      migration: this.migration.name,
      routeTable: outputs.RouteTable,
      keys: LIVE,
      made: this.made,
      restMilliseconds: REST_MILLISECONDS,
    });
    this.#applications.push(application);
    return application;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#applications.map((application) => application.stop()));
  }

  /** On the side that is kept in step, an object is gone and another one too many, and nobody tells of it. */
  async disturb(side: Side): Promise<void> {
    const keys = await this.#spoil(this.buckets[side]);
    const { epoch, lists } = await this.migration.journal.atPresent();
    const version = versionValue(epochStart(epoch), 'item', Math.floor(Date.now() / 1_000));
    await lists.add(
      'recheck',
      keys.map((key) => ({ resource: OF_BUCKET, key: keyOfObject(key), version })),
    );
  }

  /** @returns the keys that differ from now on. */
  async #spoil(location: BucketLocation): Promise<string[]> {
    const { bucket: name, prefix } = location;
    const [gone = ''] = this.still.keys();
    const bucket = new TestBucket(s3, name);
    await bucket.remove(`${prefix}${gone}`);
    await this.#addOne(location);
    return [gone, MORE];
  }

  async #addOne({ bucket, prefix }: BucketLocation): Promise<void> {
    await new TestBucket(s3, bucket).put(`${prefix}${MORE}`, 'by somebody');
  }

  /** Everything that should stand on the active side. */
  get expected(): Record<string, MadeObject> {
    const all = [...this.still, ...this.made];
    return Object.fromEntries(all.filter((entry): entry is [string, MadeObject] => entry[1] !== undefined));
  }
}

/** Everything that stands below the prefix of one side. */
export async function objectsOf(location: BucketLocation): Promise<Record<string, MadeObject | undefined>> {
  const { bucket, prefix } = location;
  const keys = await new TestBucket(s3, bucket).keys({ Prefix: prefix });
  return Object.fromEntries(
    await Promise.all(
      keys
        .map((key) => key.slice(prefix.length))
        .map(async (key) => [key, await objectAt(location, key)] as const),
    ),
  );
}
