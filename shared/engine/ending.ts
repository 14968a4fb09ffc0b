import { phaseOrder } from '../phases.ts';
import type { Migration } from './migration.ts';
import { advanceTo } from './progress.ts';
import type { EndingTurn, Turn } from './turn.ts';

type Ending = Pick<Migration, 'journal' | 'runtime' | 'term'>;

/** Longer than the permit of somebody who died counts on after its time. */
const CLOSE_MILLISECONDS = 10_000;
const SOON_SECONDS = 1;

/**
 * The turn of a phase before *ready*, once a person has said that the migration ends: it need not come to stand by
 * first. Later it ends at a turn of standing by, for a cutover may be under way.
 * @returns undefined while nobody has said so.
 * @throws LeaseLostError when another coordinator has taken over.
 */
export async function endingTurn(migration: Ending): Promise<EndingTurn | undefined> {
  const { coordinator } = migration.journal;
  const order = phaseOrder((await coordinator.assertTerm(migration.term)).phase);
  const standsBy = order >= phaseOrder('ready') && order < phaseOrder('sweep');
  if (standsBy || !(await coordinator.ending())) return undefined;
  return { ...(await closeToEnd(migration)), next: 'end' };
}

/** From now on nobody writes the passive side any more; done once nobody can, and the sweep has its turn. */
export async function closeToEnd(migration: Ending): Promise<Turn> {
  const { gate } = migration.journal;
  const { revision, sealed } = await gate.read();
  if (!sealed) await gate.seal(revision);
  const done = await gate.waitForPermits(migration.runtime.now() + CLOSE_MILLISECONDS);
  if (done) await advanceTo(migration, 'sweep');
  return { done, waitSeconds: SOON_SECONDS };
}
