import type { Side } from './direction.ts';
import { afterEncoded, encodedKey } from './encoded-keys.ts';
import { RouteError } from './errors.ts';
import { LAST_CHARACTER } from './listing-token.ts';
import type { BucketLocation } from './model.ts';
import { listedResource, movedKey, nameOn, type ObjectPlace, placeOf } from './object-places.ts';
import type { RoutedBucket } from './route.ts';
import { S3_OPERATIONS } from './router-s3-operations.ts';

/** The input of a command of S3, as far as it names objects. */
export interface S3Input {
  readonly Bucket?: unknown;
  readonly Key?: unknown;
  readonly Prefix?: unknown;
  readonly CopySource?: unknown;
  readonly Delete?: { readonly Objects?: readonly { readonly Key?: unknown }[] };
  readonly [name: string]: unknown;
}

type Buckets = readonly RoutedBucket[];

/** Bounds of a listing, which are keys. */
const BOUNDS = ['StartAfter', 'Marker', 'KeyMarker'];

/**
 * What a request does to the objects that are routed; undefined if it names none.
 * @throws RouteError for an operation that the router does not know, and where it can't tell the bucket.
 */
export function kindInBuckets(
  operation: string,
  input: S3Input,
  buckets: Buckets,
): 'read' | 'write' | undefined {
  const { Bucket, Key, CopySource } = input;
  if (buckets.length === 0) return undefined;
  const known = S3_OPERATIONS.get(operation);
  if (!known) {
    if (typeof Key !== 'string' || !placeOf(nameIn(operation, input, Key), buckets)) return undefined;
    throw new RouteError(`the router does not know ${operation}: it can't be sent for ${Bucket}/${Key}`);
  }
  switch (known.naming) {
    case 'copy':
      if (placeOf(nameIn(operation, input, Key), buckets)) return known.kind;
      return copiedFrom(operation, CopySource, buckets) && 'read';
    case 'listing':
      assertBucketName(operation, String(Bucket ?? ''));
      return listedIn(input, buckets) === 'none' ? undefined : known.kind;
    case 'object':
    case 'objects':
      return keysIn(input).some((key) => placeOf(nameIn(operation, input, key), buckets))
        ? known.kind
        : undefined;
  }
}

/** The resource that a listing is of. @returns 'several' for one that is wider than what was moved to one place. */
export function listedIn(
  { Bucket, Prefix }: S3Input,
  buckets: Buckets = [],
): RoutedBucket | 'none' | 'several' {
  return listedResource({ bucket: String(Bucket ?? ''), key: String(Prefix ?? '') }, buckets);
}

/** Where the objects lie that a request changes, among those that are routed. */
export function touchedPlaces(operation: string, input: S3Input, buckets: Buckets): ObjectPlace[] {
  if (!S3_OPERATIONS.get(operation)?.touches) return [];
  return keysIn(input).flatMap((key) => placeOf(nameIn(operation, input, key), buckets) ?? []);
}

/**
 * A request for a side: the same input with the names that its objects have there.
 * @throws RouteError for one that would have to be several.
 */
export function inputOn(side: Side, operation: string, input: S3Input, buckets: Buckets): S3Input {
  const naming = S3_OPERATIONS.get(operation)?.naming;
  if (naming === 'listing') return listingOn(side, operation, input, buckets);
  if (naming === 'objects') return objectsOn(side, operation, input, buckets);
  const { bucket: Bucket, key: Key } = nameOn(side, nameIn(operation, input, input.Key), buckets);
  if (naming !== 'copy') return { ...input, Bucket, Key };
  const from = copiedFrom(operation, input.CopySource, buckets);
  const there = from && buckets[from.resource]?.[side];
  const CopySource = there
    ? `${there.bucket}/${encodedKey(there.prefix)}${from.encodedKey}`
    : input.CopySource;
  return { ...input, Bucket, Key, CopySource };
}

function listingOn(side: Side, operation: string, input: S3Input, buckets: Buckets): S3Input {
  const listed = listedIn(input, buckets);
  if (listed === 'several')
    throw new RouteError(
      `a ${operation} of ${input.Bucket}/${input.Prefix ?? ''} names more than was moved to one place: list each of the prefixes on its own`,
    );
  if (listed === 'none') return input;
  const { source, [side]: there } = listed;
  const bounds = BOUNDS.filter((name) => typeof input[name] === 'string').map((name) => [
    name,
    boundOn(String(input[name]), source, there),
  ]);
  const Prefix = movedKey(String(input.Prefix ?? ''), source, there);
  return { ...input, Bucket: there.bucket, Prefix, ...Object.fromEntries(bounds) };
}

/** A listing may begin outside of its prefix: before all of its keys, or after them. */
function boundOn(bound: string, source: BucketLocation, there: BucketLocation): string | undefined {
  if (bound.startsWith(source.prefix)) return movedKey(bound, source, there);
  const isBefore = Buffer.compare(Buffer.from(bound), Buffer.from(source.prefix)) < 0;
  return isBefore ? undefined : there.prefix + LAST_CHARACTER;
}

function objectsOn(side: Side, operation: string, input: S3Input, buckets: Buckets): S3Input {
  const objects = input.Delete?.Objects ?? [];
  const names = objects.map(({ Key }) => nameOn(side, nameIn(operation, input, Key), buckets));
  const [bucket, ...others] = new Set(names.map((name) => name.bucket));
  if (others.length > 0)
    throw new RouteError(
      `a ${operation} names objects of ${input.Bucket} that lie in several buckets now (${[bucket, ...others].join(', ')}): send one for each prefix`,
    );
  return {
    ...input,
    Bucket: bucket,
    Delete: {
      ...input.Delete,
      Objects: objects.map((object, index) => ({ ...object, Key: names[index]?.key })),
    },
  };
}

interface CopiedFrom {
  readonly resource: number;
  /** Without the prefix of the resource, as the application has encoded it, with a version that is asked for. */
  readonly encodedKey: string;
}

/** The routed object from which is copied: the source of a copy is a bucket and an URL-encoded key. */
function copiedFrom(operation: string, copySource: unknown, buckets: Buckets): CopiedFrom | undefined {
  if (typeof copySource !== 'string') return undefined;
  assertBucketName(operation, copySource);
  const text = copySource.replace(/^\//, '');
  assertBucketName(operation, text.slice(0, text.indexOf('/')));
  let found: CopiedFrom | undefined;
  for (const [resource, { source }] of buckets.entries()) {
    const rest = afterEncoded(text, `${source.bucket}/${source.prefix}`);
    if (rest === undefined || (found && found.encodedKey.length <= rest.length)) continue;
    found = { resource, encodedKey: rest };
  }
  return found;
}

function keysIn({ Key, Delete }: S3Input): unknown[] {
  return Delete ? (Delete.Objects ?? []).map((object) => object.Key) : [Key];
}

function nameIn(operation: string, { Bucket }: S3Input, key: unknown) {
  const bucket = String(Bucket ?? '');
  assertBucketName(operation, bucket);
  return { bucket, key: String(key ?? '') };
}

/** @throws RouteError for an access point, by its ARN or its alias: which bucket lies behind it can't be told. */
function assertBucketName(operation: string, bucket: string): void {
  if (/^arn(:|%3a)|:\/\/|(-s3alias|--ol-s3|--op-s3|--xa-s3)$/i.test(bucket))
    throw new RouteError(
      `the router can't tell which bucket ${bucket} is: name the bucket itself in the ${operation}`,
    );
}
