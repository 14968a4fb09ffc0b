import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { S3 } from '../../clients.ts';
import type { BucketLocation } from '../../model.ts';
import { compareKeys, listedKey, wholeKey } from './s3-key.ts';

/** What a listing tells of an object. */
export interface ListedObject {
  /** Relative to the prefix. */
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

export interface ListedPage {
  readonly objects: readonly ListedObject[];
  /** The last key of the page, if others of the range may follow. */
  readonly next?: string;
}

/** A range of keys: those after `after`, up to `to` inclusive. Where a bound is absent there is none. */
export interface KeyRange {
  readonly after?: string | undefined;
  readonly to?: string | undefined;
}

/** One page of the objects of a range, in the order of their keys' UTF-8 bytes. Listings are strongly consistent. */
export async function listPage(
  client: S3,
  location: BucketLocation,
  { after, to }: KeyRange,
  most: number,
): Promise<ListedPage> {
  const {
    Contents = [],
    EncodingType,
    IsTruncated = false,
  } = await client.send(
    new ListObjectsV2Command({
      Bucket: location.bucket,
      ...(location.prefix ? { Prefix: location.prefix } : {}),
      ...(after === undefined ? {} : { StartAfter: wholeKey(location, after) }),
      MaxKeys: most,
      EncodingType: 'url',
    }),
  );
  const listed = Contents.map(({ Key = '', Size = 0, ETag = '' }) => ({
    key: listedKey(Key, EncodingType).slice(location.prefix.length),
    bytes: Size,
    etag: ETag,
  }));
  const objects = to === undefined ? listed : listed.filter(({ key }) => compareKeys(key, to) <= 0);
  const last = objects.at(-1);
  const isOver = !IsTruncated || objects.length < listed.length;
  return { objects, ...(isOver || !last ? {} : { next: last.key }) };
}

/** Whether an object is listed. @throws NoSuchBucket */
export async function isListed(client: S3, location: BucketLocation, key: string): Promise<boolean> {
  const whole = wholeKey(location, key);
  const { Contents = [], EncodingType } = await client.send(
    new ListObjectsV2Command({ Bucket: location.bucket, Prefix: whole, MaxKeys: 1, EncodingType: 'url' }),
  );
  // The key itself comes before those that begin like it.
  return Contents.some((object) => listedKey(object.Key ?? '', EncodingType) === whole);
}
