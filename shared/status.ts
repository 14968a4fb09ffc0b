import { activeSide, FIRST_EPOCH, type Side } from './direction.ts';
import type { GivenUpFact, RecheckFact, SwitchFact } from './engine/cutover.ts';
import type { DrainFact } from './engine/drain.ts';
import type { FullRound } from './engine/full-round.ts';
import { type BackupFact, LAST_COMPARE } from './engine/gates.ts';
import { COMPARED, type ComparedFact } from './engine/hinted.ts';
import type { Plan } from './engine/migration.ts';
import type { RehearsalFact } from './engine/rehearsal.ts';
import type { RetentionFact } from './engine/retention.ts';
import { SMOKE_TEST_FACT, type SmokeTestFact } from './engine/smoke-test.ts';
import type { NoWayBackFact, StandByFact } from './engine/stand-by.ts';
import type { UnwatchedFact } from './engine/strays.ts';
import { CHANGED, type ChangedFact } from './engine/watchdog.ts';
import type { ActionRecord } from './journal/actions.ts';
import type { AppliedCounts, LagSample } from './journal/activity.ts';
import type { ControlsRecord } from './journal/controls.ts';
import type { Approval, Ending, PhaseTimes } from './journal/coordinator.ts';
import type { Journal } from './journal/journal.ts';
import type { KeyEntry } from './journal/key-lists.ts';
import type { PolicyState } from './journal/policies.ts';
import { type Counts, sumCounts } from './journal/units.ts';
import { type Phase, phaseTitle, UNIT_PHASES, type UnitPhase } from './phases.ts';
import type { Spec } from './spec.ts';

/** How far a phase that is fanned out has come. */
export interface UnitProgress {
  readonly units: number;
  readonly unitsDone: number;
  readonly counts: Counts;
  /** The same of each resource alone, in the order of the plan. */
  readonly ofResources: readonly Counts[];
}

/** A migration as a person sees it, read from the journal alone. */
export interface Status {
  readonly name: string;
  readonly spec: Spec;
  readonly createdAt: number;
  readonly phase: Phase;
  readonly title: string;
  readonly term: number;
  /** Counts the directions: 1 before the switch, 2 after it, 3 after a rollback. */
  readonly epoch: number;
  /** The side that the application works on. */
  readonly active: Side;
  /** Grows with each step of the migration and each action: what somebody has seen, and may act upon. */
  readonly revision: number;
  readonly execution: string;
  readonly phases: Partial<Record<Phase, PhaseTimes>>;
  readonly plan?: Plan;
  readonly progress: Readonly<Record<UnitPhase, UnitProgress>>;
  readonly applied: AppliedCounts;
  /** The newest lag sample, in seconds; absent while nothing flows. */
  readonly lagSeconds?: number;
  readonly standBy?: StandByFact;
  readonly approval?: Approval;
  readonly awaitsApproval: boolean;
  /** What stands of what people have said, and of the alarm. */
  readonly controls: ControlsRecord;
  /** What was done to it, in order. */
  readonly actions: readonly ActionRecord[];
  /** The last rehearsal of the cutover. */
  readonly rehearsal?: RehearsalFact;
  /** Why there is no way back any more. */
  readonly noWayBack?: NoWayBackFact;
  /** How close the changes came to be trimmed by their stream before they were carried over. */
  readonly retention?: RetentionFact;
  /** What others have changed at the tables meanwhile. */
  readonly changed: readonly ChangedFact[];
  /** A person has said that the migration ends. */
  readonly ending?: Ending;
  /** The last smoke test, in whichever direction. */
  readonly smokeTest?: SmokeTestFact;
  /** The last switch, in whichever direction. */
  readonly switched?: SwitchFact;
  /** From fence to switch; absent before it. */
  readonly pauseMilliseconds?: number;
  /** Why an execution stopped; it may have been started again since. */
  readonly failure?: FailureFact;
}

/** Why the last execution stopped. */
export interface FailureFact {
  readonly at: number;
  readonly error: string;
  readonly cause: string;
}

/** One switch of the route. */
export interface SwitchRecord extends SwitchFact {
  /** The direction that it ended. */
  readonly epoch: number;
  readonly to: Side;
}

/** What the report shows beyond the status. What belongs to a cutover is that of the last one that came so far. */
export interface History {
  /** Every switch, the first one first. */
  readonly switches: readonly SwitchRecord[];
  /** The last one, in whichever direction. */
  readonly approval?: Approval;
  /** The stand-by that the last switch has ended, with the gates as they held for it. */
  readonly beforeSwitch?: StandByFact;
  readonly backups: readonly BackupFact[];
  readonly policies: readonly PolicyState[];
  readonly samples: readonly LagSample[];
  readonly givenUp: readonly GivenUpFact[];
  readonly smokeTests: readonly SmokeTestFact[];
  readonly drain?: DrainFact;
  readonly recheck?: RecheckFact;
  /** The comparison of what nobody tells of for certain, before the switch. */
  readonly compared?: FullRound;
  readonly strays: readonly KeyEntry[];
  readonly unwatched?: UnwatchedFact;
  readonly quarantine: readonly KeyEntry[];
  readonly repaired: readonly KeyEntry[];
}

/**
 * Reads the status of a migration.
 * @param known its journal, in whichever direction.
 * @returns undefined if its name is not known.
 */
export async function readStatus(known: Journal, now: number): Promise<Status | undefined> {
  const [identity, journal] = await Promise.all([known.identity(), known.atPresent()]);
  const coordinator = await journal.coordinator.read();
  if (!identity || !coordinator) return undefined;
  const { epoch, direction } = journal;
  const [
    plan,
    phases,
    applied,
    standBy,
    approval,
    controls,
    actions,
    rehearsal,
    noWayBack,
    retention,
    changed,
    ending,
    switched,
    failure,
    samples,
    smokeTest,
  ] = await Promise.all([
    journal.fact<Plan>('plan'),
    journal.coordinator.phaseTimes(),
    journal.activity.totals(),
    direction.fact<StandByFact>('stand-by'),
    journal.coordinator.approval(),
    journal.controls.read(),
    journal.actions.all(),
    journal.fact<RehearsalFact>('rehearsal'),
    direction.fact<NoWayBackFact>('no-way-back'),
    direction.fact<RetentionFact>('retention'),
    journal.facts<ChangedFact>(CHANGED),
    journal.coordinator.ending(),
    lastSwitch(journal),
    journal.fact<FailureFact>('failure'),
    journal.activity.samples(now - RECENT_MILLISECONDS),
    identity.spec.cutover.smokeTest && lastSmokeTest(journal),
  ]);
  const progress = Object.fromEntries(
    await Promise.all(UNIT_PHASES.map(async (phase) => [phase, await unitProgress(journal, phase, plan)])),
  ) as Status['progress'];
  const newest = samples.at(-1);
  return {
    name: journal.migration,
    spec: identity.spec,
    createdAt: identity.createdAt,
    phase: coordinator.phase,
    title: phaseTitle(coordinator.phase),
    term: coordinator.term,
    epoch,
    active: activeSide(epoch),
    revision: coordinator.revision,
    execution: coordinator.execution,
    phases,
    ...(plan ? { plan } : {}),
    progress,
    applied,
    ...(newest ? { lagSeconds: newest.lagSeconds / newest.batches } : {}),
    ...(standBy ? { standBy } : {}),
    ...(approval ? { approval } : {}),
    controls,
    actions,
    ...(rehearsal ? { rehearsal } : {}),
    ...(noWayBack ? { noWayBack } : {}),
    ...(retention ? { retention } : {}),
    changed: [...changed.values()].sort((a, b) => a.at - b.at),
    ...(ending ? { ending } : {}),
    awaitsApproval: coordinator.phase === 'ready' && lacksApprovalAlone(standBy),
    ...(smokeTest ? { smokeTest } : {}),
    ...(switched ? { switched, pauseMilliseconds: switched.switchedAt - switched.fencedAt } : {}),
    ...(failure ? { failure } : {}),
  };
}

const RECENT_MILLISECONDS = 60_000;

/** Whether nothing but a person keeps the next switch back, in whichever direction. */
export function lacksApprovalAlone(standBy: StandByFact | undefined): boolean {
  // The last comparison begins when nobody is waited for any more.
  const shut = standBy?.gates.filter(({ holds, name }) => !holds && name !== LAST_COMPARE) ?? [];
  return shut.length === 1 && shut[0]?.name === 'approval';
}

async function lastSwitch(journal: Journal): Promise<SwitchFact | undefined> {
  if (journal.epoch === FIRST_EPOCH) return undefined;
  return journal.inEpoch(journal.epoch - 1).direction.fact<SwitchFact>('switch');
}

async function lastSmokeTest(journal: Journal): Promise<SmokeTestFact | undefined> {
  const facts = await journal.direction.facts<SmokeTestFact>(SMOKE_TEST_FACT);
  if (facts.size > 0 || journal.epoch === FIRST_EPOCH) return [...facts.values()].at(-1);
  return lastSmokeTest(journal.inEpoch(journal.epoch - 1));
}

/** Reads what only the report needs. */
export async function readHistory(known: Journal): Promise<History> {
  const present = await known.atPresent();
  const journals = Array.from({ length: present.epoch }, (_, index) => present.inEpoch(index + FIRST_EPOCH));
  const directions = await Promise.all(journals.map(directionHistory));
  const last = <T>(of: (history: DirectionHistory) => T | undefined): T | undefined =>
    directions.map(of).findLast((found) => found !== undefined);
  const [approval, drain, recheck, compared, unwatched] = [
    last((history) => history.approval),
    last((history) => history.drain),
    last((history) => history.recheck),
    last((history) => history.compared),
    last((history) => history.unwatched),
  ];
  const beforeSwitch = directions.findLast(({ switched }) => switched)?.standBy;
  const [backups, policies, samples] = await Promise.all([
    known.facts<BackupFact>('backup#'),
    known.policies.all(),
    known.activity.samples(0),
  ]);
  return {
    switches: directions.flatMap(({ switched }, index) =>
      switched ? [{ ...switched, epoch: index + FIRST_EPOCH, to: activeSide(index + FIRST_EPOCH + 1) }] : [],
    ),
    backups: [...backups.values()],
    policies,
    samples,
    givenUp: directions.flatMap(({ givenUp }) => givenUp),
    smokeTests: directions.flatMap(({ smokeTests }) => smokeTests),
    ...(approval ? { approval } : {}),
    ...(beforeSwitch ? { beforeSwitch } : {}),
    ...(drain ? { drain } : {}),
    ...(recheck ? { recheck } : {}),
    ...(compared ? { compared } : {}),
    ...(unwatched ? { unwatched } : {}),
    strays: directions.flatMap(({ strays }) => strays),
    quarantine: directions.flatMap(({ quarantine }) => quarantine),
    repaired: directions.flatMap(({ repaired }) => repaired),
  };
}

type DirectionHistory = Awaited<ReturnType<typeof directionHistory>>;

async function directionHistory({ coordinator, direction, lists }: Journal) {
  const [
    approval,
    standBy,
    switched,
    givenUp,
    smokeTests,
    drain,
    recheck,
    compared,
    unwatched,
    strays,
    quarantine,
    repaired,
  ] = await Promise.all([
    coordinator.approval(),
    direction.fact<StandByFact>('stand-by'),
    direction.fact<SwitchFact>('switch'),
    direction.facts<GivenUpFact>('given-up#'),
    direction.facts<SmokeTestFact>(SMOKE_TEST_FACT),
    direction.fact<DrainFact>('drain'),
    direction.fact<RecheckFact>('recheck'),
    direction.fact<ComparedFact>(COMPARED),
    direction.fact<UnwatchedFact>('unwatched'),
    lists.all('stray'),
    lists.all('quarantine'),
    lists.all('repaired'),
  ]);
  return {
    approval,
    standBy,
    switched,
    givenUp: [...givenUp.values()],
    smokeTests: [...smokeTests.values()],
    drain,
    recheck,
    compared: compared?.round,
    unwatched,
    strays,
    quarantine,
    repaired,
  };
}

async function unitProgress(
  journal: Journal,
  phase: UnitPhase,
  plan: Plan | undefined,
): Promise<UnitProgress> {
  const { units = 0, resources = [] } = plan ?? {};
  const records = await journal.units.records(phase, units);
  let next = 0;
  return {
    units,
    unitsDone: records.filter((record) => record?.done).length,
    counts: sumCounts(records),
    ofResources: resources.map(({ segments }) => {
      const first = next;
      next += segments;
      return sumCounts(records.slice(first, next));
    }),
  };
}
