import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { contentDigest, type Item, itemText } from './item-text.ts';

const SEGMENTS = 4;
/** Every attribute that a migration adds for its own use begins so. */
const RESERVED = '_segue:';

/** A whole table, under the text of each key. What the migrator adds for its own use is kept apart. */
export interface TableSnapshot {
  readonly digests: ReadonlyMap<string, string>;
  /** The items that are of interest one by one. */
  readonly items: ReadonlyMap<string, Item>;
  /** What was found of the migrator's own, by key. */
  readonly reserved: ReadonlyMap<string, string>;
}

/** The text of an item's key. */
export function keyText(item: Item, keyNames: readonly string[]): string {
  return itemText(Object.fromEntries(keyNames.flatMap((name) => (item[name] ? [[name, item[name]]] : []))));
}

/** Reads a table completely and consistently. Nobody may write it meanwhile. */
export async function takeSnapshot(
  client: DynamoDBClient,
  table: string,
  keyNames: readonly string[],
  isOfInterest: (key: string) => boolean,
): Promise<TableSnapshot> {
  const scan = async function* (segment: number) {
    const pages = paginateScan(
      { client },
      { TableName: table, Segment: segment, TotalSegments: SEGMENTS, ConsistentRead: true },
    );
    for await (const { Items } of pages) yield* Items ?? [];
  };
  const snapshot = new SnapshotBuilder(keyNames, isOfInterest);
  await Promise.all(
    Array.from({ length: SEGMENTS }, async (_, segment) => {
      for await (const item of scan(segment)) snapshot.add(item);
    }),
  );
  return snapshot;
}

/** Takes in the items of a table, in any order. */
export class SnapshotBuilder implements TableSnapshot {
  readonly digests = new Map<string, string>();
  readonly items = new Map<string, Item>();
  readonly reserved = new Map<string, string>();
  readonly #keyNames: readonly string[];
  readonly #isOfInterest: (key: string) => boolean;

  constructor(keyNames: readonly string[], isOfInterest: (key: string) => boolean = () => true) {
    this.#keyNames = keyNames;
    this.#isOfInterest = isOfInterest;
  }

  add(item: Item): void {
    const key = keyText(item, this.#keyNames);
    const own = Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith(RESERVED)));
    const marked = Object.keys(own).length < Object.keys(item).length;
    if (marked) {
      // A version may stand beside a key alone, too: either way an application finds an item that it should not.
      const isKeyAlone = Object.keys(own).length === this.#keyNames.length;
      this.reserved.set(key, isKeyAlone ? 'a tombstone, or a version beside a key alone' : 'a version');
    }
    this.digests.set(key, contentDigest(own));
    if (this.#isOfInterest(key)) this.items.set(key, own);
  }
}
