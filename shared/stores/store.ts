import type { Cell, Item, Key, Rejection } from '../model.ts';

/** One part of a store that one worker scans. */
export interface Segment {
  readonly segment: number;
  readonly segments: number;
}

/** A position in a segment: opaque to everybody but its store, plain JSON for the journal. */
export type Cursor = string;

/**
 * One page of a scan, opaque on purpose: whoever only hands it on never looks inside, so that a store may move its
 * bytes unparsed.
 */
export interface Page {
  readonly count: number;
  readonly bytes: number;
  /** Where the next page begins; absent at the end of the segment. */
  readonly next?: Cursor;
  items(): readonly Item[];
}

/** What became of the items of a page. Their sum is the page's count. */
export interface InsertReport {
  readonly inserted: number;
  /** A cell stood there already: left as it is. Or the item itself is gone by now. */
  readonly existing: number;
  readonly rejected: readonly Rejection[];
}

/** A write of one cell of the passive side. */
export interface CellWrite {
  readonly key: Key;
  /** Absent for a removal, which leaves a tombstone. */
  readonly item?: Item;
  /** The whole reserved value; absent only for an item too large to carry it. A tombstone always has one. */
  readonly version?: string;
  /**
   * `older`: the cell is absent, has no version, or one below this prefix.
   * `unchanged`: the cell is as it was seen: still absent, still an item without a version, or still at its version.
   */
  readonly when:
    | { readonly kind: 'older'; readonly prefix: string }
    | { readonly kind: 'unchanged'; readonly seen: Cell };
}

/**
 * `newer` comes with the cell that stood in the way. `unconfirmed` is the answer of a store without versions: whether
 * or not it was written, both sides have to be read again. `busy`: somebody else is at work on the key, or may be;
 * nothing was sent.
 */
export type WriteResult =
  | { readonly verdict: 'written' }
  | { readonly verdict: 'unconfirmed'; readonly written: boolean }
  | { readonly verdict: 'busy' }
  | { readonly verdict: 'newer'; readonly cell: Cell }
  | ({ readonly verdict: 'rejected' } & Rejection);

/** What the engine needs of a source or a target. Reads are consistent; items come without the reserved attribute. */
export interface Store {
  /** The key attributes of an item. */
  keyOf(item: Item): Key;
  /** One page of a segment, from its start or from a cursor. Tombstones and reserved attributes are left out. */
  scan(segment: Segment, cursor: Cursor | undefined): Promise<Page>;
  /** Puts each item of a page whose key is free. It returns when the outcome of every item is known. */
  insertAbsent(page: Page): Promise<InsertReport>;
  /** The cells under these keys, in the same order. */
  read(keys: readonly Key[]): Promise<readonly Cell[]>;
  /** Whether a cell of this side and that of the same key on the other one are the same to an application. */
  isSame(own: Cell, theirs: Cell): boolean | Promise<boolean>;
  write(write: CellWrite): Promise<WriteResult>;
  /** One page of the cells of a segment that carry a version. */
  scanVersions(
    segment: Segment,
    cursor: Cursor | undefined,
  ): Promise<{
    readonly scanned: number;
    readonly cells: readonly { readonly key: Key; readonly version: string }[];
    readonly next?: Cursor;
  }>;
  /** Deletes a tombstone if it is unchanged. Only on a side without writers. */
  removeTombstone(key: Key, version: string): Promise<void>;
  /** Removes the version of an item if it is unchanged. */
  removeVersion(key: Key, version: string): Promise<void>;
  /**
   * Ends what interrupted writes have left half done on this side, once no permit for it is out.
   * @param alone nobody but the migrator writes this side.
   */
  endUnfinished(alone: boolean): Promise<void>;
  /**
   * The ids of the requests by which the last write of a key has changed this side, as far as answers came: events of a
   * store without versions name them. They are told once.
   */
  requestsOf?(key: Key): readonly string[];
  /**
   * Whether it is known of each write sent so far whether it took effect, and none is on its way any more.
   * @param key of these writes alone, where the store tells them apart.
   */
  outcomesKnown(key?: Key): boolean;
}
