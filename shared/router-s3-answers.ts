import { afterEncoded, encodedKey } from './encoded-keys.ts';
import type { BucketLocation } from './model.ts';
import { movedKey } from './object-places.ts';
import type { S3Input } from './router-s3-names.ts';

export type S3Output = Record<string, unknown>;

/** The fields of a listing and of its entries that are keys, prefixes or bounds. */
const KEY_FIELDS = ['Key', 'Prefix', 'Marker', 'NextMarker', 'KeyMarker', 'NextKeyMarker', 'StartAfter'];
const ENTRIES = ['Contents', 'CommonPrefixes', 'Versions', 'DeleteMarkers', 'Uploads'];

/** The answer for one object, under the name that the application has used. */
export function objectAsAsked(output: S3Output, { Bucket, Key }: S3Input): S3Output {
  return {
    ...output,
    ...(output.Bucket === undefined ? {} : { Bucket }),
    ...(output.Key === undefined ? {} : { Key }),
  };
}

/** A listing of one location, as if it was one of another. */
export function listingAsAsked(output: S3Output, from: BucketLocation, asked: BucketLocation): S3Output {
  const rename = (key: string) =>
    output.EncodingType === 'url' ? movedEncodedKey(key, from, asked) : movedKey(key, from, asked);
  const renamed = (entry: S3Output): S3Output => ({
    ...entry,
    ...Object.fromEntries(
      KEY_FIELDS.flatMap((name) => (typeof entry[name] === 'string' ? [[name, rename(entry[name])]] : [])),
    ),
  });
  return {
    ...renamed(output),
    ...(output.Name === undefined ? {} : { Name: asked.bucket }),
    ...(output.Bucket === undefined ? {} : { Bucket: asked.bucket }),
    ...Object.fromEntries(
      ENTRIES.flatMap((name) =>
        Array.isArray(output[name]) ? [[name, (output[name] as S3Output[]).map(renamed)]] : [],
      ),
    ),
  };
}

/** The answer for many objects, each under the key that the application has used. */
export function objectsAsAsked(output: S3Output, asked: S3Input, sent: S3Input): S3Output {
  const keys = new Map(
    sent.Delete?.Objects?.map(({ Key }, index) => [Key, asked.Delete?.Objects?.[index]?.Key]),
  );
  const renamed = (entries: unknown) =>
    (entries as S3Output[]).map((entry) => ({ ...entry, Key: keys.get(entry.Key) ?? entry.Key }));
  return {
    ...output,
    ...(output.Deleted ? { Deleted: renamed(output.Deleted) } : {}),
    ...(output.Errors ? { Errors: renamed(output.Errors) } : {}),
  };
}

function movedEncodedKey(key: string, from: BucketLocation, to: BucketLocation): string {
  const rest = afterEncoded(key, from.prefix);
  return rest === undefined ? key : encodedKey(to.prefix) + rest;
}
