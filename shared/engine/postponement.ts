import { CutoverGivenUpError } from '../errors.ts';
import type { Postponement } from '../journal/coordinator.ts';
import type { Migration } from './migration.ts';

type Postponable = Pick<Migration, 'journal' | 'runtime'>;

/** The postponement that keeps the cutover from going on. */
export async function standingPostponement({
  journal,
  runtime,
}: Postponable): Promise<Postponement | undefined> {
  const postponed = await journal.coordinator.postponement();
  return postponed && postponed.until > runtime.now() ? postponed : undefined;
}

/**
 * A person can stop the cutover until the switch.
 * @throws CutoverGivenUpError when somebody has.
 */
export async function assertNotPostponed(migration: Postponable): Promise<void> {
  const postponed = await standingPostponement(migration);
  if (postponed) throw new CutoverGivenUpError(postponementText(postponed));
}

/** Who has postponed the cutover, and until when. */
export function postponementText({ by, until }: Postponement): string {
  return `postponed by ${by} until ${new Date(until).toISOString()}`;
}
