import type { Plan } from '../engine/migration.ts';
import type { CostReport } from './cost.ts';
import type { LifeReport } from './life.ts';

/** What was expected, from least to most, and what it was in the end. */
export interface Expectation {
  readonly least: number;
  readonly most: number;
  readonly actual?: number | undefined;
}

export interface EstimateReport {
  readonly units: number;
  readonly workers: number;
  /** The actual one leaves out *ready* and *reverse*: how long they take is decided by people and by the spec. */
  readonly durationSeconds: Expectation;
  readonly writeUnits: Expectation;
  readonly readUnits: Expectation;
  readonly dollars: Expectation;
}

/** The plan's estimate, next to what was used once there is something to compare. */
export function estimateReport(
  { units, workers, estimate }: Plan,
  done?: { readonly life: LifeReport; readonly cost: CostReport },
): EstimateReport {
  const expectation = ([least, most]: readonly [number, number], actual?: number): Expectation => ({
    least,
    most,
    actual,
  });
  return {
    units,
    workers,
    durationSeconds: expectation(estimate.seconds, done && workingSeconds(done.life)),
    writeUnits: expectation(estimate.writeUnits, done?.cost.total.writeUnits),
    readUnits: expectation(estimate.readUnits, done?.cost.total.readUnits),
    dollars: expectation(estimate.dollars, done?.cost.total.dollars),
  };
}

function workingSeconds({ seconds, phases }: LifeReport): number {
  const waited = phases
    .filter(({ id }) => id === 'ready' || id === 'reverse')
    .reduce((total, phase) => total + (phase.seconds ?? 0), 0);
  return Math.max(0, seconds - waited);
}
