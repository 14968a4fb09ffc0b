import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { beforeEach } from 'vitest';
import type { Faults } from '../../../simulation/world/faults.ts';
import type { ObjectSeed } from '../../../simulation/world/s3/object-seed.ts';
import type { S3Limits } from '../../../simulation/world/s3/storage.ts';
import type { StoredObject } from '../../../simulation/world/s3/stored-object.ts';
import { World } from '../../../simulation/world/world.ts';

type Client = ReturnType<World['s3Client']>;

/** What tells a refusal apart: the engine sees both. */
export const refused = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });

export const text = ({ body }: Pick<StoredObject, 'body'>) => Buffer.from(body).toString();

/** Parts of 4 bytes and copies of 12 at most. */
const SMALL: Partial<S3Limits> = { minPartBytes: 4, copyBytes: 12 };

/** A world with the buckets `source`, `target`, `versions` and `kms`. */
export function newWorld(seed: number, faults: Faults = {}, objects: readonly ObjectSeed[] = []): World {
  const world = new World({ seed, faults, s3Limits: SMALL });
  world.createBucket({ name: 'source', objects });
  world.createBucket({ name: 'target' });
  world.createBucket({ name: 'versions', versioned: true });
  world.createBucket({ name: 'kms', encryption: 'aws:kms' });
  return world;
}

/** Requests about the objects of such a world; each test has its own. */
export function objectRequests() {
  let world: World;
  beforeEach(() => {
    world = newWorld(1);
  });
  const request = <T>(send: (client: Client) => Promise<T>): Promise<T> =>
    world.run((task) => send(world.s3Client(task)));
  const stored = (bucket: string, key: string) => world.bucket(bucket).current(key);
  return {
    currentWorld: () => world,
    request,
    stored,
    body: (bucket: string, key: string) => {
      const object = stored(bucket, key);
      return object && text(object);
    },
    put: (Key: string, Body: string, rest: Partial<PutObjectCommandInput> = {}) =>
      request((s3) => s3.send(new PutObjectCommand({ Bucket: 'source', Key, Body, ...rest }))),
    head: (Key: string, rest: Partial<HeadObjectCommandInput> = {}) =>
      request((s3) => s3.send(new HeadObjectCommand({ Bucket: 'source', Key, ...rest }))),
    remove: (Key: string, rest: Partial<DeleteObjectCommandInput> = {}) =>
      request((s3) => s3.send(new DeleteObjectCommand({ Bucket: 'source', Key, ...rest }))),
    /** From the bucket `source` to the bucket `target`, under the same key. */
    copy: (key: string, rest: Partial<CopyObjectCommandInput> = {}) =>
      request((s3) =>
        s3.send(
          new CopyObjectCommand({
            Bucket: 'target',
            Key: key,
            CopySource: `source/${encodeURIComponent(key)}`,
            ...rest,
          }),
        ),
      ),
  };
}
