import { activeSide } from '../direction.ts';
import { CutoverGivenUpError, PermanentError } from '../errors.ts';
import type { CutoverRecord } from '../journal/coordinator.ts';
import { type CutoverStep, isCutoverStep, type StandByPhase, standByPhase } from '../phases.ts';
import { FRESH_MILLISECONDS, type Route } from '../route.ts';
import { drainFeeds, readTouched } from './drain.ts';
import { isApprovedByItself } from './gates.ts';
import { assertCompared } from './hinted.ts';
import { assertNotHeld, standingHold } from './hold.ts';
import { type AuditedMigration, outcomesKnown, resourceOf } from './migration.ts';
import { advanceTo } from './progress.ts';
import { endRehearsal, isRehearsal, type RehearsalFact, rehearsedAttempt } from './rehearsal.ts';
import { settle } from './repair.ts';
import { runSmokeTest } from './smoke-test.ts';
import { sweepLastTombstones } from './sweep.ts';

/**
 * The cutover, step by step, in either direction: a rollback is the same with the sides exchanged. Each step is a short
 * invocation of its own; what they hand on stands in the journal, written under the coordinator's term, and each route
 * write is conditional on the revision that the step before it wrote. A step that fails or comes too late throws, and
 * the fence is lifted.
 */
const STEPS: Readonly<Record<CutoverStep, (migration: AuditedMigration) => Promise<void>>> = {
  announce,
  fence,
  drain,
  close,
  recheck,
  'smoke-test': smokeTest,
  switch: switchOver,
};

/** Beyond what routers may take, between the announcement or the fence and the moment that trusts it. */
const MARGIN_MILLISECONDS = 100;
/**
 * How far the clocks of DynamoDB and of the coordinator may differ: from the switch on, records up to so much later are
 * compared instead of applied, so that none of the migrator's own from before is applied from its image.
 */
const CLOCKS_MILLISECONDS = 2_000;
/** What a step leaves of the time before the deadline to those after it. */
const RESERVE_MILLISECONDS = { drain: 2_000, close: 1_500, recheck: 500, 'smoke-test': 500, switch: 200 };

/** The measured cutover, for status and report. */
export interface SwitchFact {
  readonly announcedAt: number;
  readonly fencedAt: number;
  readonly switchedAt: number;
  readonly attempt: number;
}

export interface RecheckFact {
  /** When the shards were last read: of what was written later the cutover knows nothing. Milliseconds since the epoch. */
  readonly readAt: number;
  readonly keys: number;
  readonly repaired: number;
  readonly floor: number;
}

/**
 * Does one step of the cutover.
 * @param epoch the direction that the workflow saw: what comes late, after its switch, does nothing in the next one.
 * @throws CutoverGivenUpError when it could not be done in time or its condition did not hold.
 * @throws LeaseLostError when another coordinator has taken over.
 */
export async function cutoverStep(
  migration: AuditedMigration,
  step: CutoverStep,
  epoch: number,
): Promise<void> {
  if (await isSwitched(migration, epoch)) return noteSwitch(migration, epoch);
  await assertNotHeld(migration);
  await advanceTo(migration, step);
  await STEPS[step](migration);
}

async function announce(migration: AuditedMigration): Promise<void> {
  const { journal, route, runtime, term } = migration;
  const current = await routeIn(migration, activeSide(journal.epoch), 'announced');
  // After the route was read: a successor raises its revision once it has the term.
  const { cutover: last } = await journal.coordinator.assertTerm(term);
  if (current.settledAt > runtime.now())
    throw new CutoverGivenUpError('routers may still hold on to longer cache times');
  const announcedAt = runtime.now();
  const announced = await route.announce(
    current,
    announcedAt + current.cacheMilliseconds + MARGIN_MILLISECONDS,
  );
  const gate = await journal.gate.read();
  await journal.coordinator.noteCutover(term, {
    epoch: journal.epoch,
    attempt: (last?.attempt ?? 0) + 1,
    done: 'announce',
    routeRevision: announced.revision,
    gateRevision: gate.revision,
    announcedAt,
    givenUp: last?.epoch === journal.epoch ? last.givenUp : 0,
    ...((await isRehearsal(migration)) ? { rehearsal: true } : {}),
  });
}

async function fence(migration: AuditedMigration): Promise<void> {
  const { journal, route, runtime, spec, term } = migration;
  const { cutover, current } = await held(migration, 'announce', 'announced');
  // The announcement has been seen to stand: a cache time from now, no router acts on a route that it read before it.
  await runtime.sleep(current.cacheMilliseconds + MARGIN_MILLISECONDS);
  const fencedAt = runtime.now();
  const deadline = fencedAt + spec.cutover.pauseSeconds * 1000;
  const fenced = await route.fence(current, deadline);
  await journal.coordinator.noteCutover(term, {
    ...cutover,
    done: 'fence',
    routeRevision: fenced.revision,
    fencedAt,
    deadline,
  });
}

async function drain(migration: AuditedMigration): Promise<void> {
  const { cutover, current } = await held(migration, 'fence', 'fenced');
  // The fence has been seen to stand. From this moment on no routed write is on its way to the source: what routers
  // sent on an older route is answered or given up. It counts from here, so that neither a slow write of the fence nor
  // a clock of another environment can shorten it.
  const quietFrom =
    migration.runtime.now() + FRESH_MILLISECONDS + current.attemptMilliseconds + MARGIN_MILLISECONDS;
  const evidence = await drainFeeds(migration, quietFrom, timeLeft(migration, cutover, 'drain'));
  await migration.journal.direction.noteFact('drain', evidence);
  await migration.journal.coordinator.noteCutover(migration.term, { ...cutover, done: 'drain' });
}

async function close(migration: AuditedMigration): Promise<void> {
  const { journal, term } = migration;
  const { cutover } = await held(migration, 'drain', 'fenced');
  const gateRevision = await journal.gate.move(false, cutover.gateRevision);
  const shut = { ...cutover, gateRevision };
  await journal.coordinator.noteCutover(term, shut);
  await journal.gate.assertPermitsBack(timeLeft(migration, cutover, 'close'));
  await journal.coordinator.noteCutover(term, { ...shut, done: 'close' });
}

async function recheck(migration: AuditedMigration): Promise<void> {
  const { journal, deadline, runtime, term } = migration;
  const { cutover, current } = await held(migration, 'close', 'fenced');
  await assertCompared(migration, current);
  const permit = await journal.gate.take('recheck', deadline, cutover.gateRevision);
  try {
    const readAt = runtime.now();
    const touched = await readTouched(migration, current);
    let [keys, repaired] = [0, 0];
    for (const [index, { keys: some, settled }] of touched.entries()) {
      const result = await settle(migration, resourceOf(migration, index), some, permit, true);
      if (result.rejected > 0)
        throw new CutoverGivenUpError(
          `keys not settled: ${result.rejected} (what can't be written is in quarantine; at the others somebody was at work all the time)`,
        );
      await settled();
      await resourceOf(migration, index).target.endUnfinished(true);
      keys += some.length;
      repaired += result.repaired;
    }
    // Everything in the stream is settled now. A record that is delivered again, after a cutover given up or on
    // another switch, must not be applied from its image: its tombstone will be gone.
    const floor = Math.max(Math.floor(runtime.now() / 1000), ...touched.map(({ lastSecond }) => lastSecond));
    await sweepLastTombstones(migration, floor, timeLeft(migration, cutover, 'recheck'), permit);
    await journal.direction.noteFact('recheck', { readAt, keys, repaired, floor } satisfies RecheckFact);
    await journal.coordinator.noteCutover(term, { ...cutover, done: 'recheck' });
  } finally {
    await journal.gate.give(permit, outcomesKnown(migration.resources));
  }
}

async function smokeTest(migration: AuditedMigration): Promise<void> {
  const { cutover } = await held(migration, 'recheck', 'fenced');
  await runSmokeTest(migration, cutover, timeLeft(migration, cutover, 'smoke-test'));
  await migration.journal.coordinator.noteCutover(migration.term, { ...cutover, done: 'smoke-test' });
}

async function switchOver(migration: AuditedMigration): Promise<void> {
  const { journal, route, runtime, spec, term } = migration;
  // Where the spec asks for a smoke test nothing is switched that has not passed it in this very attempt.
  const before = spec.cutover.smokeTest ? 'smoke-test' : 'recheck';
  const { cutover, current } = await held(migration, before, 'fenced');
  // A final recheck that outlived its step can't take a permit any more from here on, and one that has it is waited for.
  const gateRevision = await journal.gate.move(false, cutover.gateRevision);
  await journal.coordinator.noteCutover(term, { ...cutover, gateRevision });
  const until = timeLeft(migration, cutover, 'switch');
  await journal.gate.assertPermitsBack(until);
  if (runtime.now() >= until) throw new CutoverGivenUpError('the write pause would have become too long');
  if (cutover.rehearsal) return endRehearsal(migration, cutover);
  const { floor } = await journal.gate.read();
  await route.switch(
    current,
    journal.gate.next(gateRevision, {
      open: spec.cutover.wayBack,
      sealed: !spec.cutover.wayBack,
      since: Math.floor(cutover.announcedAt / 1000),
      floor: Math.max(floor, Math.ceil((runtime.now() + CLOCKS_MILLISECONDS) / 1000)),
    }),
  );
  await noteSwitch(migration, journal.epoch);
}

/** Whether the cutover of a direction has come to its switch. */
async function isSwitched({ journal }: AuditedMigration, epoch: number): Promise<boolean> {
  return (await journal.gate.read()).epoch > epoch;
}

/** Notes when a switch was made, also when its coordinator could not, and enters the phase that follows it. */
async function noteSwitch({ journal, route, runtime, term }: AuditedMigration, epoch: number): Promise<void> {
  const { direction } = journal.inEpoch(epoch);
  const record = await journal.coordinator.assertTerm(term);
  const { switchedAt } = (await route.read()) ?? {};
  if (!(await direction.fact<SwitchFact>('switch')) && record.cutover?.epoch === epoch && switchedAt) {
    const { announcedAt, fencedAt = 0, attempt } = record.cutover;
    await direction.noteFact('switch', { announcedAt, fencedAt, switchedAt, attempt } satisfies SwitchFact);
  }
  if (record.cutover?.epoch === epoch && isCutoverStep(record.phase)) {
    await journal.coordinator.leave(term, record.phase, runtime.now());
    await journal.coordinator.enter(term, standByPhase(epoch + 1), runtime.now());
  }
}

/** The same for a switch that its coordinator has not noted: it died, or the answer came to nobody. */
export async function noteMissedSwitch(migration: AuditedMigration): Promise<void> {
  const { journal, term } = migration;
  const { cutover, phase } = await journal.coordinator.assertTerm(term);
  if (cutover && cutover.epoch < journal.epoch && isCutoverStep(phase))
    await noteSwitch(migration, cutover.epoch);
}

/** A cutover given up, and why. */
export interface GivenUpFact {
  readonly at: number;
  readonly attempt: number;
  readonly reason: string;
}

/** What became of a cutover that was to be given up. */
export type GivenUp =
  /** The switch was made after all. */
  | { readonly kind: 'switched'; readonly standBy: StandByPhase }
  | { readonly kind: 'lifted'; readonly standBy: StandByPhase; readonly retry: boolean };

/**
 * Gives a cutover up: reopens the direction, then gives the active side back to its writers. Everything is as it was
 * before.
 * @param epoch the direction whose cutover it is.
 */
export async function giveUp(migration: AuditedMigration, reason: string, epoch: number): Promise<GivenUp> {
  const { journal, runtime, spec, term } = migration;
  const { cutover, phase } = await journal.coordinator.assertTerm(term);
  if (journal.epoch > epoch || (await restoreActive(migration)) === 'switched') {
    await noteSwitch(migration, epoch);
    return { kind: 'switched', standBy: standByPhase(epoch + 1) };
  }
  const attempt = cutover?.attempt ?? 0;
  await journal.direction.noteFact(`given-up#${String(attempt).padStart(4, '0')}`, {
    at: runtime.now(),
    attempt,
    reason: `${phase}: ${reason}`,
  } satisfies GivenUpFact);
  const rehearsed = cutover?.rehearsal === true && (await rehearsedAttempt(migration)) === attempt;
  const wanted = rehearsed || (await standingHold(migration)) !== undefined;
  const givenUp = (cutover?.givenUp ?? 0) + (wanted ? 0 : 1);
  const exhausted = givenUp >= spec.cutover.attempts;
  if (cutover) await journal.coordinator.noteCutover(term, { ...cutover, givenUp: exhausted ? 0 : givenUp });
  if (exhausted || (rehearsed && (await journal.coordinator.approval())?.rehearsal))
    await journal.coordinator.withdrawApproval();
  // Not again and again by itself: from now on a person is asked.
  if (exhausted && cutover?.rehearsal)
    await journal.noteFact('rehearsal', {
      at: runtime.now(),
      attempt,
      failed: reason,
    } satisfies RehearsalFact);
  const standBy = standByPhase(epoch);
  await journal.coordinator.enter(term, standBy, runtime.now());
  // With automatic approval nobody would be asked: the workflow fails, and can be started again.
  return { kind: 'lifted', standBy, retry: !(exhausted && isApprovedByItself(migration)) };
}

/**
 * Undoes what a cutover before the switch has done: reopens the direction, then lifts the fence. A new coordinator
 * does so first. Safe at any moment: the switch needs the gate as its coordinator left it. The revisions of both grow
 * even if there is nothing to undo, so that whatever a predecessor has still on its way is refused.
 */
export async function restoreActive({
  journal,
  route,
}: Pick<AuditedMigration, 'journal' | 'route'>): Promise<'restored' | 'switched'> {
  const gate = await journal.gate.read();
  if (gate.epoch !== journal.epoch) return 'switched';
  // A migration that is to end stays shut, but leaves nobody behind a fence.
  if (gate.revision > 0 && !gate.sealed) await journal.gate.move(true, gate.revision);
  const current = await route.read();
  if (!current) return 'restored';
  if (current.state === current.active) {
    // Notes of routers that nobody has read for days are gone: they are asked anew, and everything is compared again.
    if (!gate.sealed) await (current.hinted === undefined ? route.raise(current) : route.lift(current));
  } else
    await route.lift(current).catch(async (error: unknown) => {
      // A router may have lifted it at the same moment.
      if ((await route.read())?.state !== current.active) throw error;
    });
  return 'restored';
}

/** The route in one of the states expected. */
async function routeIn({ journal, route }: AuditedMigration, ...states: Route['state'][]): Promise<Route> {
  const current = await route.read();
  if (!current) throw new PermanentError('the route is gone: somebody has deleted it');
  if (current.active !== activeSide(journal.epoch))
    throw new CutoverGivenUpError(`the ${current.active} is active: the switch was made`);
  if (!states.includes(current.state))
    throw new CutoverGivenUpError(`the route is ${current.state}, expected ${states.join(' or ')}`);
  return current;
}

/**
 * The cutover under way, and the route as the step before left it: at its revision, else somebody has changed it.
 * @param after the step that must be the last one done: what was invoked for an earlier attempt stops here.
 */
async function held(
  migration: AuditedMigration,
  after: CutoverStep,
  state: Route['state'],
): Promise<{ readonly cutover: CutoverRecord; readonly current: Route }> {
  const { cutover } = await migration.journal.coordinator.assertTerm(migration.term);
  const current = await routeIn(migration, state);
  if (cutover && cutover.epoch !== migration.journal.epoch)
    throw new CutoverGivenUpError(`the cutover under way is that of epoch ${cutover.epoch}`);
  if (!cutover || current.revision !== cutover.routeRevision)
    throw new CutoverGivenUpError(
      `the route is at revision ${current.revision}, this cutover left it at ${cutover?.routeRevision}: it was lifted or taken over`,
    );
  if (cutover.done !== after)
    throw new CutoverGivenUpError(`attempt ${cutover.attempt} is after ${cutover.done}, not after ${after}`);
  return { cutover, current };
}

function timeLeft(
  { runtime }: AuditedMigration,
  { deadline = 0 }: CutoverRecord,
  step: keyof typeof RESERVE_MILLISECONDS,
): number {
  const until = deadline - RESERVE_MILLISECONDS[step];
  if (runtime.now() >= until) throw new CutoverGivenUpError('the write pause would have become too long');
  return until;
}
