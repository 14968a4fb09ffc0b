import { count, textTable } from './text-table.ts';
import type { Finding, FindingKind, Verdict } from './verdict.ts';

/** A verdict on what bears this name, as `cities`. */
export interface NamedVerdict {
  readonly name: string;
  readonly verdict: Verdict;
}

const ROWS: readonly (readonly [string, (verdict: Verdict) => string])[] = [
  ['acknowledged writes', ({ ledger }) => count(ledger.acknowledged)],
  ['lost', ({ findings }) => count(countOf(findings, 'lost'))],
  ['resurrected', ({ findings }) => count(countOf(findings, 'resurrected'))],
  ['duplicated', ({ findings, ledger }) => count(countOf(findings, 'duplicated') + ledger.twice.length)],
  ['failed for the application', ({ ledger }) => count(ledger.failures.length)],
  ['contradicted what it was told', ({ ledger }) => count(ledger.contradictions.length)],
  ['longest write pause', ({ ledger }) => milliseconds(ledger.pauses.longestMilliseconds)],
  ['write pause, 99th percentile', ({ ledger }) => milliseconds(ledger.pauses.p99Milliseconds)],
  ['write pause, median', ({ ledger }) => milliseconds(ledger.pauses.medianMilliseconds)],
  ['written, compared', ({ written }) => count(written)],
  ['left alone, compared', ({ untouched }) => count(untouched)],
  ['differing content', ({ findings }) => count(countOf(findings, 'differing'))],
  ['written by nobody', ({ findings }) => count(countOf(findings, 'surplus'))],
  ["left of the migrator's own", ({ findings }) => count(countOf(findings, 'reserved'))],
  ['on the source', ({ sourceCount }) => count(sourceCount ?? 0)],
  ['on the target', ({ targetCount }) => count(targetCount)],
];

/** Lines of a table for people: the verdicts side by side, and the first of what was found. */
export function verdictTable(verdicts: readonly NamedVerdict[]): string[] {
  const names = verdicts.map(({ name }) => name);
  const rows = ROWS.map(([title, cell]) => [title, ...verdicts.map(({ verdict }) => cell(verdict))]);
  // The last column of a text table is set to the left: an empty one keeps the numbers to the right.
  return [
    ...textTable([['', ...names, ''], ...rows.map((row) => [...row, ''])]),
    ...verdicts.flatMap(({ verdict }) => details(verdict)).map((line) => `  ${line}`),
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
        `${new Date(at).toISOString()} ${writer} ${operation} ${key}: ${detail}`,
    ),
  ];
  return lines.length > DETAILS
    ? [...lines.slice(0, DETAILS), `… and ${count(lines.length - DETAILS)} more`]
    : lines;
}

function milliseconds(value: number): string {
  return `${count(value)} ms`;
}
