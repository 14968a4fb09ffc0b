import type { Side } from '../../direction.ts';
import type { BucketLocation } from '../../model.ts';
import type { KeysOfHint } from '../../stores/feed.ts';
import { keyOfObject } from '../../stores/s3/s3-key.ts';

/**
 * The keys that routers have noted of one side of a resource.
 * @param source the location by which the route names the resource.
 */
export function keysOfHint(source: BucketLocation, side: Side): KeysOfHint {
  return (hint, { buckets = [] }) => {
    const own = buckets.findIndex((pair) => isSame(pair.source, source));
    return hint.resource === own && hint.side === side ? hint.keys.map(keyOfObject) : [];
  };
}

function isSame(a: BucketLocation, b: BucketLocation): boolean {
  return a.bucket === b.bucket && a.prefix === b.prefix;
}
