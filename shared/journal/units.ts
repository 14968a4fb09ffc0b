import { UnitLostError } from '../errors.ts';
import type { UnitPhase } from '../phases.ts';
import type { RecordTable } from './table.ts';

/** What a worker has counted in its unit; each phase names its own counters. */
export type Counts = Readonly<Record<string, number>>;

export interface UnitRecord {
  /** Grows by one whenever a worker takes the unit; every checkpoint is conditional on it. */
  readonly term: number;
  readonly holder: string;
  /** Milliseconds since the epoch; the worker's invocation can't live longer. */
  readonly expiresAt: number;
  /** Where to go on, as the phase wrote it; absent at the start. */
  readonly position?: string;
  readonly counts?: Counts;
  readonly done?: boolean;
  /** Number of the last checkpoint. */
  readonly checkpoint?: number;
}

/**
 * The units of each phase that is fanned out, each under a partition key of its own, so that thousands of workers
 * meet no hot key. A unit has one holder at a time: a lease that expires by time, with a term that only grows.
 */
export class Units {
  readonly #table: RecordTable;
  readonly #migration: string;

  constructor(table: RecordTable, migration: string) {
    this.#table = table;
    this.#migration = migration;
  }

  /**
   * Takes a unit, if nobody holds it or its holder was sent by an earlier coordinator, whose checkpoints are refused
   * from now on (what it still inserts is harmless).
   * @returns the record with the new term, or undefined while another worker holds it.
   */
  async take(
    phase: UnitPhase,
    unit: number,
    lease: {
      readonly holder: string;
      readonly coordinator: number;
      readonly now: number;
      readonly expiresAt: number;
    },
  ): Promise<UnitRecord | undefined> {
    const { holder, coordinator, now, expiresAt } = lease;
    const key = this.#key(phase, unit);
    const taken = await this.#table.update<UnitRecord>(
      key,
      'SET #term = if_not_exists(#term, :zero) + :one, #holder = :holder, #coordinator = :coordinator, #expiresAt = :expiresAt',
      { zero: 0, one: 1, holder, coordinator, expiresAt },
      {
        expression: 'attribute_not_exists(#expiresAt) OR #expiresAt < :now OR #coordinator < :coordinator',
        values: { now },
      },
    );
    if (taken) return taken;
    // The answer of an earlier attempt may have been lost: then the record carries this holder.
    const current = await this.#table.get<UnitRecord>(key);
    return current?.holder === holder ? current : undefined;
  }

  /**
   * Moves the position of a unit. What is before it must be durable.
   * @param by the worker's term, and a number that grows with each checkpoint of the unit: a request that was given up
   * and takes effect late does not move it back.
   * @throws UnitLostError when another worker has taken the unit.
   */
  async checkpoint(
    phase: UnitPhase,
    unit: number,
    { term, checkpoint }: { readonly term: number; readonly checkpoint: number },
    state: { readonly position?: string; readonly counts: Counts; readonly done: boolean },
  ): Promise<void> {
    const kept = await this.#table.update(
      this.#key(phase, unit),
      state.position === undefined
        ? 'SET #checkpoint = :checkpoint, #counts = :counts, #done = :done REMOVE #position'
        : 'SET #checkpoint = :checkpoint, #position = :position, #counts = :counts, #done = :done',
      { ...state, checkpoint },
      {
        expression: '#term = :term AND (attribute_not_exists(#checkpoint) OR #checkpoint <= :checkpoint)',
        values: { term },
      },
    );
    if (!kept) throw new UnitLostError(`unit ${unit} of ${phase}: another worker has taken it`);
  }

  /** Gives a unit back before its lease is over, so that the next worker need not wait. */
  async release(phase: UnitPhase, unit: number, term: number): Promise<void> {
    await this.#table.update(
      this.#key(phase, unit),
      'SET #expiresAt = :zero',
      { zero: 0 },
      { expression: '#term = :term', values: { term } },
    );
  }

  /** The records of units 0 to `total - 1`; undefined where no worker has begun. */
  records(phase: UnitPhase, total: number): Promise<(UnitRecord | undefined)[]> {
    return this.#table.getAll<UnitRecord>(Array.from({ length: total }, (_, unit) => this.#key(phase, unit)));
  }

  #key(phase: UnitPhase, unit: number) {
    return { pk: `unit#${this.#migration}#${phase}#${unit}`, sk: 'unit' };
  }
}

/** Sums the counters of units. */
export function sumCounts(records: readonly (UnitRecord | undefined)[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const record of records) {
    for (const [name, value] of Object.entries(record?.counts ?? {})) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}
