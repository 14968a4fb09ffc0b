import type { BucketLocation } from './model.ts';

const SCHEME = 's3://';

/** The name by which a side that is a bucket goes: `s3://bucket/prefix`. */
export function locationName({ bucket, prefix }: BucketLocation): string {
  return `${SCHEME}${bucket}/${prefix}`;
}

/** What a name says, for names of buckets have no slash. */
export function locationOf(name: string): BucketLocation {
  const slash = name.indexOf('/', SCHEME.length);
  return { bucket: name.slice(SCHEME.length, slash), prefix: name.slice(slash + 1) };
}

/** Whether an object can lie in both. */
export function isOverlapping(a: BucketLocation, b: BucketLocation): boolean {
  return a.bucket === b.bucket && (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix));
}
