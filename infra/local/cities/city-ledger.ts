import type { Ledger } from '../ledger.ts';
import type { Item } from './item-text.ts';

/** What the application of a table knows beyond its own records: of hot keys, and of keys that it raced for. */
export interface CityLedger extends Ledger {
  readonly counters: readonly LedgerCounter[];
  readonly claims: readonly LedgerClaim[];
}

/** A record with a total and a share for each writer: each share can be held against that writer's own count. */
export interface LedgerCounter {
  readonly key: Item;
  readonly shares: readonly CounterShare[];
}

export interface CounterShare {
  readonly attribute: string;
  readonly acknowledged: number;
  /** Attempts that may have counted beyond the acknowledged ones. */
  readonly uncertain: number;
}

/** A record that several writers try to create: one of them may. */
export interface LedgerClaim {
  readonly key: Item;
  readonly winners: readonly Item[];
  readonly uncertain: readonly Item[];
}
