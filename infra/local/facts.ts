import type { Status } from '../../shared/status.ts';
import type { Pauses } from './ledger.ts';
import { count } from './text-table.ts';

/** What the migration says of itself, beside the independent count. @param pauses of each application. */
export function migrationFacts(
  { progress, phases, switched, pauseMilliseconds }: Status,
  pauses: readonly Pauses[],
): (readonly [string, string])[] {
  const copied = progress.copy.counts.items ?? 0;
  const seconds = ((phases.copy?.endedAt ?? 0) - (phases.copy?.startedAt ?? 0)) / 1000;
  const facts: (readonly [string, string])[] = [
    ['copied', count(copied)],
    ['copy rate', seconds > 0 ? `${count(copied / seconds)}/s` : 'not measured'],
    ['mismatches found and repaired', count(progress.verify.counts.repaired ?? 0)],
  ];
  if (!switched) return facts;
  const { fencedAt, switchedAt, attempt } = switched;
  const longest = Math.max(0, ...pauses.map((one) => longestDuring(one, fencedAt, switchedAt)));
  return [
    ['longest write pause at the cutover', `${count(longest)} ms`],
    ['fence to switch', `${count(pauseMilliseconds ?? 0)} ms`],
    ['cutovers tried', count(attempt)],
    ...facts,
  ];
}

/** The longest wait of a write that was under way at some moment of a time span (milliseconds since the epoch). */
function longestDuring({ long }: Pauses, from: number, to: number): number {
  const during = long.filter(({ sentAt, milliseconds }) => sentAt <= to && sentAt + milliseconds >= from);
  return Math.max(0, ...during.map(({ milliseconds }) => milliseconds));
}
