import type { Side } from '../../direction.ts';
import type { BucketLocation } from '../../model.ts';
import type { RouteTable } from '../../route.ts';
import type { HintedWrite, Hints } from '../../stores/feed.ts';
import { keyOfObject } from '../../stores/s3/s3-key.ts';

/**
 * What routers have noted of one side of a resource.
 * @param source the location by which the route names the resource.
 */
export function bucketHints(route: RouteTable, source: BucketLocation, side: Side): Hints {
  return {
    async all(): Promise<HintedWrite[]> {
      const buckets = (await route.read())?.buckets ?? [];
      const own = buckets.findIndex((pair) => isSame(pair.source, source));
      const hints = (await route.hints.all()).filter((hint) => hint.resource === own && hint.side === side);
      return hints.map((hint) => ({
        keys: hint.keys.map(keyOfObject),
        seenAt: hint.seenAt,
        markSeen: (now) => route.hints.markSeen(hint, now),
        remove: () => route.hints.remove(hint),
      }));
    },
  };
}

function isSame(a: BucketLocation, b: BucketLocation): boolean {
  return a.bucket === b.bucket && a.prefix === b.prefix;
}
