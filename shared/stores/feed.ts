import type { Change, Key } from '../model.ts';

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

/** A note of keys that were about to be written. */
export interface HintedWrite {
  readonly keys: readonly Key[];
  /** When its reader has come upon it first; milliseconds since the epoch. */
  readonly seenAt?: number | undefined;
  markSeen(now: number): Promise<void>;
  remove(): Promise<void>;
}

/** What routers have noted of the active side, where no feed tells of every change. */
export interface Hints {
  all(): Promise<readonly HintedWrite[]>;
}
