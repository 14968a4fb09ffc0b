import { HandedOverError } from '../errors.ts';
import type { Permit } from '../journal/gate.ts';
import { inParallel } from '../parallel.ts';
import { type AuditedMigration, resourceOf, workUnit } from './migration.ts';
import type { UnitState } from './unit.ts';
import { compareStep } from './verify.ts';

/** How far a comparison of everything has come. */
export interface FullRound {
  /** What was written before is seen by it; milliseconds since the epoch. */
  readonly began: number;
  /** Units that nobody has begun yet, the next one first. */
  readonly waiting: readonly number[];
  /** Those under way, by their number. */
  readonly open: Readonly<Record<string, UnitState>>;
  /** Keys of both sides, and those that were mended. */
  readonly keys: number;
  readonly repaired: number;
  readonly done: boolean;
}

export const UNITS_AT_ONCE = 8;

/** A comparison of these units that has not begun. */
export function newRound(units: readonly number[], now: number): FullRound {
  return { began: now, waiting: units, open: {}, keys: 0, repaired: 0, done: units.length === 0 };
}

/**
 * Goes on with a comparison of both sides, several units at a time, and repairs what stays different: for stores whose
 * changes are only hinted at, and some of them never. The pace holds it back; a step that would have to wait for longer
 * than this invocation lasts is left, and done again.
 * @param until it returns after the step that ends later; milliseconds since the epoch.
 */
export async function goOn(
  migration: AuditedMigration,
  round: FullRound,
  permit: Permit,
  until: number,
): Promise<FullRound> {
  let { waiting, keys, repaired } = round;
  let open = Object.entries(round.open).map(([unit, state]) => ({ unit: Number(unit), state }));
  let isLeft = false;
  const { paced = migration } = migration;
  while (open.length + waiting.length > 0 && migration.runtime.now() < until && !isLeft) {
    const more = waiting.slice(0, Math.max(0, UNITS_AT_ONCE - open.length));
    waiting = waiting.slice(more.length);
    open.push(...more.map((unit) => ({ unit, state: { counts: {}, done: false } })));
    open = await inParallel(open, UNITS_AT_ONCE, async ({ unit: number, state }) => {
      const unit = workUnit(migration.plan, number);
      const resource = resourceOf(paced, unit.resource);
      try {
        return { unit: number, state: await compareStep(migration, resource, unit, permit, state) };
      } catch (error) {
        if (!(error instanceof HandedOverError)) throw error;
        isLeft = true;
        return { unit: number, state };
      }
    });
    for (const { state } of open.filter((one) => one.state.done)) {
      keys += (state.counts.items ?? 0) + (state.counts.targetItems ?? 0);
      repaired += state.counts.repaired ?? 0;
    }
    open = open.filter(({ state }) => !state.done);
  }
  await migration.paced?.pacer.giveBack();
  return {
    began: round.began,
    waiting,
    open: Object.fromEntries(open.map(({ unit, state }) => [unit, state])),
    keys,
    repaired,
    done: open.length + waiting.length === 0,
  };
}
