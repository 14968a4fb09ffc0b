import { activeSide, FIRST_EPOCH } from '../direction.ts';
import { ChangesGoneError } from '../errors.ts';
import type { Permit } from '../journal/gate.ts';
import { type StandByPhase, standByPhase } from '../phases.ts';
import { noteMissedSwitch, type SwitchFact } from './cutover.ts';
import { closeToEnd, endingTurn } from './ending.ts';
import { isPolicyDue, withdrawOutdated } from './fence-policy.ts';
import { checkGates, type GateState, LAST_COMPARE } from './gates.ts';
import { compareWhileHinted, endHints, isHinted } from './hinted.ts';
import { type AuditedMigration, outcomesKnown } from './migration.ts';
import { advanceTo } from './progress.ts';
import { guardRetention } from './retention.ts';
import { type Round, recheckRound } from './round.ts';
import { type PassiveReading, watchPassiveSide } from './strays.ts';
import { sweepTombstones } from './sweep.ts';
import type { TargetState } from './target-watch.ts';
import type { EndingTurn, Turn } from './turn.ts';
import type { SideUploads } from './unrouted.ts';

/** What a turn of the stand-by looks up in the account. */
export interface Looks {
  /** States of the event source mappings. */
  readonly mappings: () => Promise<readonly string[]>;
  /** Whether the targets are fit for the first cutover. */
  readonly targets: () => Promise<readonly TargetState[]>;
  /** Uploads that are open on the active sides. */
  readonly uploads: () => Promise<readonly SideUploads[]>;
}

/** What a turn of the stand-by answers. */
export interface StandByTurn extends Turn {
  /** The direction that it saw: a cutover that begins now ends this one. */
  readonly epoch: number;
  /** What comes next, once it is done: a cutover, the end, or the stand-by of the other direction. */
  readonly next: 'cutover' | 'end' | 'policy' | StandByPhase;
  /** Where a look at the resource policies leads back to. */
  readonly standBy?: StandByPhase;
}

/** The way back is lost: changes of the active side are gone before they were carried over. */
export interface NoWayBackFact {
  readonly at: number;
  readonly reason: string;
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
const PATIENT_GATES = [
  'approval',
  'window',
  'postponement',
  'pause',
  'capacity',
  'time to live',
  'open uploads',
  'presigned URLs',
  'policy',
];
/** While a person is waited for: at first every few seconds, later less often, for each turn costs a little. */
const ATTENTIVE_SECONDS = 5;
const PATIENT_SECONDS = 30;
const ATTENTIVE_MILLISECONDS = { ready: 10 * 60_000, reverse: 24 * 3_600_000 };
/** Rounds in one turn: each is shorter than the one before, so that the last is short enough for a cutover. */
const ROUNDS_PER_TURN = 4;
const SHORT_ROUND_MILLISECONDS = 300;
const MOST_CATCH_UP_LAG_SECONDS = 30;
/** Longer than the permit of somebody who died counts on after its time. */
const SWEEP_WAIT_MILLISECONDS = 10_000;

/** One turn of *catch up*: done when nearly everything that was changed during the copy has arrived. */
export async function catchUp(migration: AuditedMigration): Promise<Turn | EndingTurn> {
  const ending = await endingTurn(migration);
  if (ending) return ending;
  await advanceTo(migration, 'catch-up');
  const { journal } = migration;
  // Resumed after a switch.
  if (journal.epoch !== FIRST_EPOCH || (await journal.gate.isOver())) return { done: true, waitSeconds: 0 };
  const round = await catchUpRound(migration);
  const done = round.complete && round.lagSeconds <= MOST_CATCH_UP_LAG_SECONDS;
  if (done) await advanceTo(migration, 'verify');
  return { done, waitSeconds: SOON_SECONDS };
}

/** A round of the auditor before *ready*. */
export async function catchUpRound(migration: AuditedMigration): Promise<Round> {
  const round = await withPermit(migration, (permit) => recheckRound(migration, permit));
  await note(migration, round, []);
  await guardRetention(migration, round);
  return round;
}

/**
 * One turn of *ready* or, after a switch, of *reverse*: both sides are kept in step until the next cutover or the end.
 * What others do to the passive side, tombstones up to the floor of the turn before, rounds of recheck that shrink, and
 * the gates. The gates come right after the rounds, so that what they saw still holds. Done when every gate holds.
 * @param phase the one that the workflow is in.
 */
export async function standBy(
  migration: AuditedMigration,
  phase: StandByPhase,
  looks: Looks,
): Promise<StandByTurn> {
  const { journal } = migration;
  const { epoch } = journal;
  const here = standByPhase(epoch);
  if (here !== phase) return { done: true, waitSeconds: 0, epoch, next: here };
  await noteMissedSwitch(migration);
  await advanceTo(migration, here);
  const began = migration.runtime.now();
  const passive = await watchPassiveSide(migration);
  if (await isToEnd(migration, began)) return { ...(await closeToEnd(migration)), epoch, next: 'end' };
  const policy = { done: true, waitSeconds: 0, epoch, next: 'policy', standBy: here } as const;
  await withdrawOutdated(migration);
  if (await isPolicyDue(migration)) return policy;
  if (await journal.gate.isOver())
    return { done: false, waitSeconds: await patience(migration), epoch, next: here };
  const { done, waitSeconds, look } = await keepInStep(migration, looks, passive);
  if (look) return policy;
  return { done, waitSeconds, epoch, next: done ? 'cutover' : here };
}

async function keepInStep(
  migration: AuditedMigration,
  { mappings, targets, uploads }: Looks,
  passive: PassiveReading,
): Promise<Turn & { readonly look?: boolean }> {
  const { journal, runtime } = migration;
  await tightenRoute(migration);
  // Before the rounds, since it may take seconds: what the rounds see is to hold still.
  const seen = journal.epoch === FIRST_EPOCH ? await targets() : [];
  const { floorSecond } = (await journal.direction.fact<StandByFact>('stand-by'))?.round ?? {};
  if (floorSecond !== undefined)
    await sweepTombstones(migration, floorSecond, runtime.now() + SWEEP_WAIT_MILLISECONDS);
  const round = await shrinkingRounds(migration);
  if (!round) return { done: false, waitSeconds: SOON_SECONDS };
  const gates = await checkGates({
    migration,
    round,
    mappings: await mappings(),
    targets: seen,
    uploads: await uploads(),
    passive,
  });
  await note(migration, round, gates);
  const shut = gates.filter(({ holds }) => !holds);
  // The last comparison waits for all others, and nobody for it before.
  const others = shut.filter(({ name }) => name !== LAST_COMPARE);
  if (isHinted(migration)) await compareIfAsked(migration, shut, others);
  if (others.length === 1 && others[0]?.look) return { done: false, waitSeconds: 0, look: true };
  const isPatient =
    others.length > 0 ? others.every(({ name }) => PATIENT_GATES.includes(name)) : shut.length === 0;
  return { done: shut.length === 0, waitSeconds: isPatient ? await patience(migration) : SOON_SECONDS };
}

/** Compares everything once no other gate is shut, with routers that hint; as long as nobody asks, they need not. */
async function compareIfAsked(
  migration: AuditedMigration,
  shut: readonly GateState[],
  others: readonly GateState[],
): Promise<void> {
  if (shut.length > 0 && others.length === 0)
    await withPermit(migration, (permit) => compareWhileHinted(migration, permit));
  else if (others.some(({ name }) => name === 'approval')) await endHints(migration);
}

/** @returns the last round; undefined when the way back is lost, which ends nothing but the way back. */
async function shrinkingRounds(migration: AuditedMigration): Promise<Round | undefined> {
  const { journal, runtime } = migration;
  try {
    return await withPermit(migration, async (permit) => {
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
      await guardRetention(migration, last);
      return last;
    });
  } catch (error) {
    if (!(error instanceof ChangesGoneError) || activeSide(journal.epoch) === 'source') throw error;
    const lost: NoWayBackFact = { at: runtime.now(), reason: error.message };
    await journal.direction.noteFact('no-way-back', lost);
    await journal.gate.seal((await journal.gate.read()).revision);
    return undefined;
  }
}

/**
 * Whether the migration ends with the side that is active now: a person says so, or, after the switch, the spec, once
 * the side that was left has been watched for long enough.
 * @param began when this turn began to read: what is written later, nobody has seen.
 */
async function isToEnd({ journal, spec }: AuditedMigration, began: number): Promise<boolean> {
  if (await journal.coordinator.ending()) return true;
  if (activeSide(journal.epoch) === 'source' || spec.cutover.complete === 'required') return false;
  // Who has asked for the way back is waited for, while there is one.
  if ((await journal.coordinator.approval()) && !(await journal.gate.isOver())) return false;
  const switched = await journal.inEpoch(journal.epoch - 1).direction.fact<SwitchFact>('switch');
  return began >= (switched?.switchedAt ?? 0) + spec.cutover.watchSeconds * 1000;
}

/**
 * Shortens the times of routers. They let go of the longer ones while the gates are looked at. After the switch that
 * is not wanted before somebody asks for the way back: each process would read the route every second, for weeks.
 */
async function tightenRoute({ journal, route, spec }: AuditedMigration): Promise<void> {
  if (activeSide(journal.epoch) === 'target' && !(await journal.coordinator.approval())) return;
  const current = await route.read();
  const { requestTimeoutMilliseconds } = spec.cutover;
  if (
    current?.state === activeSide(journal.epoch) &&
    current.attemptMilliseconds !== requestTimeoutMilliseconds
  )
    await route.tighten(current, requestTimeoutMilliseconds);
}

/** How long to wait for a person, by the time that the migration has stood by. Who wants back is in a hurry. */
async function patience({ journal, runtime }: AuditedMigration): Promise<number> {
  const phase = standByPhase(journal.epoch);
  const since = (await journal.coordinator.phaseTimes())[phase]?.enteredAt ?? runtime.now();
  return runtime.now() - since < ATTENTIVE_MILLISECONDS[phase] ? ATTENTIVE_SECONDS : PATIENT_SECONDS;
}

async function withPermit<T>(migration: AuditedMigration, work: (permit: Permit) => Promise<T>): Promise<T> {
  const { journal, deadline } = migration;
  const resources = [...migration.resources, ...(migration.paced?.resources ?? [])];
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
  await journal.direction.noteFact('stand-by', { at: runtime.now(), round, gates } satisfies StandByFact);
}
