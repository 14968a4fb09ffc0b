import { inParallel } from '../parallel.ts';
import type { RecordTable } from './table.ts';

const WRITES_IN_FLIGHT = 32;

/** How far the auditor has read one shard. */
export interface ShardPosition {
  readonly shard: string;
  /** Last sequence number read; absent where nothing has been read yet. */
  readonly sequence?: string;
  /** Where the last complete round began: the final recheck starts there, one round further back. */
  readonly roundStart?: string;
  /** The shard is closed and read to its end. */
  readonly ended: boolean;
  /** It was so when the last complete round began already. */
  readonly endedBefore: boolean;
  /** When the last complete round began; milliseconds since the epoch. */
  readonly readAt: number;
}

/** The auditor's positions in the stream of one resource, one record for each shard. */
export class ShardPositions {
  readonly #table: RecordTable;
  readonly #migration: string;

  constructor(table: RecordTable, migration: string) {
    this.#table = table;
    this.#migration = migration;
  }

  async read(stream: string): Promise<Map<string, ShardPosition>> {
    const positions = new Map<string, ShardPosition>();
    for await (const { sk, ...rest } of this.#table.query<Omit<ShardPosition, 'shard'> & { sk: string }>(
      this.#partition(stream),
    ))
      positions.set(sk, { shard: sk, ...rest });
    return positions;
  }

  /**
   * Notes a complete round. Every key read up to here is settled: reading it again would only be work done twice, or,
   * after the switch, take it for a stray. So what an earlier round notes late changes nothing. A spent position is
   * removed.
   */
  async write(
    stream: string,
    positions: readonly (ShardPosition & { readonly spent: boolean })[],
  ): Promise<void> {
    await inParallel(positions, WRITES_IN_FLIGHT, async ({ shard, spent, ...position }) => {
      const key = { pk: this.#partition(stream), sk: shard };
      if (spent) await this.#table.delete(key);
      else
        await this.#table.put(key, position, {
          expression: 'attribute_not_exists(#readAt) OR #readAt <= :readAt',
          values: { readAt: position.readAt },
        });
    });
  }

  #partition(stream: string): string {
    return `audit#${this.#migration}#${stream}`;
  }
}
