import type { UnitPhase } from '../phases.ts';
import { endingTurn } from './ending.ts';
import { pauseText } from './hold.ts';
import type { AuditedMigration } from './migration.ts';
import { standingPace, workersOf } from './pace.ts';
import { mayCopy } from './retention.ts';
import { catchUpRound, type StandByFact } from './stand-by.ts';
import { StandingOrders } from './standing-orders.ts';
import type { EndingTurn, Turn } from './turn.ts';

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
/** The auditor comes to his turn in between: the changes must not fall behind by what a stream keeps. */
const LONGEST_RUN_MILLISECONDS = 30 * 60_000;
/** What he has not read by then is left to the next time, for nothing is copied meanwhile. */
const AUDIT_MILLISECONDS = 60_000;
/** More than a worker does in one run: whose turn does not come is only sent back. */
const UNITS_PER_WORKER = 200;
const SOON_SECONDS = 1;

/**
 * What the workflow asks before each Map Run of a phase and after it: a run ends early when its workers stand aside,
 * and what a worker has answered is not relied on. One execution waits here for all workers while the migration is
 * paused.
 */
export async function unitsLeft(
  migration: AuditedMigration,
  phase: UnitPhase,
): Promise<Turn | EndingTurn | UnitsLeft> {
  const { journal, plan, runtime, spec, term } = migration;
  await journal.coordinator.assertTerm(term);
  const ending = phase === 'sweep' ? undefined : await endingTurn(migration);
  if (ending) return ending;
  const records = await journal.units.records(phase, plan.units);
  const units = records.flatMap((record, number) => (record?.done ? [] : [number]));
  if (units.length === 0) return { done: true, waitSeconds: 0 };
  if (phase !== 'sweep' && !(await isInStep(migration))) return { done: false, waitSeconds: SOON_SECONDS };
  const orders = await new StandingOrders(migration).look();
  const now = runtime.now();
  if (pauseText(orders) === undefined) {
    const workers = workersOf(phase, plan, standingPace(spec, orders));
    const turns = units.slice(0, UNITS_PER_WORKER * workers);
    return { kind: 'work', units: turns, workers, until: now + LONGEST_RUN_MILLISECONDS };
  }
  const since = orders.paused?.at ?? orders.alarm?.since ?? 0;
  return {
    done: false,
    waitSeconds: now - since < ATTENTIVE_MILLISECONDS ? ATTENTIVE_SECONDS : PATIENT_SECONDS,
  };
}

/**
 * Reads what has changed since the auditor's last round, if that is long ago.
 * @returns whether the changes are far enough for units to be worked on.
 */
async function isInStep(migration: AuditedMigration): Promise<boolean> {
  const { journal, runtime, handoverAt } = migration;
  const last = await journal.direction.fact<StandByFact>('stand-by');
  const audited = last?.at ?? (await journal.coordinator.phaseTimes()).capture?.endedAt ?? 0;
  const isRecent = last?.round.complete !== false && runtime.now() - audited < LONGEST_RUN_MILLISECONDS;
  if (isRecent && (await mayCopy(migration))) return true;
  const until = Math.min(handoverAt, runtime.now() + AUDIT_MILLISECONDS);
  let round = await catchUpRound(migration);
  // What has not arrived comes no sooner for being looked at.
  while (!round.complete && round.lagSeconds === 0 && runtime.now() < until)
    round = await catchUpRound(migration);
  return mayCopy(migration);
}
