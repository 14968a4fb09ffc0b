import type { Counts } from '../journal/units.ts';
import type { WorkUnit } from '../model.ts';
import type { UnitPhase } from '../phases.ts';
import { type Migration, workUnit } from './migration.ts';

/** Where a unit stands after a step. What is before the position is durable. */
export interface UnitState {
  readonly position?: string;
  readonly counts: Counts;
  readonly done: boolean;
}

const POLL_MILLISECONDS = 1_000;

/**
 * Works on a unit step by step: takes its lease, and after each step moves its position. It hands over to the next
 * invocation when its time is nearly over, and goes on where the last worker, dead or alive, has checkpointed.
 * @param begin prepares the work once the lease is taken and returns the step.
 * @returns whether the unit is done; if not, it wants another invocation.
 * @throws UnitLostError when another worker has taken the unit.
 */
export async function workOnUnit(
  migration: Migration,
  phase: UnitPhase,
  number: number,
  begin: (unit: WorkUnit) => Promise<{
    readonly step: (state: UnitState) => Promise<UnitState>;
    readonly end?: () => Promise<void>;
  }>,
): Promise<{ readonly done: boolean }> {
  const { journal, runtime, handoverAt, deadline, term: coordinator } = migration;
  const unit = workUnit(migration.plan, number);
  const holder = runtime.id();
  for (;;) {
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
          state = await step(state);
          await journal.units.checkpoint(phase, number, { term: lease.term, checkpoint: ++last }, state);
        }
      } finally {
        await end?.();
      }
    } finally {
      // Also after an error, and when done: a retry need not wait until this invocation would have ended.
      await journal.units.release(phase, number, lease.term);
    }
    return { done: state.done };
  }
}

/** Counters with more added to them. */
export function addCounts(counts: Counts, more: Counts): Counts {
  return {
    ...counts,
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, (counts[name] ?? 0) + value])),
  };
}
