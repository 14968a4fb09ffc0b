import type { Ledger } from './ledger.ts';
import { count } from './text-table.ts';

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
  readonly sourceItems?: number;
  readonly targetItems: number;
  /** Keys that the application wrote. */
  readonly written: number;
  /** Items that it left alone, compared on both sides. */
  readonly untouched: number;
}

/** Whether nothing was found, and the application got neither an error nor a contradiction. */
export function passed({ findings, ledger }: Verdict): boolean {
  const { failures, contradictions, twice } = ledger;
  return findings.length + failures.length + contradictions.length + twice.length === 0;
}

/** Lines of a table for people: the verdict, further facts, and the first of what was found. */
export function verdictTable(
  verdict: Verdict,
  facts: readonly (readonly [string, string])[] = [],
): readonly string[] {
  const { findings, ledger } = verdict;
  const found = (kind: FindingKind) => countOf(findings, kind);
  const rows: (readonly [string, string])[] = [
    ['acknowledged writes', count(ledger.acknowledged)],
    ['lost', count(found('lost'))],
    ['resurrected', count(found('resurrected'))],
    ['duplicated', count(found('duplicated') + ledger.twice.length)],
    ['failed for the application', count(ledger.failures.length)],
    ['contradicted what it was told', count(ledger.contradictions.length)],
    ['longest write pause', milliseconds(ledger.pauses.longestMilliseconds)],
    ['write pause, 99th percentile', milliseconds(ledger.pauses.p99Milliseconds)],
    ['write pause, median', milliseconds(ledger.pauses.medianMilliseconds)],
    ['keys it wrote, compared', count(verdict.written)],
    ['items it left alone, compared', count(verdict.untouched)],
    ['differing content', count(found('differing'))],
    ['items nobody wrote', count(found('surplus'))],
    ["left of the migrator's own", count(found('reserved'))],
    ['items on source / target', `${count(verdict.sourceItems ?? 0)} / ${count(verdict.targetItems)}`],
    ...facts,
  ];
  const left = Math.max(...rows.map(([name]) => name.length));
  const right = Math.max(...rows.map(([, value]) => value.length));
  return [
    ...rows.map(([name, value]) => `  ${name.padEnd(left)}  ${value.padStart(right)}`),
    ...details(verdict).map((line) => `  ${line}`),
  ];
}

/** The same in one row, for a table of several counts. */
export const VERDICT_COLUMNS = ['acknowledged', 'lost', 'resurrected', 'duplicated', 'failed', 'other harm'];

export function verdictRow({ findings, ledger }: Verdict): readonly string[] {
  const { failures, contradictions, twice } = ledger;
  const [lost, resurrected, duplicated] = [
    countOf(findings, 'lost'),
    countOf(findings, 'resurrected'),
    countOf(findings, 'duplicated'),
  ];
  const other = findings.length - lost - resurrected - duplicated + contradictions.length;
  return [ledger.acknowledged, lost, resurrected, duplicated + twice.length, failures.length, other].map(
    count,
  );
}

function countOf(findings: readonly Finding[], kind: FindingKind): number {
  return findings.filter((finding) => finding.kind === kind).length;
}

const DETAILS = 10;

function details({ findings, ledger }: Verdict): string[] {
  const lines = [
    ...findings.map(({ kind, side, key, detail }) => `${kind} on the ${side}: ${key}: ${detail}`),
    ...[...ledger.failures, ...ledger.contradictions, ...ledger.twice].map(
      ({ at, writer, operation, key, detail }) =>
        `${new Date(at).toISOString()} ${writer} ${operation} ${JSON.stringify(key)}: ${detail}`,
    ),
  ];
  return lines.length > DETAILS
    ? [...lines.slice(0, DETAILS), `… and ${count(lines.length - DETAILS)} more`]
    : lines;
}

function milliseconds(value: number): string {
  return `${count(value)} ms`;
}
