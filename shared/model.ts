import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB gave it. Values pass through untouched: a number stays the text it is. */
export type Item = Record<string, AttributeValue>;

/** The key attributes of an item, in no particular order. */
export type Key = Item;

/** Where the objects of one side are: all keys of a bucket that begin with the prefix. */
export interface BucketLocation {
  readonly bucket: string;
  /** Empty for the whole bucket. */
  readonly prefix: string;
}

/** One segment of one resource's scan: what one worker does, in minutes. */
export interface WorkUnit {
  readonly number: number;
  /** Position of the resource in the spec. */
  readonly resource: number;
  readonly segment: number;
  readonly segments: number;
}

/** One change of an item, from the stream of the active side. */
export interface Change {
  readonly key: Key;
  /** Content, without a version. Absent when the item did not exist before. */
  readonly before?: Item;
  /** Content, without a version. Absent when the item was removed. */
  readonly after?: Item;
  /** The reserved values of both images, where the migrator has written them. */
  readonly versionBefore?: string;
  readonly versionAfter?: string;
  /** A decimal string of 21 to 40 digits. */
  readonly sequence: string;
  /** Approximate, in whole seconds: never an order. */
  readonly createdSecond: number;
  /** The service removed it when its time to live was over. */
  readonly byTimeToLive: boolean;
}

/**
 * What stands under one key of the passive side. `version` is the whole reserved value that the migration wrote with
 * it; a copied item has none. A tombstone is a removed item whose version is kept.
 */
export type Cell =
  | { readonly kind: 'absent' }
  | { readonly kind: 'item'; readonly item: Item; readonly version?: string }
  | { readonly kind: 'tombstone'; readonly version: string };

/** A multipart copy of an object, as it is noted. */
export interface NotedUpload {
  /** Tells the notes of one key apart. */
  readonly token: string;
  /** Of the object, relative to the prefix. */
  readonly key: string;
  /** Of what is copied, and in which parts: another object needs another upload. */
  readonly digest: string;
  /** Absent while it is not known whether it has begun: it is noted before. */
  readonly uploadId?: string;
  /** It was given up, but something of it may be left. */
  readonly left?: boolean;
  /** Others may have begun with it, whose ids nobody was told: by attempts whose answers were lost. */
  readonly others?: boolean;
}

/** What an application sees of a cell. */
export function contentOf(cell: Cell): Item | undefined {
  return cell.kind === 'item' ? cell.item : undefined;
}

/** A write that its store can never accept, with its reason. */
export interface Rejection {
  readonly key: Key;
  readonly reason: string;
  /** Only the reserved attribute pushes the item over the store's limit of size. */
  readonly oversize: boolean;
}
