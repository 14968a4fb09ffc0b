import { FIRST_EPOCH } from '../direction.ts';
import { CutoverGivenUpError } from '../errors.ts';
import type { CutoverRecord } from '../journal/coordinator.ts';
import type { Migration } from './migration.ts';

/** A rehearsal as it was measured, or why there was none. */
export interface RehearsalFact {
  readonly at: number;
  readonly attempt: number;
  /** From the fence to the moment at which the switch would have been made. */
  readonly pauseMilliseconds?: number;
  /** Why it did not come so far. */
  readonly failed?: string;
}

/** Whether the next cutover is a rehearsal: a person asks for it, or the spec does, once. */
export async function isRehearsal({ journal, spec }: Pick<Migration, 'journal' | 'spec'>): Promise<boolean> {
  const approval = await journal.coordinator.approval();
  if (approval) return approval.rehearsal === true;
  if (!spec.cutover.rehearse || journal.epoch !== FIRST_EPOCH) return false;
  return (await journal.fact<RehearsalFact>('rehearsal')) === undefined;
}

/**
 * Up to here a rehearsal is a cutover; now its pause is known, and everything is given back.
 * @throws CutoverGivenUpError always.
 */
export async function endRehearsal(
  { journal, runtime }: Pick<Migration, 'journal' | 'runtime'>,
  { attempt, fencedAt = 0 }: CutoverRecord,
): Promise<never> {
  const at = runtime.now();
  const pauseMilliseconds = at - fencedAt;
  await journal.noteFact('rehearsal', { at, attempt, pauseMilliseconds } satisfies RehearsalFact);
  throw new CutoverGivenUpError(`rehearsal: everything but the switch was done in ${pauseMilliseconds} ms`);
}

/** The attempt that was rehearsed last. */
export async function rehearsedAttempt({ journal }: Pick<Migration, 'journal'>): Promise<number | undefined> {
  return (await journal.fact<RehearsalFact>('rehearsal'))?.attempt;
}
