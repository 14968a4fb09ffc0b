import type { _Record } from '@aws-sdk/client-dynamodb-streams';

export interface ShardRecord {
  readonly record: _Record;
  readonly sequence: string;
  readonly writtenAt: number;
  /** When readers begin to see it. */
  readonly visibleAt: number;
}

export interface ShardProps {
  readonly id: string;
  readonly parent?: string;
  /** The hashes whose changes it takes: from `low` up to, not including, `high`. */
  readonly low: number;
  readonly high: number;
  readonly start: bigint;
  readonly openedAt: number;
  /** When DescribeStream begins to list it. */
  readonly listedAt: number;
}

/** One shard of a stream. Positions count its records from the first one ever, so trimming moves none. */
export class Shard {
  readonly id: string;
  readonly parent: string | undefined;
  readonly low: number;
  readonly high: number;
  readonly openedAt: number;
  readonly listedAt: number;
  readonly startingSequence: string;
  readonly records: ShardRecord[] = [];
  /** How many records are gone from the front. */
  trimmed = 0;
  last: bigint;
  closedAt: number | undefined;

  constructor({ id, parent, low, high, start, openedAt, listedAt }: ShardProps) {
    this.id = id;
    this.parent = parent;
    this.low = low;
    this.high = high;
    this.last = start;
    this.startingSequence = String(start);
    this.openedAt = openedAt;
    this.listedAt = listedAt;
  }

  takes(hash: number): boolean {
    return this.closedAt === undefined && hash >= this.low && hash < this.high;
  }

  /** Position behind the last record, trimmed ones counted. */
  get end(): number {
    return this.trimmed + this.records.length;
  }

  at(position: number): ShardRecord | undefined {
    return this.records[position - this.trimmed];
  }

  /** Position of a sequence number; undefined if no record that is left has it. */
  positionOf(sequence: string): number | undefined {
    const index = this.records.findIndex((record) => record.sequence === sequence);
    return index < 0 ? undefined : this.trimmed + index;
  }

  trimBefore(position: number): void {
    const count = Math.min(position, this.end) - this.trimmed;
    if (count <= 0) return;
    this.records.splice(0, count);
    this.trimmed += count;
  }
}
