import { textTable } from '../../infra/local/text-table.ts';
import { phasesOf, phaseTitle } from '../../shared/phases.ts';
import type { ChaosResult } from './chaos-run.ts';
import { FAULT_KINDS } from './proxy/fault.ts';

/** What a migration has survived, as lines of a table. */
export function chaosTable(result: ChaosResult): readonly string[] {
  const { faults, kills, stopped, failures, redelivered } = result;
  const { ofWorkers, ofApplication } = faults;
  const rows = [
    ['', 'workers', 'application', ''],
    ...FAULT_KINDS.map((kind) => [
      kind,
      String(ofWorkers.of(kind)),
      String(ofApplication.of(kind)),
      [...ofWorkers.plus(ofApplication).operations(kind)]
        .toSorted(([, a], [, b]) => b - a)
        .slice(0, 3)
        .map(([operation, times]) => `${operation} ${times}`)
        .join(', '),
    ]),
    ['in all', String(ofWorkers.total()), String(ofApplication.total()), ''],
  ];
  return [
    ...textTable(rows),
    '',
    `  batches of the stream delivered again: ${redelivered.batches} (the applier refused ${redelivered.refused})`,
    `  killed while they wrote: ${[...kills].map(([victim, times]) => `${victim} ${times}`).join(', ') || 'nobody'}`,
    `  stopped and started again in ${stopped.length} of ${phasesOf({ cutover: {} }).length} phases: ${stopped.map(phaseTitle).join(', ') || 'none'}`,
    `  failed by itself and started again: ${failures.length}`,
  ];
}
