import { GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import type { BucketLocation } from '../../model.ts';
import { isChanged } from './s3-errors.ts';
import { wholeKey } from './s3-key.ts';
import { objectOf, type S3Object } from './s3-object.ts';

/** An object with everything that it carries. @returns undefined if there is none. */
export async function readObject(
  client: S3,
  location: BucketLocation,
  key: string,
): Promise<S3Object | undefined> {
  const object = await headObject(client, location, key);
  return object && withTags(client, location, object);
}

/** The same without its tags: they have a request of their own. */
export function headObject(client: S3, location: BucketLocation, key: string): Promise<S3Object | undefined> {
  return unlessGone(async () => {
    const head = await client.send(
      new HeadObjectCommand({
        Bucket: location.bucket,
        Key: wholeKey(location, key),
        ChecksumMode: 'ENABLED',
      }),
    );
    return objectOf(key, head);
  });
}

/** Adds the tags. @returns undefined if the object is gone. */
export function withTags(
  client: S3,
  location: BucketLocation,
  object: S3Object,
): Promise<S3Object | undefined> {
  return unlessGone(async () => {
    const { TagSet = [] } = await client.send(
      new GetObjectTaggingCommand({ Bucket: location.bucket, Key: wholeKey(location, object.key) }),
    );
    return { ...object, tags: Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value])) };
  });
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isChanged(error)) return undefined;
    throw error;
  }
}
