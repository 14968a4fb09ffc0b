import type { Ledger } from './ledger.ts';

/**
 * - `lost`: an acknowledged write, or an item that nobody touched, is not there (or an earlier state of it is).
 * - `resurrected`: something stands where the last acknowledged write was a removal.
 * - `duplicated`: a counter counted beyond its increments, or two writers hold one claim.
 * - `differing`: content that nobody wrote.
 * - `surplus`: an item that was neither there nor written by the application.
 * - `reserved`: something of the migrator's own.
 */
export type FindingKind = 'lost' | 'resurrected' | 'duplicated' | 'differing' | 'surplus' | 'reserved';

export interface Finding {
  readonly kind: FindingKind;
  readonly side: 'source' | 'target';
  readonly key: string;
  readonly detail: string;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  readonly ledger: Ledger;
  /** Absent where only the side was read that the application works on. */
  readonly sourceCount?: number;
  readonly targetCount: number;
  /** Keys that the application wrote. */
  readonly written: number;
  /** What it left alone, compared on both sides. */
  readonly untouched: number;
}

/** Whether nothing was found, and the application got neither an error nor a contradiction. */
export function passed({ findings, ledger }: Verdict): boolean {
  const { failures, contradictions, twice } = ledger;
  return findings.length + failures.length + contradictions.length + twice.length === 0;
}
