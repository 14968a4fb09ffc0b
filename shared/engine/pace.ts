import { CAPACITY_KINDS, type CapacityKind, LIMIT_FIELDS } from '../capacity.ts';
import type { ControlsRecord, Pace, Slowdown } from '../journal/controls.ts';
import { slowdownOf } from '../journal/controls.ts';
import type { UnitPhase } from '../phases.ts';
import { capacityOf } from '../resources/planned-resource.ts';
import type { Spec } from '../spec.ts';
import type { Plan } from './migration.ts';

/** A worker with less to use would mostly wait, and waiting in Lambda is paid: fewer workers use a small budget. */
const UNITS_PER_WORKER: Readonly<Record<CapacityKind, number>> = {
  read: 100,
  write: 50,
  request: 50,
  megabyte: 20,
};
/** What a slowdown leaves, and how it comes back: a fifth more every ten seconds, all of it after forty. */
const SLOWED_SHARE = 0.5;
const STEP_MILLISECONDS = 10_000;
const STEP_GROWTH = 1.2;
/** Slower than this nobody is made by throttling alone. */
const LEAST_UNITS_PER_SECOND = 25;

/** The pace that stands: what somebody has set, or what the spec says. */
export function standingPace({ copy }: Spec, { pace }: ControlsRecord): Pace {
  const { readUnits, writeUnits, requestsPerSecond, megabytesPerSecond } = copy;
  return pace?.limits ?? { readUnits, writeUnits, requestsPerSecond, megabytesPerSecond };
}

/** Units a second of one kind that a pace allows. */
export function limitOf(pace: Pace, kind: CapacityKind): number | undefined {
  return pace[LIMIT_FIELDS[kind]];
}

/** Kinds of capacity that each item of a phase takes: a comparison writes only what it repairs. */
export function capacityOfPages(phase: UnitPhase): readonly CapacityKind[] {
  return phase === 'verify' ? CAPACITY_KINDS.filter((kind) => kind !== 'write') : CAPACITY_KINDS;
}

/** How many workers a phase is fanned out to. Resources that take other kinds of capacity have workers beside these. */
export function workersOf(phase: UnitPhase, plan: Plan, pace: Pace): number {
  const wanted = pace.workers ?? plan.workers;
  const ofPages = capacityOfPages(phase);
  const useful = (taken: readonly CapacityKind[]) =>
    Math.min(
      ...taken
        .filter((kind) => ofPages.includes(kind))
        .map((kind) => Math.ceil((limitOf(pace, kind) ?? Number.POSITIVE_INFINITY) / UNITS_PER_WORKER[kind])),
    );
  const alike = new Set(plan.resources.map(capacityOf));
  return Math.min(
    wanted,
    [...alike].reduce((sum, taken) => sum + useful(taken), 0),
  );
}

/** Units a second that all workers together may use now; undefined where nothing limits them. */
export function paceOf(
  kind: CapacityKind,
  pace: Pace,
  controls: ControlsRecord,
  now: number,
): number | undefined {
  const limits = [limitOf(pace, kind), slowedTo(controls[slowdownOf(kind)], now)];
  const standing = limits.filter((limit) => limit !== undefined);
  return standing.length > 0 ? Math.min(...standing) : undefined;
}

/** What a slowdown allows by now; undefined once everything has come back. */
export function slowedTo(slowdown: Slowdown | undefined, now: number): number | undefined {
  if (!slowdown) return undefined;
  const steps = Math.max(0, Math.floor((now - slowdown.at) / STEP_MILLISECONDS));
  const units = slowdown.unitsPerSecond * STEP_GROWTH ** steps;
  return units < slowdown.fromUnitsPerSecond ? units : undefined;
}

/** The slowdown after workers were throttled that used so many units a second together. */
export function slowdownFrom(
  usedPerSecond: number,
  standing: Slowdown | undefined,
  { now, scope }: { readonly now: number; readonly scope: string },
): Slowdown {
  const before = slowedTo(standing, now);
  return {
    at: now,
    unitsPerSecond: Math.max(
      LEAST_UNITS_PER_SECOND,
      SLOWED_SHARE * Math.min(usedPerSecond, before ?? usedPerSecond),
    ),
    // A slowdown within another one comes back to where the first began.
    fromUnitsPerSecond: Math.max(
      usedPerSecond,
      before === undefined ? 0 : (standing?.fromUnitsPerSecond ?? 0),
    ),
    scope,
  };
}
