import { HandedOverError } from '../errors.ts';
import type { Counts } from '../journal/units.ts';
import type { WorkUnit } from '../model.ts';
import type { UnitPhase } from '../phases.ts';
import { type UnitMigration, workUnit } from './migration.ts';

/** Where a unit stands after a step. What is before the position is durable. */
export interface UnitState {
  readonly position?: string;
  readonly counts: Counts;
  readonly done: boolean;
}

/** How an invocation has left its unit. */
export interface UnitAnswer {
  /** If not, it wants another invocation. */
  readonly done: boolean;
  /** The worker stands aside: the other invocation is wanted of another Map Run, once the workflow has asked. */
  readonly aside?: true;
}

const POLL_MILLISECONDS = 1_000;

/**
 * Works on a unit step by step: takes its lease, and after each step moves its position. It hands over to the next
 * invocation when its time is nearly over, and goes on where the last worker, dead or alive, has checkpointed. It
 * stands aside when it is told to, and a step that waits for the budget is left and done again.
 * @param begin prepares the work once the lease is taken and returns the step.
 * @throws UnitLostError when another worker has taken the unit.
 */
export async function workOnUnit(
  migration: UnitMigration,
  phase: UnitPhase,
  number: number,
  begin: (unit: WorkUnit) => Promise<{
    readonly step: (state: UnitState) => Promise<UnitState>;
    readonly end?: () => Promise<void>;
  }>,
): Promise<UnitAnswer> {
  const { journal, runtime, handoverAt, deadline, term: coordinator, pacer } = migration;
  const unit = workUnit(migration.plan, number);
  const holder = runtime.id();
  for (;;) {
    if (await pacer.standsAside()) return { done: false, aside: true };
    const lease = await journal.units.take(phase, number, {
      holder,
      coordinator,
      now: runtime.now(),
      expiresAt: deadline,
    });
    if (!lease) {
      // Another worker of this coordinator holds it, perhaps a dead one: its lease ends with its invocation.
      if (runtime.now() >= handoverAt) return { done: false };
      await runtime.sleep(POLL_MILLISECONDS);
      continue;
    }
    let state: UnitState = {
      ...(lease.position === undefined ? {} : { position: lease.position }),
      counts: lease.counts ?? {},
      done: lease.done ?? false,
    };
    try {
      if (state.done) return { done: true };
      const { step, end } = await begin(unit);
      try {
        for (let last = lease.checkpoint ?? 0; !state.done && runtime.now() < handoverAt; ) {
          if (await pacer.standsAside()) break;
          state = await step(state);
          state = { ...state, counts: addCounts(state.counts, pacer.takeCounts()) };
          await journal.units.checkpoint(phase, number, { term: lease.term, checkpoint: ++last }, state);
        }
      } finally {
        await end?.();
      }
    } catch (error) {
      if (!(error instanceof HandedOverError)) throw error;
    } finally {
      // Also after an error, and when done: a retry need not wait until this invocation would have ended.
      await journal.units.release(phase, number, lease.term);
      await pacer.giveBack();
    }
    return { done: state.done, ...(!state.done && (await pacer.standsAside()) ? { aside: true } : {}) };
  }
}

/** Counters with more added to them. */
export function addCounts(counts: Counts, more: Counts): Counts {
  return {
    ...counts,
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, (counts[name] ?? 0) + value])),
  };
}
