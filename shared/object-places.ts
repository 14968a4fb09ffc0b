import type { Side } from './direction.ts';
import type { BucketLocation } from './model.ts';
import type { RoutedBucket } from './route.ts';

/** An object, as it is named: its bucket and its whole key. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

/** Where an object lies among the resources of a route. */
export interface ObjectPlace {
  /** Position in the route's buckets. */
  readonly resource: number;
  /** Its key without the prefix of the resource. */
  readonly key: string;
}

/** Which buckets are moved where, as one text for the same pairs in any order. */
export function bucketPairsText(pairs: readonly RoutedBucket[]): string {
  return pairs
    .map(({ source, target }) => `${locationText(source)} → ${locationText(target)}`)
    .sort()
    .join(', ');
}

export function locationText({ bucket, prefix }: BucketLocation): string {
  return `s3://${bucket}/${prefix}`;
}

/** The resource on whose source an object lies: of several with fitting prefixes the one with the longest. */
export function placeOf(
  { bucket, key }: ObjectName,
  buckets: readonly RoutedBucket[],
): ObjectPlace | undefined {
  let found: ObjectPlace | undefined;
  for (const [resource, { source }] of buckets.entries()) {
    if (source.bucket !== bucket || !key.startsWith(source.prefix)) continue;
    const relative = key.slice(source.prefix.length);
    if (!found || relative.length < found.key.length) found = { resource, key: relative };
  }
  return found;
}

/** The same object on a side; one that is not routed stays what it is. */
export function nameOn(side: Side, name: ObjectName, buckets: readonly RoutedBucket[]): ObjectName {
  const place = placeOf(name, buckets);
  const location = place && buckets[place.resource]?.[side];
  return place && location ? { bucket: location.bucket, key: location.prefix + place.key } : name;
}

/** What a listing of a prefix can be: of one resource, of none, or of more than the objects of one. */
export function listedResource(
  { bucket, key: prefix }: ObjectName,
  buckets: readonly RoutedBucket[],
): RoutedBucket | 'none' | 'several' {
  const within = buckets.some(
    ({ source }) =>
      source.bucket === bucket && source.prefix.length > prefix.length && source.prefix.startsWith(prefix),
  );
  if (within) return 'several';
  const place = placeOf({ bucket, key: prefix }, buckets);
  return (place && buckets[place.resource]) ?? 'none';
}

/** A key or prefix of one location, in the other. */
export function movedKey(key: string, from: BucketLocation, to: BucketLocation): string {
  return key.startsWith(from.prefix) ? to.prefix + key.slice(from.prefix.length) : key;
}
