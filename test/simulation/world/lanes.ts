import { hashText, type Random } from './random.ts';
import type { Shard, ShardRecord } from './shard.ts';

/** The part of a shard that a mapping delivers in order: all of it, or the keys of one hash. */
export class Lane {
  readonly shard: Shard;
  /** Behind the last record whose batch succeeded. */
  position: number;
  busy = false;
  retryAt = 0;
  readonly #number: number;
  readonly #lanes: number;

  constructor(shard: Shard, position: number, number: number, lanes: number) {
    this.shard = shard;
    this.position = position;
    this.#number = number;
    this.#lanes = lanes;
  }

  get isDone(): boolean {
    return !this.busy && this.shard.closedAt !== undefined && this.position >= this.shard.end;
  }

  /** The next records that can be seen, and the position behind them. */
  batch(
    now: number,
    most: number,
    random: Random,
  ): { readonly records: readonly ShardRecord[]; readonly next: number } {
    const size = random.int(1, most);
    const records: ShardRecord[] = [];
    let next = this.position;
    for (let record = this.shard.at(next); record && records.length < size; record = this.shard.at(next)) {
      if (record.visibleAt > now) break;
      if (this.#takes(record)) records.push(record);
      next++;
    }
    return { records, next };
  }

  #takes({ record }: ShardRecord): boolean {
    return (
      this.#lanes === 1 || hashText(JSON.stringify(record.dynamodb?.Keys)) % this.#lanes === this.#number
    );
  }
}
