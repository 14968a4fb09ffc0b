import { GetObjectTaggingCommand, HeadObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import type { BucketLocation } from '../../model.ts';
import { readGrants } from './s3-acl.ts';
import type { AlsoCarried } from './s3-also.ts';
import { isChanged } from './s3-errors.ts';
import { wholeKey } from './s3-key.ts';
import { objectOf, type S3Object, unreadableObject } from './s3-object.ts';

/** What of an object is asked for. */
interface Asked extends AlsoCarried {
  /** The id of the version that is meant. @default the current one */
  readonly named?: string;
}

/** An object with everything that it carries. @returns undefined if there is none. */
export async function readObject(
  client: S3,
  location: BucketLocation,
  key: string,
  also: Asked = {},
): Promise<S3Object | undefined> {
  const object = await headObject(client, location, key, also);
  return object && !object.unreadable ? withTags(client, location, object) : object;
}

/** The same without its tags: they have a request of their own. */
export async function headObject(
  client: S3,
  location: BucketLocation,
  key: string,
  also: Asked = {},
): Promise<S3Object | undefined> {
  const object = isNameless(location, key) ? undefined : await describedObject(client, location, key, also);
  return object && !object.unreadable && also.acls ? withGrants(client, location, object) : object;
}

/** An object that is named as its prefix is has no name on a side without one: nothing is ever there. */
function isNameless(location: BucketLocation, key: string): boolean {
  return wholeKey(location, key) === '';
}

function describedObject(
  client: S3,
  location: BucketLocation,
  key: string,
  also: Asked,
): Promise<S3Object | undefined> {
  const named = also.named === undefined ? {} : { named: also.named };
  const head = new HeadObjectCommand({
    Bucket: location.bucket,
    Key: wholeKey(location, key),
    ChecksumMode: 'ENABLED',
    ...versionOf(named),
  });
  return unlessGone(async () => {
    try {
      return { ...objectOf(key, await client.send(head), also), ...named };
    } catch (error) {
      // The answer to HEAD has no text. Of a sound request it is the object that refuses it, by a key that only its
      // owner has (User Guide, "Using server-side encryption with customer-provided keys").
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 400)
        return { ...unreadableObject(key, 'it can only be read with a key of its own (SSE-C)'), ...named };
      throw error;
    }
  });
}

/** Adds the grants. @returns undefined if the object is gone. */
function withGrants(client: S3, location: BucketLocation, object: S3Object): Promise<S3Object | undefined> {
  return unlessGone(async () => {
    const grants = await readGrants(client, location, object.key);
    return grants ? { ...object, grants } : object;
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
      new GetObjectTaggingCommand({
        Bucket: location.bucket,
        Key: wholeKey(location, object.key),
        ...versionOf(object),
      }),
    );
    return { ...object, tags: Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value])) };
  });
}

function versionOf({ named }: Pick<S3Object, 'named'>): { readonly VersionId?: string } {
  return named === undefined ? {} : { VersionId: named };
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isChanged(error)) return undefined;
    throw error;
  }
}
