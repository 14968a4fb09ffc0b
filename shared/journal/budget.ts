import type { CapacityKind } from '../capacity.ts';
import type { RecordTable } from './table.ts';

export interface LeaseRequest {
  readonly units: number;
  /** Of the whole migration. */
  readonly unitsPerSecond: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A lease that would begin later is not taken. */
  readonly latest: number;
}

/** `startsAt`: the units may be used from then on. `freeAt`: everything until then is taken. */
export type Lease =
  | { readonly kind: 'taken'; readonly startsAt: number }
  | { readonly kind: 'none'; readonly freeAt: number };

/**
 * One budget of each kind of capacity for all workers. Units take time, at the pace of the migration, and each lease is
 * a span of time of its own that begins where the one before it ends: so whatever the number of workers, their leases
 * are never more than the pace allows, but for the one that has just begun (the virtual scheduling algorithm of ATM,
 * "GCRA", ITU-T I.371). Workers see to it that a lease is no tiny span: then the one record takes few writes a second.
 */
export class Budget {
  readonly #table: RecordTable;
  readonly #migration: string;

  constructor(table: RecordTable, migration: string) {
    this.#table = table;
    this.#migration = migration;
  }

  async take(kind: CapacityKind, { units, unitsPerSecond, now, latest }: LeaseRequest): Promise<Lease> {
    const key = this.#key(kind);
    const span = Math.ceil((units / unitsPerSecond) * 1_000);
    const queued = await this.#table.update<BudgetRecord>(
      key,
      'SET #takenUntil = #takenUntil + :span',
      { span },
      { expression: '#takenUntil >= :now AND #takenUntil <= :latest', values: { now, latest } },
    );
    if (queued) return { kind: 'taken', startsAt: queued.takenUntil - span };
    const first = await this.#table.update<BudgetRecord>(
      key,
      'SET #takenUntil = :end',
      { end: now + span },
      { expression: 'attribute_not_exists(#takenUntil) OR #takenUntil < :now', values: { now } },
    );
    if (first) return { kind: 'taken', startsAt: now };
    const { takenUntil = now } = (await this.#table.get<BudgetRecord>(key)) ?? {};
    return { kind: 'none', freeAt: takenUntil };
  }

  /**
   * Gives back units of a lease that were not used: those who come later begin sooner. (What was taken before a lease
   * begins is still what was taken, less what nobody uses.)
   */
  async giveBack(
    kind: CapacityKind,
    { units, unitsPerSecond }: Pick<LeaseRequest, 'units' | 'unitsPerSecond'>,
  ): Promise<void> {
    await this.#table.update(
      this.#key(kind),
      'SET #takenUntil = #takenUntil - :span',
      { span: Math.floor((units / unitsPerSecond) * 1_000) },
      { expression: 'attribute_exists(#takenUntil)' },
    );
  }

  #key(kind: CapacityKind) {
    return { pk: `budget#${this.#migration}#${kind}`, sk: 'budget' };
  }
}

interface BudgetRecord {
  /** Milliseconds since the epoch. */
  readonly takenUntil: number;
}
