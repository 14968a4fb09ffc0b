import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { Account } from '../account.ts';
import { PermanentError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Monitoring } from '../monitoring.ts';
import { PRICES, WORKER_GIGABYTES } from '../prices.ts';
import type { Spec } from '../spec.ts';
import { alarmsLeft } from './alarms.ts';
import { LookUps } from './checks.ts';
import { leftToDo, tableDifferences } from './differences.ts';
import type { Estimate, Migration, Plan, PlannedResource } from './migration.ts';
import { advanceTo } from './progress.ts';
import { lookAtTable, lookOfCreated } from './table-look.ts';
import { keySchema } from './tables.ts';

/** A Map's list of units must stay well below the 256 KiB of a payload. */
const MOST_UNITS = 4_000;
const MEGABYTE = 1_000_000;
/** Write units a second: what a new on-demand table takes at once, and the default quota of a table. */
const WRITE_UNITS_PER_SECOND = { least: 4_000, most: 40_000 };
/** Items a second that one worker writes, by its request latency: to be measured on AWS. */
const ITEMS_PER_WORKER_SECOND = { least: 1_000, most: 8_000 };
/** Validation, backup, mapping, rounds and cutover, whatever the size. */
const FIXED_SECONDS = { least: 120, most: 900 };

/** Notes of 20 tables have to leave room for the units in the 256 KiB of a payload. */
const MOST_CHARACTERS = 600;
const NOT_COMPARED = 'not compared: auto scaling, Contributor Insights and resource policies of the tables';

/** Plans a migration from its tables' size. A plan that was made stays as it is: its units are what workers hold. */
export async function planMigration(props: {
  readonly spec: Spec;
  readonly look: Account;
  readonly monitoring: Monitoring;
  readonly journal: Journal;
  readonly migration: Pick<Migration, 'journal' | 'runtime' | 'term'>;
  /** What was found before. */
  readonly notes: readonly string[];
}): Promise<Plan> {
  const { spec, look, monitoring, journal, migration } = props;
  if (!spec.dryRun) {
    await advanceTo(migration, 'plan');
    const made = await journal.fact<Plan>('plan');
    if (made) return made;
  }
  const resources: PlannedResource[] = [];
  const lookUps = new LookUps();
  const differences: string[] = [];
  const toDo: string[] = [];
  const alarms = await lookUps.ask('alarms', () => Array.fromAsync(monitoring.alarms()));
  for (const { source, target } of spec.resources) {
    const table = await look.table(source.table);
    if (!table) throw new PermanentError(`the source table ${source.table} is gone`);
    resources.push(plannedResource(table, target.table, spec));
    const ours = await lookAtTable(look, lookUps, table);
    const existing = await look.table(target.table);
    const theirs = existing ? await lookAtTable(look, lookUps, existing) : lookOfCreated(ours, target.table);
    differences.push(...tableDifferences(ours, theirs), ...mechanismNotes(table));
    toDo.push(...leftToDo(ours, theirs), ...alarmsLeft(alarms ?? [], source.table, target.table));
  }
  const plan: Plan = {
    resources,
    units: resources.reduce((sum, { segments }) => sum + segments, 0),
    workers: spec.copy.workers,
    estimate: estimate(resources, spec.copy.workers),
    notes: [...props.notes, ...lookUps.notes, ...differences, ...fenceNotes(spec), NOT_COMPARED].map(
      shortened,
    ),
    toDo: toDo.map(shortened),
  };
  if (!spec.dryRun) await journal.noteFact('plan', plan);
  return plan;
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}

function plannedResource(table: TableDescription, target: string, spec: Spec): PlannedResource {
  const { ItemCount: items = 0, TableSizeBytes: bytes = 0, TableName: source = '' } = table;
  const most = Math.floor(MOST_UNITS / spec.resources.length);
  const segments = Math.max(1, Math.min(most, Math.ceil(bytes / (spec.copy.unitMegabytes * MEGABYTE))));
  return { source, target, keys: keySchema(table), items, bytes, segments };
}

/**
 * Time, units and dollars, as ranges. Copied once and compared once: a consistent read of 4 KB is one unit, a write of
 * 1 KB is one unit for the table and one for each index that holds the item.
 */
function estimate(resources: readonly PlannedResource[], workers: number): Estimate {
  let [writeUnits, readUnits, items] = [0, 0, 0];
  for (const resource of resources) {
    const kilobytes = Math.max(1, Math.ceil(resource.bytes / Math.max(1, resource.items) / 1_024));
    writeUnits += resource.items * kilobytes;
    readUnits += 3 * Math.ceil(resource.bytes / 4_096);
    items += resource.items;
  }
  const most = { write: writeUnits * 2, read: readUnits * 2 };
  const seconds = (speed: 'least' | 'most', writes: number) =>
    FIXED_SECONDS[speed === 'most' ? 'least' : 'most'] +
    Math.max(writes / WRITE_UNITS_PER_SECOND[speed], items / (workers * ITEMS_PER_WORKER_SECOND[speed]));
  const shortest = seconds('most', writeUnits);
  const longest = seconds('least', most.write);
  const lambda = (spent: number) => spent * workers * WORKER_GIGABYTES * PRICES.lambdaGigabyteSecond;
  const dollars = (writes: number, reads: number, spent: number) =>
    Number((writes * PRICES.writeUnit + reads * PRICES.readUnit + lambda(spent)).toPrecision(3));
  return {
    seconds: [Math.round(shortest), Math.round(longest)],
    writeUnits: [writeUnits, most.write],
    readUnits: [readUnits, most.read],
    dollars: [
      dollars(writeUnits, readUnits, shortest - FIXED_SECONDS.least),
      dollars(most.write, most.read, longest),
    ],
  };
}

/** Whom a second fence keeps out, and from when on: it is no surprise to be found later. */
function fenceNotes({ cutover: { fence } }: Spec): string[] {
  if (!fence) return [];
  return [
    fence.routerRoles
      ? `from Ready on the sources' resource policies deny writes to everybody but ${fence.routerRoles.join(', ')} and the migrator, jobs and people included (cutover.fence)`
      : 'after the switch the resource policies of the side that was left deny writes to everybody but the migrator (cutover.fence)',
  ];
}

/** When something else of AWS's own fits better, it is said. */
function mechanismNotes({ TableName, ItemCount = 0 }: TableDescription): string[] {
  if (ItemCount === 0)
    return [
      `${TableName} holds no items (its count is updated every six hours): for an empty table, switch the application's configuration instead`,
    ];
  return [
    `${TableName}: if the application can stop writing for a while, an export to S3 and an import into a new table cost less`,
  ];
}
