import type { GivenUpFact, RecheckFact, SwitchFact } from './engine/cutover.ts';
import type { DrainFact } from './engine/drain.ts';
import type { BackupFact } from './engine/gates.ts';
import type { Plan } from './engine/migration.ts';
import type { StandByFact } from './engine/ready.ts';
import type { RehearsalFact } from './engine/rehearsal.ts';
import type { UnwatchedFact } from './engine/watch.ts';
import type { ActionRecord } from './journal/actions.ts';
import type { AppliedCounts, LagSample } from './journal/activity.ts';
import type { ControlsRecord } from './journal/controls.ts';
import type { Approval, PhaseTimes } from './journal/coordinator.ts';
import type { Journal } from './journal/journal.ts';
import type { KeyEntry } from './journal/key-lists.ts';
import { sumCounts } from './journal/units.ts';
import { type Phase, phaseTitle, UNIT_PHASES, type UnitPhase } from './phases.ts';
import type { Spec } from './spec.ts';

/** How far a phase that is fanned out has come. */
export interface UnitProgress {
  readonly units: number;
  readonly unitsDone: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** A migration as a person sees it, read from the journal alone. */
export interface Status {
  readonly name: string;
  readonly spec: Spec;
  readonly createdAt: number;
  readonly phase: Phase;
  readonly title: string;
  readonly term: number;
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

/** What the report shows beyond the status. */
export interface History {
  readonly backups: readonly BackupFact[];
  readonly samples: readonly LagSample[];
  readonly givenUp: readonly GivenUpFact[];
  readonly drain?: DrainFact;
  readonly recheck?: RecheckFact;
  readonly strays: readonly KeyEntry[];
  readonly unwatched?: UnwatchedFact;
  readonly quarantine: readonly KeyEntry[];
  readonly repaired: readonly KeyEntry[];
}

/** Reads the status of a migration. @returns undefined if its name is not known. */
export async function readStatus(journal: Journal, now: number): Promise<Status | undefined> {
  const [identity, coordinator] = await Promise.all([journal.identity(), journal.coordinator.read()]);
  if (!identity || !coordinator) return undefined;
  const [plan, phases, applied, standBy, approval, controls, actions, rehearsal, switched, failure, samples] =
    await Promise.all([
      journal.fact<Plan>('plan'),
      journal.coordinator.phaseTimes(),
      journal.activity.totals(),
      journal.fact<StandByFact>('stand-by'),
      journal.coordinator.approval(),
      journal.controls.read(),
      journal.actions.all(),
      journal.fact<RehearsalFact>('rehearsal'),
      journal.fact<SwitchFact>('switch'),
      journal.fact<FailureFact>('failure'),
      journal.activity.samples(now - RECENT_MILLISECONDS),
    ]);
  const progress = Object.fromEntries(
    await Promise.all(
      UNIT_PHASES.map(async (phase) => [phase, await unitProgress(journal, phase, plan?.units ?? 0)]),
    ),
  ) as Status['progress'];
  const newest = samples.at(-1);
  const shut = standBy?.gates.filter(({ holds }) => !holds) ?? [];
  return {
    name: journal.migration,
    spec: identity.spec,
    createdAt: identity.createdAt,
    phase: coordinator.phase,
    title: phaseTitle(coordinator.phase),
    term: coordinator.term,
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
    awaitsApproval: coordinator.phase === 'ready' && shut.length === 1 && shut[0]?.name === 'approval',
    ...(switched ? { switched, pauseMilliseconds: switched.switchedAt - switched.fencedAt } : {}),
    ...(failure ? { failure } : {}),
  };
}

const RECENT_MILLISECONDS = 60_000;

/** Reads what only the report needs. */
export async function readHistory(journal: Journal): Promise<History> {
  const [backups, samples, givenUp, drain, recheck, strays, unwatched, quarantine, repaired] =
    await Promise.all([
      journal.facts<BackupFact>('backup#'),
      journal.activity.samples(0),
      journal.facts<GivenUpFact>('given-up#'),
      journal.fact<DrainFact>('drain'),
      journal.fact<RecheckFact>('recheck'),
      journal.lists.all('stray'),
      journal.fact<UnwatchedFact>('unwatched'),
      journal.lists.all('quarantine'),
      journal.lists.all('repaired'),
    ]);
  return {
    backups: [...backups.values()],
    samples,
    givenUp: [...givenUp.values()],
    ...(drain ? { drain } : {}),
    ...(recheck ? { recheck } : {}),
    strays,
    ...(unwatched ? { unwatched } : {}),
    quarantine,
    repaired,
  };
}

async function unitProgress(journal: Journal, phase: UnitPhase, units: number): Promise<UnitProgress> {
  const records = await journal.units.records(phase, units);
  return { units, unitsDone: records.filter((record) => record?.done).length, counts: sumCounts(records) };
}
