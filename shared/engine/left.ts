import type { UnitPhase } from '../phases.ts';
import { pauseText } from './hold.ts';
import type { AuditedMigration } from './migration.ts';
import { standingPace, workersOf } from './pace.ts';
import { catchUpRound, type StandByFact, type Turn } from './stand-by.ts';
import { StandingOrders } from './standing-orders.ts';

/** The units of a phase that are to be fanned out now, and to how many workers. */
export interface UnitsLeft {
  readonly kind: 'work';
  readonly units: readonly number[];
  readonly workers: number;
  /** Then the Map Run ends, and the workflow asks again; milliseconds since the epoch. */
  readonly until: number;
}

/** While a migration is paused: at first every few seconds, later less often, for each turn costs a little. */
const ATTENTIVE_SECONDS = 5;
const PATIENT_SECONDS = 60;
const ATTENTIVE_MILLISECONDS = 10 * 60_000;
/** The auditor must not fall behind by the 24 hours that a stream keeps, however long a comparison takes. */
const LONGEST_RUN_MILLISECONDS = 12 * 3_600_000;
const AUDITED_MILLISECONDS = 30 * 60_000;
const SOON_SECONDS = 1;

/**
 * What the workflow asks before each Map Run of a phase and after it: a run ends early when its workers stand aside,
 * and what a worker has answered is not relied on. One execution waits here for all workers while the migration is
 * paused.
 */
export async function unitsLeft(migration: AuditedMigration, phase: UnitPhase): Promise<Turn | UnitsLeft> {
  const { journal, plan, runtime, spec, term } = migration;
  await journal.coordinator.assertTerm(term);
  const records = await journal.units.records(phase, plan.units);
  const units = records.flatMap((record, number) => (record?.done ? [] : [number]));
  if (units.length === 0) return { done: true, waitSeconds: 0 };
  if (phase === 'verify' && !(await isInStep(migration))) return { done: false, waitSeconds: SOON_SECONDS };
  const orders = await new StandingOrders(migration).look();
  const now = runtime.now();
  if (pauseText(orders) === undefined) {
    const workers = workersOf(phase, plan, standingPace(spec, orders));
    return { kind: 'work', units, workers, until: now + LONGEST_RUN_MILLISECONDS };
  }
  const since = orders.paused?.at ?? orders.alarm?.since ?? 0;
  return {
    done: false,
    waitSeconds: now - since < ATTENTIVE_MILLISECONDS ? ATTENTIVE_SECONDS : PATIENT_SECONDS,
  };
}

/** Reads what has changed since the auditor's last round, if that is long ago. @returns whether it has read all. */
async function isInStep(migration: AuditedMigration): Promise<boolean> {
  const { journal, runtime } = migration;
  const last = await journal.direction.fact<StandByFact>('stand-by');
  if (last?.round.complete && runtime.now() - last.at < AUDITED_MILLISECONDS) return true;
  return (await catchUpRound(migration)).complete;
}
