import type { Problem } from '../../shared/errors.ts';
import type { BucketLocation } from '../../shared/model.ts';
import { locationText } from '../../shared/object-places.ts';
import type { RoutedBucket } from '../../shared/route.ts';

/** Names of general purpose buckets (S3 User Guide, bucket naming rules). */
const BUCKET = /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** What AWS keeps for access points and directory buckets, which can't be routed by their names. */
const RESERVED = /(-s3alias|--ol-s3|--op-s3|--x-s3|--xa-s3|--table-s3|\.mrap)$/;
const LOCATION = /^s3:\/\/([^/:]+)(?:\/(.*))?$/s;

/** `s3://bucket/prefix:s3://bucket/prefix`; undefined for what is no pair of buckets. */
export function bucketPair(text: string): RoutedBucket | undefined {
  const [source, target, ...others] = text.split(/:(?=s3:\/\/)/).map(location);
  return source && target && others.length === 0 ? { source, target } : undefined;
}

/** Everything that speaks against moving these buckets. */
export function bucketProblems(pairs: readonly RoutedBucket[]): Problem[] {
  const named = pairs.flatMap((pair) =>
    (['source', 'target'] as const).map((side) => ({ side, at: pairText(pair), place: pair[side] })),
  );
  return named.flatMap((one, index) => {
    const problems: Problem[] = [];
    const { bucket } = one.place;
    if (!BUCKET.test(bucket) || RESERVED.test(bucket))
      problems.push({
        at: one.at,
        problem: `the ${one.side} is no name of a bucket`,
        value: bucket,
        allowed: 'the name of a general purpose bucket, no access point, alias or directory bucket',
        change: 'name the bucket itself',
      });
    const earlier = named.slice(0, index).find((other) => meet(one, other));
    if (earlier)
      problems.push({
        at: one.at,
        problem: `the ${one.side} names objects that are named already, by the ${earlier.side} of ${earlier.at}`,
        value: locationText(one.place),
        allowed: 'each object once: a source may lie within another source, nothing else',
        change: 'choose another bucket or prefix',
      });
    return problems;
  });
}

interface Named {
  readonly side: 'source' | 'target';
  readonly place: BucketLocation;
}

/** Whether two places may not be named together. Of sources within each other the router takes the inner one. */
function meet(one: Named, other: Named): boolean {
  if (one.place.bucket !== other.place.bucket) return false;
  const [a, b] = [one.place.prefix, other.place.prefix];
  if (one.side === 'source' && other.side === 'source') return a === b;
  return a.startsWith(b) || b.startsWith(a);
}

function location(text: string): BucketLocation | undefined {
  const [, bucket, prefix = ''] = LOCATION.exec(text) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

function pairText({ source, target }: RoutedBucket): string {
  return `${locationText(source)}:${locationText(target)}`;
}
