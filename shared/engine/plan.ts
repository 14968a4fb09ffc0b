import { LookUps } from '../checks.ts';
import type { Journal } from '../journal/journal.ts';
import type { Monitoring } from '../monitoring.ts';
import { PRICES, WORKER_GIGABYTES } from '../prices.ts';
import type { Effort, Range } from '../resources/planned-resource.ts';
import type { ByKind, ResourcePlan, ResourcePlans } from '../resources/resource-kind.ts';
import { resourceKind, type Spec } from '../spec.ts';
import type { Estimate, Migration, Plan } from './migration.ts';
import { advanceTo } from './progress.ts';

/** A Map's list of units must stay well below the 256 KiB of a payload. */
const MOST_UNITS = 4_000;
const MEGABYTE = 1_000_000;
/** Validation, backup, mapping, rounds and cutover, whatever the size. */
const FIXED_SECONDS = { least: 120, most: 900 };

/** Notes of 20 resources have to leave room for the units in the 256 KiB of a payload. */
const MOST_CHARACTERS = 600;

/** Plans a migration from its resources' size. A plan that was made stays as it is: its units are what workers hold. */
export async function planMigration(props: {
  readonly spec: Spec;
  readonly plans: ByKind<ResourcePlans>;
  readonly monitoring: Pick<Monitoring, 'alarms'>;
  readonly journal: Journal;
  readonly migration: Pick<Migration, 'journal' | 'runtime' | 'term'>;
  /** What was found before. */
  readonly notes: readonly string[];
}): Promise<Plan> {
  const { spec, plans, monitoring, journal, migration } = props;
  if (!spec.dryRun) {
    await advanceTo(migration, 'plan');
    const made = await journal.fact<Plan>('plan');
    if (made) return made;
  }
  const lookUps = new LookUps();
  const alarms = await lookUps.ask('alarms', () => Array.fromAsync(monitoring.alarms()));
  const of = {
    mostUnits: Math.floor(MOST_UNITS / spec.resources.length),
    unitBytes: spec.copy.unitMegabytes * MEGABYTE,
    workers: spec.copy.workers,
    alarms,
    lookUps,
  };
  const planned: ResourcePlan[] = [];
  for (const resource of spec.resources) planned.push(await plans[resourceKind(resource)].plan(resource, of));
  const notCompared = new Set(spec.resources.map((resource) => plans[resourceKind(resource)].notCompared));
  const notes = planned.flatMap((one) => one.notes);
  const resources = planned.map(({ resource }) => resource);
  const plan: Plan = {
    resources,
    units: resources.reduce((sum, { segments }) => sum + segments, 0),
    workers: spec.copy.workers,
    estimate: estimate(
      planned.map(({ effort }) => effort),
      spec.copy.workers,
    ),
    notes: [...props.notes, ...lookUps.notes, ...notes, ...fenceNotes(spec), ...notCompared].map(shortened),
    toDo: planned.flatMap(({ toDo }) => toDo).map(shortened),
  };
  if (spec.dryRun) return plan;
  // Before the plan, which nothing but is relied on.
  for (const { bounds } of planned) if (bounds) await journal.bounds.write(bounds);
  await journal.noteFact('plan', plan);
  return plan;
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}

/** Time, units and dollars, as ranges: everything is copied once and compared once. */
function estimate(efforts: readonly Effort[], workers: number): Estimate {
  const sum = (of: keyof Effort): Range =>
    efforts.reduce<Range>(([least, most], effort) => [least + effort[of][0], most + effort[of][1]], [0, 0]);
  const [inStore, byWorkers, requests] = [sum('storeSeconds'), sum('workerSeconds'), sum('dollars')];
  const shortest = FIXED_SECONDS.least + Math.max(inStore[0], byWorkers[0] / workers);
  const longest = FIXED_SECONDS.most + Math.max(inStore[1], byWorkers[1] / workers);
  const lambda = (spent: number) => spent * workers * WORKER_GIGABYTES * PRICES.lambdaGigabyteSecond;
  const rounded = (dollars: number) => Number(dollars.toPrecision(3));
  return {
    seconds: [Math.round(shortest), Math.round(longest)],
    writeUnits: sum('writeUnits'),
    readUnits: sum('readUnits'),
    dollars: [
      rounded(requests[0] + lambda(shortest - FIXED_SECONDS.least)),
      rounded(requests[1] + lambda(longest)),
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
