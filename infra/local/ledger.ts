/**
 * What an application knows of its own writes; the checker holds both sides against it. A write is
 *
 * - *acknowledged* when the answer said so. An answer that needed more than one attempt proves that the write took
 *   effect at least once, and an attempt that timed out may still take effect later. For a write that names the
 *   version it replaces that is harmless: versions never come back, so a late attempt is refused. After any other
 *   repeated write its record is left alone, so that a late attempt can only write what stands there already.
 * - *refused* when its condition did not hold. If an earlier attempt of the same write had no answer, that one may
 *   have been the cause: the item that comes with the refusal tells, and the write is acknowledged after all if it
 *   shows its own content (*settled by reading*).
 * - *failed* when the application got an error. Whether it took effect is unknown: its record is left alone with two
 *   contents that are both right, before and after. A migration without failed writes has none.
 */
export interface Ledger {
  readonly acknowledged: number;
  /** Conditions that were rightly refused: races that were lost, keys that were taken. */
  readonly refused: number;
  /** Writes that needed more than one attempt. */
  readonly repeated: number;
  readonly settledByReading: number;
  readonly failures: readonly Incident[];
  /** What the application was told (an old image, an item it read, a refusal) against what it had been told before. */
  readonly contradictions: readonly Incident[];
  /** Writes that took effect although the same one had before. */
  readonly twice: readonly Incident[];
  readonly records: readonly LedgerRecord[];
  readonly pauses: Pauses;
}

export interface Incident {
  readonly at: number;
  readonly writer: string;
  readonly operation: string;
  readonly key: string;
  readonly detail: string;
}

/** The digest of a record where nothing stands. */
export const ABSENT = 'absent';

/** A record that one writer alone writes. */
export interface LedgerRecord {
  readonly key: string;
  /** Digest of what may stand there at the end: of one content, or of two after a failed write. */
  readonly expected: readonly string[];
  /** Digests of everything that ever stood there, in order, with the time of the acknowledgement. */
  readonly states: readonly { readonly digest: string; readonly at: number }[];
}

/** How long writes took, from sending to answer, as the application sees it. */
export interface Pauses {
  readonly medianMilliseconds: number;
  readonly p99Milliseconds: number;
  readonly longestMilliseconds: number;
  /** The writes that took long, so that a pause can be told from others. */
  readonly long: readonly LongWrite[];
}

export interface LongWrite {
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly milliseconds: number;
}
