import { createHash } from 'node:crypto';
import { itemText, keyFromText } from '../items.ts';
import type { Key } from '../model.ts';
import { inParallel } from '../parallel.ts';
import type { RecordTable } from './table.ts';

/**
 * Keys that need attention:
 * - `quarantine`: a change could not be applied. The cutover needs it empty; a repair settles it.
 * - `recheck`: a record at or below the floor came again; the next round compares its key.
 * - `repaired`: a repair has written it; the final recheck looks once more.
 * - `oversize`: only the reserved attribute pushes it over the limit; written without it once the direction is closed.
 * - `tombstone`: a removal left a tombstone, to be swept.
 * - `in-doubt`: a write of it may be under way whose outcome nobody knows; where cells carry no versions.
 * - `stray`: the side that was left changed after the switch.
 */
export type KeyListKind =
  | 'quarantine'
  | 'recheck'
  | 'repaired'
  | 'oversize'
  | 'tombstone'
  | 'in-doubt'
  | 'stray';

export interface KeyEntry {
  readonly resource: number;
  readonly key: Key;
  /**
   * The whole reserved value of a tombstone; of a write in doubt what is its own; elsewhere the highest version
   * (prefix) known of the key.
   */
  readonly version: string;
  readonly reason?: string;
}

interface KeyRecord {
  readonly resource: number;
  readonly key: string;
  readonly version: string;
  readonly reason?: string;
}

/** Lists in which a key may stand several times: each version is an entry of its own. */
const EACH_VERSION: readonly KeyListKind[] = ['tombstone', 'in-doubt'];
/** Spread of one list, so that thousands of removals a second meet no hot partition. */
const LIST_SHARDS = 4;
const WRITES_IN_FLIGHT = 16;

/** Lists of keys, each entry durable before the record that caused it is acknowledged. */
export class KeyLists {
  readonly #table: RecordTable;
  readonly #migration: string;

  constructor(table: RecordTable, migration: string) {
    this.#table = table;
    this.#migration = migration;
  }

  /** Adds entries. A key that is listed already keeps the higher version, where not each is an entry of its own. */
  async add(kind: KeyListKind, entries: readonly KeyEntry[]): Promise<void> {
    await inParallel(entries, WRITES_IN_FLIGHT, async (entry) => {
      const { resource, key, version, reason } = entry;
      await this.#table.put(
        this.#key(kind, entry),
        { resource, key: itemText(key), version, reason },
        EACH_VERSION.includes(kind)
          ? undefined
          : {
              expression: 'attribute_not_exists(#version) OR #version < :version',
              values: { version },
            },
      );
    });
  }

  /** Removes an entry, unless a newer record has joined it. */
  async remove(kind: KeyListKind, entry: KeyEntry): Promise<void> {
    await this.#table.delete(this.#key(kind, entry), {
      expression: '#version = :seen',
      values: { seen: entry.version },
    });
  }

  /** The entries of a list, read page by page. */
  async *entries(kind: KeyListKind): AsyncGenerator<KeyEntry> {
    for (let shard = 0; shard < LIST_SHARDS; shard++) yield* this.#entriesOf(kind, shard);
  }

  /** The entries of a list at once. */
  async all(kind: KeyListKind): Promise<KeyEntry[]> {
    const shards = Array.from({ length: LIST_SHARDS }, (_, shard) => shard);
    return (
      await inParallel(shards, LIST_SHARDS, (shard) => Array.fromAsync(this.#entriesOf(kind, shard)))
    ).flat();
  }

  async *#entriesOf(kind: KeyListKind, shard: number): AsyncGenerator<KeyEntry> {
    for await (const { resource, key, version, reason } of this.#table.query<KeyRecord>(
      this.#partition(kind, shard),
    ))
      yield { resource, key: keyFromText(key), version, ...(reason === undefined ? {} : { reason }) };
  }

  async find(kind: KeyListKind, resource: number, key: Key): Promise<KeyEntry | undefined> {
    const record = await this.#table.get<KeyRecord>(this.#key(kind, { resource, key, version: '' }));
    return record && { resource, key, version: record.version };
  }

  /** Whether a key stands in a list, in which it may stand several times. */
  async has(kind: KeyListKind, resource: number, key: Key): Promise<boolean> {
    const { pk, sk } = this.#key(kind, { resource, key, version: '' });
    for await (const record of this.#table.query(pk, sk)) if (record) return true;
    return false;
  }

  #key(kind: KeyListKind, { resource, key, version }: KeyEntry) {
    // A key can be longer than a sort key may be: its hash stands for it.
    const hash = createHash('sha256')
      .update(`${resource}#${itemText(key)}`)
      .digest('hex');
    const shard = Number.parseInt(hash.slice(0, 4), 16) % LIST_SHARDS;
    return {
      pk: this.#partition(kind, shard),
      sk: EACH_VERSION.includes(kind) ? `${hash}#${version}` : hash,
    };
  }

  #partition(kind: KeyListKind, shard: number): string {
    return `list#${this.#migration}#${kind}#${shard}`;
  }
}
