import type { DynamoDB } from './clients.ts';
import type { Side } from './direction.ts';
import { RecordTable } from './journal/table.ts';
import { chunks, inParallel } from './parallel.ts';
import type { Runtime } from './runtime.ts';

/** Each shard is a partition of its own: 1,000 records a second. */
export const HINT_SHARDS = 8;
/**
 * How long a router goes by a hint: it sends the write within this time, or notes its keys anew. An answer counts only
 * within the time limit of an attempt. So a write takes effect, if its application hears of it, not later than this and
 * `attemptMilliseconds` after `at`.
 */
export const HINT_HOLDS_MILLISECONDS = 2_000;
/** 100 keys of 1,024 bytes stay far below the size of an item. */
const KEYS_OF_A_HINT = 100;
const LIFE_SECONDS = 2 * 24 * 3_600;
const TIME_DIGITS = 15;

/** Keys that a router is about to write: more than a hint they are not, the write may fail. */
interface HintedKeys {
  /** Position in the route's buckets. */
  readonly resource: number;
  /** The side that is written. */
  readonly side: Side;
  /** Without the prefix of the resource. */
  readonly keys: readonly string[];
}

export interface Hint extends HintedKeys {
  readonly shard: number;
  /** Its place in its shard. */
  readonly position: string;
  /** When its reader has come upon it first, by the reader's clock; milliseconds since the epoch. */
  readonly seenAt?: number;
  /** By the clock of the router, before it began to note it: milliseconds since the epoch. */
  readonly at: number;
}

type HintRecord = HintedKeys & { readonly sk: string; readonly seenAt?: number };

/** What routers note of their writes, in the table of the route, before they send them. */
export class HintLog {
  readonly #table: RecordTable;
  readonly #migration: string;
  readonly #runtime: Runtime;

  constructor(client: DynamoDB, table: string, migration: string, runtime: Runtime) {
    this.#table = new RecordTable(client, table, ['name', 'sk']);
    this.#migration = migration;
    this.#runtime = runtime;
  }

  /** Notes keys durably, at most 100 in one record. */
  async note({ resource, side, keys }: HintedKeys): Promise<void> {
    const now = this.#runtime.now();
    await Promise.all(
      chunks(keys, KEYS_OF_A_HINT).map((some) =>
        this.#table.put(
          {
            pk: this.#partition(Math.floor(this.#runtime.random() * HINT_SHARDS)),
            sk: `${String(now).padStart(TIME_DIGITS, '0')}#${this.#runtime.id()}`,
          },
          { resource, side, keys: some, expiresAt: Math.ceil(now / 1000) + LIFE_SECONDS },
        ),
      ),
    );
  }

  /**
   * Every hint there is. They are not in the order in which they came: their times are those of the routers' clocks, and
   * a router whose clock is slow would write before a position that was read already.
   */
  async all(): Promise<Hint[]> {
    const shards = Array.from({ length: HINT_SHARDS }, (_, shard) => shard);
    return (await inParallel(shards, HINT_SHARDS, (shard) => this.#hintsOf(shard))).flat();
  }

  /** Notes when a hint was come upon first. One that is gone stays so. */
  async markSeen({ shard, position }: Hint, now: number): Promise<void> {
    await this.#table.update(
      { pk: this.#partition(shard), sk: position },
      'SET #seenAt = if_not_exists(#seenAt, :now)',
      { now },
      { expression: 'attribute_exists(#sk)' },
    );
  }

  async remove({ shard, position }: Hint): Promise<void> {
    await this.#table.delete({ pk: this.#partition(shard), sk: position });
  }

  async #hintsOf(shard: number): Promise<Hint[]> {
    const records = await Array.fromAsync(this.#table.query<HintRecord>(this.#partition(shard)));
    return records.map(({ sk, resource, side, keys, seenAt }) => ({
      shard,
      position: sk,
      at: Number(sk.slice(0, TIME_DIGITS)),
      resource,
      side,
      keys,
      ...(seenAt === undefined ? {} : { seenAt }),
    }));
  }

  #partition(shard: number): string {
    return `${this.#migration}~hints#${shard}`;
  }
}
