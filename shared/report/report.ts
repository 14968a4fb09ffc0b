import packageJson from '../../package.json' with { type: 'json' };
import type { GateState } from '../engine/gates.ts';
import type { Plan } from '../engine/migration.ts';
import type { AppliedCounts } from '../journal/activity.ts';
import { JOURNAL_SCHEMA } from '../journal/journal.ts';
import type { Route, RouteState } from '../route.ts';
import type { FailureFact, History, Status } from '../status.ts';
import { type CostReport, costReport } from './cost.ts';
import {
  type CutoverReport,
  cutoverReport,
  type DrainReport,
  drainReport,
  type FinalRecheckReport,
  finalRecheckReport,
} from './cutover.ts';
import { type EstimateReport, estimateReport } from './estimate.ts';
import { type FailureReport, failureReport } from './failure.ts';
import { isoTime, isoTimeIfAny } from './format.ts';
import { type KeyListReport, keyListReport } from './keys.ts';
import { type LagReport, lagReport } from './lag.ts';
import { completedAt, type LifeReport, lifeReport } from './life.ts';
import { type Outcome, type OutcomeKind, outcomeOf } from './outcome.ts';
import { type PolicyReport, policyReports } from './policies.ts';
import { type SteeringReport, steeringReport } from './steering.ts';
import {
  type CompareReport,
  type CopyReport,
  compareReport,
  copyReport,
  type LastCompareReport,
  lastCompareReport,
  type ResourceReport,
  resourceReports,
  type SweepReport,
  sweepReport,
} from './work.ts';

/** Version of the report's format. It grows when a field changes its meaning or goes. */
const REPORT_SCHEMA = 2;

/**
 * A migration's report: the JSON twin of the page, which shows nothing else. Times are ISO 8601 in UTC; every other
 * number has its unit in its name, or counts.
 */
export interface MigrationReport {
  readonly schema: typeof REPORT_SCHEMA;
  readonly name: string;
  readonly generatedAt: string;
  readonly segueVersion: string;
  readonly journalSchema: number;
  readonly outcome: Outcome;
  /** Why the execution that reports has stopped. */
  readonly failure?: FailureReport | undefined;
  /** Why an earlier execution had stopped; the migration was started again since. */
  readonly earlierFailure?: FailureReport | undefined;
  readonly life?: LifeReport | undefined;
  readonly resources: readonly ResourceReport[];
  readonly notes: readonly string[];
  /** What the targets lacked of their sources when the migration was planned, and what gives it to them. */
  readonly toDo: readonly string[];
  readonly copy?: CopyReport | undefined;
  readonly changes?: AppliedCounts | undefined;
  readonly lag?: LagReport | undefined;
  readonly compare?: CompareReport | undefined;
  readonly lastCompare?: LastCompareReport | undefined;
  readonly estimate?: EstimateReport | undefined;
  readonly cost?: CostReport | undefined;
  readonly gates?: GatesReport | undefined;
  readonly awaitsApproval?: boolean | undefined;
  readonly approval?: { readonly by: string; readonly at?: string | undefined } | undefined;
  readonly steering?: SteeringReport | undefined;
  readonly route?: RouteReport | undefined;
  readonly cutover?: CutoverReport | undefined;
  readonly drain?: DrainReport | undefined;
  readonly finalRecheck?: FinalRecheckReport | undefined;
  readonly sweep?: SweepReport | undefined;
  readonly backups?: History['backups'] | undefined;
  /** Of resources that a second fence has stood in. */
  readonly policies?: readonly PolicyReport[] | undefined;
  readonly keys?: Readonly<Record<'strays' | 'quarantine' | 'repaired', KeyListReport>> | undefined;
  /** Why changes of the source after the switch may have gone unseen. */
  readonly unwatched?: string | undefined;
  readonly execution?: string | undefined;
  readonly term?: number | undefined;
  /** Hash of the spec but for `dryRun`: the same one resumes the migration. */
  readonly specSha256?: string | undefined;
  readonly spec: unknown;
}

interface GatesReport {
  readonly at: string;
  readonly gates: readonly GateState[];
}

interface RouteReport {
  readonly state: RouteState;
  readonly revision: number;
  readonly deadlineAt?: string | undefined;
}

export interface ReportInput {
  readonly name: string;
  /** As it was given; with its defaults where it could be parsed. */
  readonly spec: unknown;
  readonly specSha256?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Outcome of an execution that is not the coordinator of a migration. */
  readonly without?: Extract<OutcomeKind, 'dry-run' | 'refused' | 'superseded'> | undefined;
  readonly plan?: Plan | undefined;
  /** Why the execution that reports has stopped. */
  readonly failure?: FailureFact | undefined;
  /** What the journal and the route say. */
  readonly known?: KnownMigration | undefined;
}

export interface KnownMigration {
  readonly status: Status;
  readonly history: History;
  readonly route?: Route | undefined;
}

/** Everything that the report says, as data. */
export function reportData(input: ReportInput): MigrationReport {
  const { known, failure, without } = input;
  const plan = known?.status.plan ?? input.plan;
  const findings = {
    schema: REPORT_SCHEMA,
    name: input.name,
    generatedAt: isoTime(input.now),
    segueVersion: packageJson.version,
    journalSchema: JOURNAL_SCHEMA,
    failure: failure && failureReport(failure),
    resources: plan ? resourceReports(plan, known?.status.progress) : [],
    notes: plan?.notes ?? [],
    toDo: plan?.toDo ?? [],
    estimate: plan && estimateReport(plan),
    ...(known ? migrationFindings(input, known, plan) : {}),
    specSha256: input.specSha256,
    spec: input.spec,
  } as const;
  const kind =
    without ?? (failure ? 'failed' : known && completedAt(known.status) ? 'completed' : 'in-progress');
  const { schema, name, generatedAt, ...rest } = findings;
  return { schema, name, generatedAt, outcome: outcomeOf(kind, findings), ...rest };
}

function migrationFindings(
  { now, failure }: ReportInput,
  { status, history, route }: KnownMigration,
  plan: Plan | undefined,
) {
  const { resources } = status.spec;
  const life = lifeReport({ status, history, now, failedAt: failure?.at });
  const cost = plan && costReport(status, plan, life);
  const { approval, beforeSwitch } = history;
  // At the end those of the other direction, which nobody has asked to open, tell nothing of what was done.
  const standBy = completedAt(status) === undefined ? status.standBy : (beforeSwitch ?? status.standBy);
  return {
    earlierFailure: !failure && status.failure ? failureReport(status.failure) : undefined,
    life,
    estimate: plan && cost && estimateReport(plan, { life, cost }),
    copy: copyReport(status, life),
    changes: status.applied,
    lag: lagReport(history.samples),
    compare: compareReport(status, life),
    lastCompare: lastCompareReport(history),
    cost,
    gates:
      standBy && standBy.gates.length > 0 ? { at: isoTime(standBy.at), gates: standBy.gates } : undefined,
    awaitsApproval: status.awaitsApproval,
    approval: approval
      ? { by: approval.by, at: isoTime(approval.at) }
      : status.spec.cutover.approval === 'automatic'
        ? { by: 'the spec: approval is automatic' }
        : undefined,
    steering: steeringReport(status),
    route: route && {
      state: route.state,
      revision: route.revision,
      deadlineAt: isoTimeIfAny(route.deadline),
    },
    cutover: cutoverReport(status, history),
    drain: drainReport(history),
    finalRecheck: finalRecheckReport(history),
    sweep: sweepReport(status),
    backups: history.backups,
    policies: policyReports(history.policies),
    keys: {
      strays: keyListReport(history.strays, resources, 'source'),
      quarantine: keyListReport(history.quarantine, resources, 'target'),
      repaired: keyListReport(history.repaired, resources, 'target'),
    },
    unwatched: history.unwatched?.reason,
    execution: status.execution,
    term: status.term,
  };
}
