import type { Runtime } from '../runtime.ts';
import type { RecordTable } from './table.ts';

/** What the applier did, in numbers of records. */
export interface AppliedCounts {
  readonly records: number;
  readonly written: number;
  readonly removed: number;
  readonly newer: number;
  readonly skipped: number;
  readonly quarantined: number;
  readonly rechecked: number;
}

/** One point of the lag curve. */
export interface LagSample {
  /** Milliseconds since the epoch, start of the interval. */
  readonly at: number;
  readonly batches: number;
  readonly records: number;
  /** Sum over the batches of the age of their oldest record, in seconds. */
  readonly lagSeconds: number;
}

/** Spread of the counters: their reader sums them. */
const SHARDS = 4;
const SAMPLE_MILLISECONDS = 10_000;

/** Counters of the applier and its lag over time. Redelivery counts twice: they inform, nothing is decided by them. */
export class Activity {
  readonly #table: RecordTable;
  readonly #migration: string;
  readonly #runtime: Runtime;

  constructor(table: RecordTable, migration: string, runtime: Runtime) {
    this.#table = table;
    this.#migration = migration;
    this.#runtime = runtime;
  }

  /** Adds one batch to the counters and to the lag curve. */
  async add(counts: AppliedCounts, lagSeconds: number): Promise<void> {
    const now = this.#runtime.now();
    const shard = Math.floor(this.#runtime.random() * SHARDS);
    const names = Object.keys(counts) as (keyof AppliedCounts)[];
    await Promise.all([
      this.#table.update(
        { pk: this.#pk, sk: `total#${shard}` },
        `SET #at = :now ADD ${names.map((name) => `#${name} :${name}`).join(', ')}`,
        { ...counts, now },
      ),
      this.#table.update(
        {
          pk: this.#pk,
          sk: sampleKey(now),
        },
        'ADD #batches :one, #records :records, #lagSeconds :lagSeconds',
        { one: 1, records: counts.records, lagSeconds },
      ),
    ]);
  }

  async totals(): Promise<AppliedCounts> {
    const sums = { records: 0, written: 0, removed: 0, newer: 0, skipped: 0, quarantined: 0, rechecked: 0 };
    for await (const record of this.#table.query<AppliedCounts>(this.#pk, 'total#')) {
      for (const name of Object.keys(sums) as (keyof AppliedCounts)[]) sums[name] += record[name] ?? 0;
    }
    return sums;
  }

  /** The lag curve from a moment on; milliseconds since the epoch. */
  async samples(since: number): Promise<LagSample[]> {
    const samples: LagSample[] = [];
    const records = this.#table.query<Omit<LagSample, 'at'> & { sk: string }>(
      this.#pk,
      'sample#',
      sampleKey(since),
    );
    for await (const { sk, batches, records: count, lagSeconds } of records)
      samples.push({ at: Number(sk.slice('sample#'.length)), batches, records: count, lagSeconds });
    return samples;
  }

  get #pk(): string {
    return `activity#${this.#migration}`;
  }
}

function sampleKey(at: number): string {
  const start = Math.floor(Math.max(0, at) / SAMPLE_MILLISECONDS) * SAMPLE_MILLISECONDS;
  return `sample#${String(start).padStart(15, '0')}`;
}
