import type { Hint } from '../hint-log.ts';
import type { Change, Key } from '../model.ts';
import type { Route } from '../route.ts';

/** One shard of a feed. A parent's changes of a key come before its child's. */
export interface Shard {
  readonly id: string;
  readonly parent?: string;
}

/** A way through one shard, from a position on. */
export interface ShardReader {
  /**
   * The next changes. An empty answer proves nothing by itself; `ended` is the end of a closed shard.
   * @throws ChangesGoneError when changes after the position are gone.
   */
  next(): Promise<{ readonly changes: readonly Change[]; readonly ended: boolean }>;
}

/** The ordered changes of the active side, as the auditor reads them. */
export interface Feed {
  /**
   * Every shard that still exists, parents before children.
   * @throws ChangesGoneError when changes are not captured any more.
   */
  shards(): Promise<readonly Shard[]>;
  /** A reader of a shard from its oldest change, or from after a sequence number. */
  reader(shard: Shard, after: string | undefined): ShardReader;
}

/**
 * Where no feed tells of every change: the keys that a router's note names of one side of a resource; none if it is of
 * another one.
 * @param route as it is now: notes name resources by their place in it.
 */
export type KeysOfHint = (hint: Hint, route: Pick<Route, 'buckets'>) => readonly Key[];

/** What an event tells of a change where it may come late, twice, out of order or never. */
export interface HintedChange {
  readonly key: Key;
  /** When it happened, by the store's clock; milliseconds since the epoch, perhaps in whole seconds. */
  readonly at: number;
  /** The id of the request that has made it. */
  readonly request?: string;
  /** `others`: the migrator makes no such request; `expiry`: a rule of the store's own. */
  readonly by: 'others' | 'anybody' | 'expiry';
}
