import { InvalidInputError, type Problem } from '../errors.ts';
import type { ActionRecord } from '../journal/actions.ts';
import type { Journal } from '../journal/journal.ts';
import type { Runtime } from '../runtime.ts';
import type { Action, Steered } from './action.ts';
import { ACTIONS } from './actions.ts';
import { parseRequest } from './request.ts';
import { readStanding } from './standing.ts';

export interface SteerProps {
  readonly input: unknown;
  /** Of this action, the same when it is tried again: it is done and recorded once. */
  readonly id: string;
  readonly journalOf: (migration: string) => Journal;
  readonly runtime: Runtime;
}

/** An action that was done. */
export interface SteeringResult {
  readonly migration: string;
  readonly action: string;
  readonly by: string;
  /** In words. */
  readonly effect: string;
}

/**
 * Steers a running migration: the one way in which the command line and the state machine do it. Each action is
 * recorded, one that is refused as well.
 * @throws InvalidInputError with everything that speaks against it.
 */
export async function steer({ input, id, journalOf, runtime }: SteerProps): Promise<SteeringResult> {
  const { migration, action: name, by, parameters, seenRevision } = parseRequest(input);
  const journal = await journalOf(migration).atPresent();
  const before = await journal.actions.find(id);
  if (before?.outcome === 'done') return { migration, action: name, by, effect: before.effect ?? '' };
  const standing = await readStanding(journal);
  if (!standing) throw new InvalidInputError('the action', [unknown(migration)]);

  const action: Action = ACTIONS[name];
  const steered: Steered = { journal, runtime, standing, by };
  const record: ActionRecord = { id, at: runtime.now(), by, action: name, parameters, outcome: 'begun' };
  try {
    // What has begun was judged before, and is only brought to its end.
    if (before?.outcome !== 'begun') {
      const { revision, action: claimedFor } = standing.coordinator;
      const stale = seenRevision !== undefined && seenRevision !== revision && claimedFor !== id;
      const problems = [
        ...action.check(steered, parameters),
        ...(stale ? [outdated(seenRevision, revision)] : []),
      ];
      if (problems.length > 0) throw new InvalidInputError(`the action ${name}`, problems);
      if (!(await journal.coordinator.claim(id, seenRevision)))
        throw new InvalidInputError(`the action ${name}`, [outdated(seenRevision ?? revision)]);
    }
    // Before it takes effect: nothing is done that nobody can find.
    await journal.actions.note(record);
    const effect = await action.act(steered, parameters);
    await journal.actions.note({ ...record, outcome: 'done', effect });
    return { migration, action: name, by, effect };
  } catch (error) {
    if (error instanceof InvalidInputError)
      await journal.actions.note({
        ...record,
        outcome: 'refused',
        effect: error.problems.map(({ problem }) => problem).join('; '),
      });
    throw error;
  }
}

function unknown(migration: string): Problem {
  return {
    at: 'migration',
    problem: `the journal knows no migration ${migration}`,
    value: migration,
    allowed:
      'a migration whose spec was accepted (one that was refused and a dry run leave nothing in the journal)',
    change: 'check the name, and which stack and Region you speak to',
  };
}

function outdated(seen: number, now?: number): Problem {
  return {
    at: 'seenRevision',
    problem: 'the migration has moved on since you looked',
    value: String(seen),
    ...(now === undefined ? {} : { allowed: String(now) }),
    change: 'look again how it stands, then decide anew',
  };
}
