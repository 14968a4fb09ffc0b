import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item, Key } from '../../../shared/model.ts';
import { validationError } from './errors.ts';
import { type KeyAttribute, keyText } from './keys.ts';
import type { PolicyChange } from './policy-commands.ts';
import { hashText } from './random.ts';
import type { Stream } from './stream.ts';
import { compareScalars, compareText, itemBytes, sameItem, storedItem } from './values.ts';

export interface TableDefinition {
  readonly name: string;
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  /** Most bytes of an item. @default the limit of the service */
  readonly itemBytes?: number;
}

/** What stands under one key, or stood there: a removed item leaves its entry, for reads of the past. */
export interface Entry {
  readonly key: Key;
  readonly text: string;
  /** Of the partition key: decides segment, shard and the order of a scan. */
  readonly hash: number;
  readonly partition: string;
  item: Item | undefined;
  /** Earlier states, the latest last. */
  readonly past: { readonly item: Item | undefined; readonly until: number }[];
}

export interface Write {
  readonly table: string;
  readonly key: Key;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** The task whose request it was, or who else changed the item. */
  readonly actor: string;
  readonly byTimeToLive: boolean;
}

export interface TableHost {
  readonly now: number;
  readonly itemBytes: number;
  written(write: Write): void;
}

const REMEMBERED_STATES = 4;
const COUNT_MILLISECONDS = 6 * 3_600_000;

export class Table {
  readonly definition: TableDefinition;
  readonly arn: string;
  readonly keyNames: readonly string[];
  /** The stream that new changes go to, if it is on. */
  stream: Stream | undefined;
  /** Entries in the order of a scan: by hash, then by key. */
  readonly entries: Entry[] = [];
  /** The changes of its resource policy, the latest last. */
  readonly policies: PolicyChange[] = [];
  readonly createdAt: number;
  /** When it can be used, and when it can be described: a new table takes a while. */
  readonly activeAt: number;
  readonly describedFrom: number;
  /** Keys that a transaction under way holds. */
  readonly locked = new Set<string>();
  /** Why the table refuses an item, as an index does whose key has another type; undefined if it does not. */
  refuses: (item: Item) => string | undefined = () => undefined;
  readonly #host: TableHost;
  readonly #salt: string;
  readonly #byText = new Map<string, Entry>();
  #counted: { readonly at: number; readonly items: number; readonly bytes: number } | undefined;

  /** @param salt tables of the same salt hash alike */
  constructor(
    host: TableHost,
    definition: TableDefinition,
    salt: string,
    delays: { readonly active: number; readonly described: number },
  ) {
    this.createdAt = host.now;
    this.activeAt = host.now + delays.active;
    this.describedFrom = host.now + delays.described;
    this.#host = host;
    this.#salt = salt;
    this.definition = definition;
    this.arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${definition.name}`;
    this.keyNames = [definition.partitionKey.name, ...(definition.sortKey ? [definition.sortKey.name] : [])];
  }

  get name(): string {
    return this.definition.name;
  }

  /** The items as they stand, in the order of a scan. */
  items(): Item[] {
    return this.entries.flatMap(({ item }) => (item ? [item] : []));
  }

  /** Their number and bytes, as they were some time ago: DynamoDB counts every six hours. */
  statistics(): { readonly items: number; readonly bytes: number } {
    if (!this.#counted || this.#host.now >= this.#counted.at + COUNT_MILLISECONDS) this.count();
    return this.#counted as { readonly items: number; readonly bytes: number };
  }

  /** Counts the items now. */
  count(): void {
    const items = this.items();
    const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
    this.#counted = { at: this.#host.now, items: items.length, bytes };
  }

  get(key: Key): Item | undefined {
    return this.entry(key).item;
  }

  /** Puts items without a request. */
  load(items: readonly Item[], actor = 'load'): void {
    for (const item of items) this.write(this.entryOfItem(item), this.checkedItem(item), actor);
  }

  remove(key: Key, actor = 'remove'): void {
    this.write(this.entry(key), undefined, actor);
  }

  /** Removes an item as time to live does. */
  expire(key: Key): void {
    this.write(this.entry(key), undefined, 'time to live', true);
  }

  /** The one way in which an item changes; a write that changes nothing leaves no trace. */
  write(entry: Entry, after: Item | undefined, actor: string, byTimeToLive = false): void {
    const before = entry.item;
    if (sameItem(before, after)) return;
    entry.past.push({ item: before, until: this.#host.now });
    if (entry.past.length > REMEMBERED_STATES) entry.past.shift();
    entry.item = after;
    const write: Write = { table: this.name, key: entry.key, before, after, actor, byTimeToLive };
    this.stream?.append(entry.hash, write);
    this.#host.written(write);
  }

  /** The entry of a key, which must have the key's attributes and no others. */
  entry(key: Key): Entry {
    if (Object.keys(key).length !== this.keyNames.length)
      throw validationError('The provided key element does not match the schema');
    return this.#entry(key, 'The provided key element does not match the schema');
  }

  entryOfItem(item: Item): Entry {
    return this.#entry(item, undefined);
  }

  /** An item as the table would keep it. */
  checkedItem(item: Item): Item {
    const stored = storedItem(item);
    if (itemBytes(stored) > (this.definition.itemBytes ?? this.#host.itemBytes))
      throw validationError('Item size has exceeded the maximum allowed size');
    const reason = this.refuses(stored);
    if (reason !== undefined) throw validationError(reason);
    return stored;
  }

  positionOf(key: Key): number {
    return this.#position(this.entry(key));
  }

  /** What `Entry.partition` holds for this value of the partition key. */
  partitionText(value: AttributeValue): string {
    return keyText(value, this.definition.partitionKey, 'HASH');
  }

  compareSortKeys(a: Entry, b: Entry): number {
    const name = this.keyNames[1];
    if (name === undefined) return 0;
    return compareScalars(a.key[name] as AttributeValue, b.key[name] as AttributeValue) ?? 0;
  }

  #entry(attributes: Item, mismatch: string | undefined): Entry {
    const { partitionKey, sortKey } = this.definition;
    const partition = keyText(attributes[partitionKey.name], partitionKey, 'HASH', mismatch);
    const sort = sortKey ? keyText(attributes[sortKey.name], sortKey, 'RANGE', mismatch) : '';
    const text = sortKey ? `${partition.length}:${partition}${sort}` : partition;
    const known = this.#byText.get(text);
    if (known) return known;
    const entry: Entry = {
      key: storedItem(
        Object.fromEntries(this.keyNames.map((name) => [name, attributes[name] as AttributeValue])),
      ),
      text,
      hash: hashText(`${this.#salt}${partition}`),
      partition,
      item: undefined,
      past: [],
    };
    this.#byText.set(text, entry);
    this.entries.splice(this.#position(entry), 0, entry);
    return entry;
  }

  #position(entry: Entry): number {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.entries[middle] as Entry, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(a: Entry, b: Entry): number {
    return a.hash - b.hash || compareText(a.partition, b.partition) || this.compareSortKeys(a, b);
  }
}
