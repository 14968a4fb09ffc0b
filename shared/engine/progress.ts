import { type Phase, phaseRank } from '../phases.ts';
import type { Migration } from './migration.ts';

/**
 * Moves the migration on to a phase, if it is not there or further already: a resumed migration passes its finished
 * phases again, and they stay as they were.
 * @throws LeaseLostError when another coordinator has taken over.
 */
export async function advanceTo(
  { journal, runtime, term }: Pick<Migration, 'journal' | 'runtime' | 'term'>,
  phase: Phase,
): Promise<void> {
  const { phase: current } = await journal.coordinator.assertTerm(term);
  if (phaseRank(phase) <= phaseRank(current)) return;
  await journal.coordinator.leave(term, current, runtime.now());
  await journal.coordinator.enter(term, phase, runtime.now());
}
