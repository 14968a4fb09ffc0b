import type { Permit } from '../journal/gate.ts';
import { checkGates, type GateState } from './gates.ts';
import { type AuditedMigration, outcomesKnown } from './migration.ts';
import { advanceTo } from './progress.ts';
import { type Round, recheckRound } from './round.ts';
import { sweepTombstones } from './sweep.ts';

/** What a turn of a waiting phase answers to its workflow. */
export interface Turn {
  readonly done: boolean;
  readonly waitSeconds: number;
}

/** What the stand-by knows after a turn, for the status. */
export interface StandByFact {
  readonly at: number;
  readonly round: Round;
  readonly gates: readonly GateState[];
}

/** While something is expected to change soon. */
const SOON_SECONDS = 1;
/** Gates that a person or a date opens: nothing changes by itself meanwhile. */
const PATIENT_GATES = ['approval', 'window', 'postponement', 'pause'];
/** While a person is waited for: at first every few seconds, later less often, for each turn costs a little. */
const ATTENTIVE_SECONDS = 5;
const PATIENT_SECONDS = 30;
const ATTENTIVE_MILLISECONDS = 10 * 60_000;
/** Rounds in one turn: each is shorter than the one before, so that the last is short enough for a cutover. */
const ROUNDS_PER_TURN = 4;
const SHORT_ROUND_MILLISECONDS = 300;
const MOST_CATCH_UP_LAG_SECONDS = 30;
/** Longer than the permit of somebody who died counts on after its time. */
const SWEEP_WAIT_MILLISECONDS = 10_000;

/** One turn of *catch up*: done when nearly everything that was changed during the copy has arrived. */
export async function catchUp(migration: AuditedMigration): Promise<Turn> {
  await advanceTo(migration, 'catch-up');
  const { journal } = migration;
  if ((await journal.gate.read()).sealed) return { done: true, waitSeconds: 0 };
  const round = await catchUpRound(migration);
  const done = round.complete && round.lagSeconds <= MOST_CATCH_UP_LAG_SECONDS;
  if (done) await advanceTo(migration, 'verify');
  return { done, waitSeconds: SOON_SECONDS };
}

/** A round of the auditor before *ready*. */
export async function catchUpRound(migration: AuditedMigration): Promise<Round> {
  const round = await withPermit(migration, (permit) => recheckRound(migration, permit));
  await note(migration, round, []);
  return round;
}

/**
 * One turn of *ready*: tombstones up to the floor of the turn before, rounds of recheck that shrink, and the gates.
 * The gates come right after the rounds, so that what they saw still holds. Done when every gate holds.
 */
export async function standReady(
  migration: AuditedMigration,
  mappings: () => Promise<readonly string[]>,
): Promise<Turn> {
  await advanceTo(migration, 'ready');
  const { journal, runtime } = migration;
  if ((await journal.gate.read()).sealed) return { done: true, waitSeconds: 0 };
  await tightenRoute(migration);
  const { floorSecond } = (await journal.fact<StandByFact>('stand-by'))?.round ?? {};
  if (floorSecond !== undefined)
    await sweepTombstones(migration, floorSecond, runtime.now() + SWEEP_WAIT_MILLISECONDS);
  const round = await withPermit(migration, async (permit) => {
    let last = await recheckRound(migration, permit);
    for (
      let count = 1;
      count < ROUNDS_PER_TURN &&
      last.complete &&
      last.milliseconds > SHORT_ROUND_MILLISECONDS &&
      runtime.now() < migration.handoverAt;
      count++
    )
      last = await recheckRound(migration, permit);
    return last;
  });
  const gates = await checkGates({ migration, round, mappings: await mappings() });
  await note(migration, round, gates);
  const shut = gates.filter(({ holds }) => !holds);
  if (shut.some(({ name }) => !PATIENT_GATES.includes(name)))
    return { done: false, waitSeconds: SOON_SECONDS };
  return { done: shut.length === 0, waitSeconds: await patience(migration) };
}

/** Shortens the times of routers. They let go of the longer ones while the gates are looked at. */
async function tightenRoute({ route, spec }: AuditedMigration): Promise<void> {
  const current = await route.read();
  const { requestTimeoutMilliseconds } = spec.cutover;
  if (current?.state === 'source' && current.attemptMilliseconds !== requestTimeoutMilliseconds)
    await route.tighten(current, requestTimeoutMilliseconds);
}

/** How long to wait for a person, by the time that the migration has been ready. */
async function patience({ journal, runtime }: AuditedMigration): Promise<number> {
  const since = (await journal.coordinator.phaseTimes()).ready?.enteredAt ?? runtime.now();
  return runtime.now() - since < ATTENTIVE_MILLISECONDS ? ATTENTIVE_SECONDS : PATIENT_SECONDS;
}

async function withPermit<T>(
  { journal, deadline, resources }: AuditedMigration,
  work: (permit: Permit) => Promise<T>,
): Promise<T> {
  const permit = await journal.gate.take('repair', deadline);
  try {
    return await work(permit);
  } finally {
    await journal.gate.give(permit, outcomesKnown(resources));
  }
}

async function note(
  { journal, runtime }: AuditedMigration,
  round: Round,
  gates: readonly GateState[],
): Promise<void> {
  await journal.noteFact('stand-by', { at: runtime.now(), round, gates } satisfies StandByFact);
}
