import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { Account } from '../account.ts';
import { formatProblems, InvalidInputError, isNamed, type Problem } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { JOURNAL_SCHEMA } from '../journal/journal.ts';
import type { Route, RouteTable } from '../route.ts';
import type { Runtime } from '../runtime.ts';
import { parseSpec, type Spec, specDifference, specIdentity } from '../spec.ts';
import type { Store } from '../stores/store.ts';
import { reservedAttribute } from '../version.ts';
import { alarmProblems } from './alarm-problems.ts';
import { restoreSource } from './cutover.ts';
import type { Migration } from './migration.ts';
import { keySchema, keyText } from './tables.ts';

export interface ValidateProps {
  readonly input: unknown;
  /** The execution that asks. */
  readonly execution: string;
  /** Account and Region of the stack. */
  readonly account: string;
  readonly region: string;
  /** Tables that the stack may touch. */
  readonly allowed: { readonly sources: readonly string[]; readonly targets: readonly string[] };
  readonly look: Account;
  readonly runtime: Runtime;
  readonly journalOf: (migration: string) => Journal;
  readonly routeOf: (migration: string) => RouteTable;
  readonly alarmFires: NonNullable<Migration['alarmFires']>;
  /** A store of a table, for the look at its first items. */
  readonly storeOf: (table: string, keyNames: readonly string[], reserved: string) => Store;
}

export type Validated =
  | { readonly kind: 'refused'; readonly message: string; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'accepted';
      readonly name: string;
      readonly term: number;
      readonly dryRun: boolean;
      readonly notChecked: readonly string[];
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
  const tables = await resourceProblems(props, spec, known !== undefined, checks);
  await checks.run('the route', async () =>
    routeProblems(spec, await route.read(), known !== undefined, tables),
  );
  if (checks.problems.length > 0) return refused(checks.problems);

  const accepted = {
    kind: 'accepted',
    name: spec.name,
    dryRun: spec.dryRun,
    notChecked: checks.notChecked,
  } as const;
  if (spec.dryRun) return { ...accepted, term: 0 };
  await journal.register({ identity: specIdentity(spec), spec, createdAt: props.runtime.now() });
  const record = await journal.coordinator.take(props.execution, coordinator?.execution);
  if (!record) return refused([alreadyRunning('another execution, which was faster')]);
  await restoreSource({ journal, route });
  return { ...accepted, term: record.term };
}

/** Collects problems. A look-up that the account refuses is noted as not checked. */
class Checks {
  readonly problems: Problem[] = [];
  readonly notChecked: string[] = [];

  async run(what: string, check: () => Promise<readonly Problem[]> | readonly Problem[]): Promise<void> {
    try {
      this.problems.push(...(await check()));
    } catch (error) {
      if (
        !isNamed(error, 'AccessDeniedException', 'AccessDenied', 'UnknownOperationException', 'InvalidAction')
      )
        throw error;
      this.notChecked.push(`${what}: the account refused the look-up (${(error as Error).message})`);
    }
  }
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

interface TablePair {
  readonly source: TableDescription | undefined;
  readonly target: TableDescription | undefined;
}

async function resourceProblems(
  props: ValidateProps,
  spec: Spec,
  known: boolean,
  checks: Checks,
): Promise<TablePair[]> {
  const pairs: TablePair[] = [];
  for (const [index, { source, target, existingItems }] of spec.resources.entries()) {
    const at = (side: string) => `resources[${index}].${side}.table`;
    for (const [side, location] of [
      ['source', source],
      ['target', target],
    ] as const) {
      const allowed = side === 'source' ? props.allowed.sources : props.allowed.targets;
      if (!allowed.includes(location.table))
        checks.problems.push({
          at: at(side),
          problem: `the stack may not touch this ${side}`,
          value: location.table,
          allowed: allowed.join(', ') || 'none',
          change: `add it to the ${side}s of the deploy config and deploy again`,
        });
      checks.problems.push(...elsewhereProblems(props, `resources[${index}].${side}`, location));
    }
    const pair: { source?: TableDescription | undefined; target?: TableDescription | undefined } = {};
    const reserved = reservedAttribute(spec.name);
    await checks.run(`source table ${source.table}`, async () => {
      pair.source = await props.look.table(source.table);
      if (!pair.source)
        return [
          {
            at: at('source'),
            problem: 'there is no such table',
            value: source.table,
            change: 'correct the name or the Region',
          },
        ];
      return [...stateProblems(at('source'), pair.source), ...streamProblems(at('source'), pair.source)];
    });
    await checks.run(`readers of the stream of ${source.table}`, () =>
      readerProblems(props, at('source'), pair.source, known),
    );
    await checks.run(`target table ${target.table}`, async () => {
      pair.target = await props.look.table(target.table);
      if (!pair.target)
        return target.create
          ? []
          : [
              {
                at: at('target'),
                problem: 'there is no such table',
                value: target.table,
                change: 'create it, or set target.create to true',
              },
            ];
      return [
        ...stateProblems(at('target'), pair.target),
        ...(pair.source ? keyProblems(at('target'), pair.source, pair.target) : []),
      ];
    });
    if (!known && pair.target) {
      await checks.run(`time to live of ${target.table}`, async () =>
        (await props.look.timeToLive(target.table))
          ? [
              {
                at: at('target'),
                problem: 'time to live is enabled on the target',
                value: 'ENABLED',
                allowed: 'disabled until after the cutover',
                change: 'disable it, and enable it again when the migration is complete',
              },
            ]
          : [],
      );
    }
    for (const [side, table] of [
      ['source', pair.source],
      ['target', pair.target],
    ] as const) {
      if (!table || known) continue;
      await checks.run(`items of ${table.TableName}`, () =>
        itemProblems(props, at(side), table, reserved, side === 'target' && existingItems === 'refuse'),
      );
    }
    pairs.push({ source: pair.source, target: pair.target });
  }
  return pairs;
}

function elsewhereProblems(
  { account, region }: ValidateProps,
  at: string,
  location: Spec['resources'][number]['source'],
): Problem[] {
  const problems: Problem[] = [];
  if (location.account !== undefined && location.account !== account)
    problems.push({
      at: `${at}.account`,
      problem: 'tables of other accounts are not supported yet',
      value: location.account,
      allowed: account,
      change: 'deploy the stack in the account of the tables',
    });
  if (location.region !== undefined && location.region !== region)
    problems.push({
      at: `${at}.region`,
      problem: 'tables of other Regions are not supported yet',
      value: location.region,
      allowed: region,
      change:
        'deploy the stack in the Region of the tables; between Regions, DynamoDB global tables fit better',
    });
  if (location.role !== undefined)
    problems.push({
      at: `${at}.role`,
      problem: 'roles are not supported yet',
      value: location.role,
      allowed: "none: each worker's own role is used",
      change: 'remove it',
    });
  return problems;
}

function stateProblems(at: string, table: TableDescription): Problem[] {
  const problems: Problem[] = [];
  if (!['ACTIVE', 'UPDATING'].includes(table.TableStatus ?? ''))
    problems.push({
      at,
      problem: 'the table is not active',
      value: table.TableStatus ?? 'unknown',
      allowed: 'ACTIVE',
      change: 'wait until it is',
    });
  if (table.GlobalTableVersion || (table.Replicas?.length ?? 0) > 0)
    problems.push({
      at,
      problem: 'global tables are not supported',
      value: table.TableName ?? '',
      allowed: 'a table of one Region',
      change: 'remove the replicas: those in other Regions would go on taking writes',
    });
  return problems;
}

function streamProblems(at: string, { StreamSpecification }: TableDescription): Problem[] {
  const type = StreamSpecification?.StreamViewType;
  if (!StreamSpecification?.StreamEnabled || type === 'NEW_AND_OLD_IMAGES') return [];
  return [
    {
      at,
      problem: "the table's stream has the wrong view type",
      value: type ?? 'unknown',
      allowed: 'NEW_AND_OLD_IMAGES, or no stream',
      change:
        'disable the stream and enable it anew (a new stream: its readers must be moved), which is yours to decide',
    },
  ];
}

async function readerProblems(
  { look }: ValidateProps,
  at: string,
  source: TableDescription | undefined,
  known: boolean,
): Promise<Problem[]> {
  if (!source?.LatestStreamArn || !source.StreamSpecification?.StreamEnabled || known) return [];
  const others = await look.mappings(source.LatestStreamArn);
  if (others.length === 0) return [];
  return [
    {
      at,
      problem: "the table's stream has a reader already",
      value: others.map(({ functionArn }) => functionArn).join(', '),
      allowed: 'none: a shard has at most two readers, and the migration needs both (applier and auditor)',
      change: 'remove the event source mappings until the migration is complete',
    },
  ];
}

function keyProblems(at: string, source: TableDescription, target: TableDescription): Problem[] {
  const [ours, theirs] = [keyText(keySchema(source)), keyText(keySchema(target))];
  return ours === theirs
    ? []
    : [
        {
          at,
          problem: "the target's keys are not the source's",
          value: theirs,
          allowed: ours,
          change: 'create the target with the same keys',
        },
      ];
}

async function itemProblems(
  { storeOf }: ValidateProps,
  at: string,
  table: TableDescription,
  reserved: string,
  mustBeEmpty: boolean,
): Promise<Problem[]> {
  const names = keySchema(table).map(({ name }) => name);
  const store = storeOf(table.TableName ?? '', names, reserved);
  const whole = { segment: 0, segments: 1 };
  const { cells } = await store.scanVersions(whole, undefined);
  if (cells.length > 0)
    return [
      {
        at,
        problem: 'items carry the reserved attribute already',
        value: reserved,
        allowed: 'an attribute that no item has',
        change: 'choose another name for the migration, or remove the attribute',
      },
    ];
  if (!mustBeEmpty || (await store.scan(whole, undefined)).count === 0) return [];
  return [
    {
      at,
      problem: 'the target is not empty',
      value: table.TableName ?? '',
      allowed: 'an empty table',
      change: 'empty it, or set existingItems to "replace" (what only the target holds is removed then)',
    },
  ];
}

function routeProblems(
  spec: Spec,
  route: Route | undefined,
  known: boolean,
  tables: readonly TablePair[],
): Problem[] {
  const create = `segue route create ${spec.name} ${spec.resources.map(({ source, target }) => `${source.table}:${target.table}`).join(' ')}`;
  if (!route)
    return [
      {
        at: 'name',
        problem: 'the route of this migration is missing',
        value: spec.name,
        allowed: 'a route that points at the source',
        change: `create it before the application uses the router: ${create}`,
      },
    ];
  const problems: Problem[] = [];
  if (route.state !== 'source' && !known)
    problems.push({
      at: 'name',
      problem: 'the route does not point at the source',
      value: route.state,
      allowed: 'source',
      change: 'retire it and create it anew, or choose another name',
    });
  const wanted = spec.resources
    .map(({ source, target }) => `${source.table}:${target.table}`)
    .sort()
    .join(' ');
  const routed = route.tables
    .map(({ source, target }) => `${source}:${target}`)
    .sort()
    .join(' ');
  if (wanted !== routed)
    problems.push({
      at: 'resources',
      problem: 'the route names other tables',
      value: routed,
      allowed: wanted,
      change: `retire the route and create it anew: ${create}`,
    });
  for (const [index, { source }] of tables.entries()) {
    const keys = route.tables.find(({ source: name }) => name === spec.resources[index]?.source.table)?.keys;
    if (source && keys && keyText(keys) !== keyText(keySchema(source)))
      problems.push({
        at: `resources[${index}].source.table`,
        problem: 'the route names other keys',
        value: keyText(keys),
        allowed: keyText(keySchema(source)),
        change: `retire the route and create it anew: ${create}`,
      });
  }
  return problems;
}

function refused(problems: readonly Problem[]): Validated {
  return {
    kind: 'refused',
    message: `The migration was refused, nothing was touched. ${problems.length === 1 ? 'One problem' : `${problems.length} problems`}:\n${formatProblems(problems)}`,
    problems,
  };
}
