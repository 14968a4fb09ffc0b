import type { Account } from '../account.ts';
import { Checks } from '../checks.ts';
import { formatProblems, InvalidInputError, type Problem } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { JOURNAL_SCHEMA } from '../journal/journal.ts';
import type { ByKind, ResourceProblems, RouteCheck } from '../resources/resource-kind.ts';
import type { RouteTable } from '../route.ts';
import type { Runtime } from '../runtime.ts';
import { parseSpec, resourceKind, type Spec, specDifference, specIdentity } from '../spec.ts';
import { alarmProblems } from './alarm-problems.ts';
import { restoreActive } from './cutover.ts';
import type { Migration } from './migration.ts';
import { routeProblems } from './route-problems.ts';
import { smokeTestProblems } from './smoke-test-problems.ts';

export interface ValidateProps {
  readonly input: unknown;
  /** The execution that asks. */
  readonly execution: string;
  /** Region of the stack. */
  readonly region: string;
  readonly look: Account;
  readonly problems: ByKind<ResourceProblems>;
  /** Whether the stack has the function that changes resource policies. */
  readonly resourcePolicies: boolean;
  readonly runtime: Runtime;
  readonly journalOf: (migration: string) => Journal;
  readonly routeOf: (migration: string) => RouteTable;
  readonly alarmFires: NonNullable<Migration['alarmFires']>;
  /** ARNs of the smoke tests that the stack may call. */
  readonly smokeTests: readonly string[];
}

export type Validated =
  | { readonly kind: 'refused'; readonly message: string; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'accepted';
      readonly name: string;
      readonly term: number;
      readonly dryRun: boolean;
      /** What could not be checked, or is no problem but should be known. */
      readonly notes: readonly string[];
    };

/**
 * Parses the input, looks at the account, and lists every problem of both at once. Without one it registers the
 * migration and makes the execution its coordinator; a dry run touches nothing.
 */
export async function validate(props: ValidateProps): Promise<Validated> {
  let spec: Spec;
  try {
    spec = parseSpec(props.input);
  } catch (error) {
    if (error instanceof InvalidInputError) return refused(error.problems);
    throw error;
  }
  const journal = props.journalOf(spec.name);
  const route = props.routeOf(spec.name);
  const known = await journal.identity();
  const checks = new Checks();
  const coordinator = await journal.coordinator.read();
  await checks.run('the journal', () => journalProblems(spec, known));
  await checks.run('other executions', () => runningProblems(props, coordinator?.execution));
  await checks.run('the concurrency of Lambda', () => concurrencyProblems(props, spec));
  await checks.run('the alarm', () => alarmProblems(spec, props.alarmFires));
  checks.problems.push(...smokeTestProblems(spec, props));
  checks.problems.push(...fenceProblems(spec, props));
  const routeChecks: RouteCheck[] = [];
  for (const [index, resource] of spec.resources.entries()) {
    const lookedFor = { index, spec, known: known !== undefined };
    routeChecks.push(await props.problems[resourceKind(resource)].look(resource, lookedFor, checks));
  }
  await checks.run('the route', async () =>
    routeProblems(spec, await route.read(), known !== undefined, routeChecks),
  );
  if (checks.problems.length > 0) return refused(checks.problems);

  const accepted = {
    kind: 'accepted',
    name: spec.name,
    dryRun: spec.dryRun,
    notes: checks.notes,
  } as const;
  if (spec.dryRun) return { ...accepted, term: 0 };
  await journal.register({ identity: specIdentity(spec), spec, createdAt: props.runtime.now() });
  const record = await journal.coordinator.take(props.execution, coordinator?.execution);
  if (!record) return refused([alreadyRunning('another execution, which was faster')]);
  await restoreActive({ journal: await journal.atPresent(), route });
  return { ...accepted, term: record.term };
}

async function journalProblems(
  spec: Spec,
  known: Awaited<ReturnType<Journal['identity']>>,
): Promise<Problem[]> {
  if (!known) return [];
  if (known.schema > JOURNAL_SCHEMA)
    return [
      {
        at: 'name',
        problem: 'the journal of this migration was written by a newer version of Segue',
        value: `schema ${known.schema}`,
        allowed: `schema ${JOURNAL_SCHEMA}`,
        change: 'deploy the newer version',
      },
    ];
  if (known.identity === specIdentity(spec)) return [];
  const { dryRun: _, ...before } = known.spec;
  const { dryRun: __, ...now } = spec;
  return [
    {
      at: 'name',
      problem: 'the name is in use for a migration with another spec',
      value: `${spec.name} (${specDifference(before, now).join('; ')})`,
      allowed: 'the same spec, which resumes the migration, or a new name',
      change: 'restore the spec or choose another name',
    },
  ];
}

async function runningProblems(
  { look, execution }: ValidateProps,
  holder: string | undefined,
): Promise<Problem[]> {
  if (holder === undefined || holder === execution || !(await look.isRunning(holder))) return [];
  return [alreadyRunning(holder)];
}

function alreadyRunning(holder: string): Problem {
  return {
    at: 'name',
    problem: 'the migration is running already',
    value: holder,
    allowed: 'one running execution for each migration',
    change: 'watch that one, or stop it first: this one then goes on where it stopped',
  };
}

async function concurrencyProblems({ look }: ValidateProps, spec: Spec): Promise<Problem[]> {
  const available = await look.unreservedConcurrency();
  if (available === undefined || available >= spec.copy.workers) return [];
  return [
    {
      at: 'copy.workers',
      problem: 'more workers than Lambda may run at one time in this account',
      value: String(spec.copy.workers),
      allowed: `at most ${available} (unreserved concurrency)`,
      change: 'lower it, or ask for a higher quota of concurrent executions',
    },
  ];
}

function fenceProblems({ cutover }: Spec, { resourcePolicies }: ValidateProps): Problem[] {
  if (!cutover.fence || resourcePolicies) return [];
  return [
    {
      at: 'cutover.fence',
      problem: 'the stack was deployed without the function that may change resource policies',
      allowed: 'a stack whose config says "resourcePolicies": true',
      change: 'deploy it so, or leave cutover.fence out',
    },
  ];
}

function refused(problems: readonly Problem[]): Validated {
  return {
    kind: 'refused',
    message: `The migration was refused, nothing was touched. ${problems.length === 1 ? 'One problem' : `${problems.length} problems`}:\n${formatProblems(problems)}`,
    problems,
  };
}
