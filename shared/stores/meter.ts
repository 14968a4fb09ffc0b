import type { Capacity, CapacityKind } from '../capacity.ts';

/**
 * A request that was throttled, and where the limit is that it met. A hot key range concerns those who use it; a table,
 * a bucket or the account everybody.
 */
export interface Throttling {
  readonly kind: CapacityKind;
  readonly scope: 'key range' | 'table' | 'bucket' | 'account';
}

/** What a store asks before it uses capacity, and whom it tells that it was throttled. */
export interface Meter {
  /** Waits until so much may be used. */
  spend(kind: CapacityKind, units: number): Promise<void>;
  /** More was used than asked for, or less: below zero it is given back. */
  correct(kind: CapacityKind, units: number): void;
  /**
   * What the items of one page may take of each kind, so that they take seconds at the pace that stands. Kinds are
   * absent that nothing limits, or that the present work takes none of.
   */
  pageShare(): Promise<Capacity>;
  /** A request was throttled and is about to be tried again. */
  throttled(throttling: Throttling): Promise<void>;
  /** Waits before a request is tried again that was tried so often. */
  backOff(attempts: number): Promise<void>;
}
