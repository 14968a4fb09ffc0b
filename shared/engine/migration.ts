import { PermanentError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { WorkUnit } from '../model.ts';
import type { PlannedResource, Range } from '../resources/planned-resource.ts';
import type { RouterReport, RouteTable } from '../route.ts';
import type { Runtime } from '../runtime.ts';
import type { CallSmokeTest } from '../smoke-test.ts';
import type { Spec } from '../spec.ts';
import type { Feed, KeysOfHint } from '../stores/feed.ts';
import type { Store } from '../stores/store.ts';
import type { Pacer } from './pacer.ts';
import type { Repair } from './repair.ts';

export interface Plan {
  readonly resources: readonly PlannedResource[];
  readonly units: number;
  readonly workers: number;
  readonly estimate: Estimate;
  readonly notes: readonly string[];
  /** What the targets lack of their sources and do not get with the items; absent in plans of earlier versions. */
  readonly toDo?: readonly string[];
}

/** What the migration is expected to take, as ranges of least and most. */
export interface Estimate {
  readonly seconds: Range;
  readonly dollars: Range;
  readonly readUnits: Range;
  readonly writeUnits: Range;
}

/**
 * A resource as a direction sees it: its source is the active side, its target the passive one. In the reverse
 * direction these are the spec's target and source.
 */
export interface Resource {
  readonly index: number;
  readonly source: Store;
  readonly target: Store;
  /** The rule by which a key of the target becomes what it is at the source. */
  readonly repair: Repair;
  /** Whose requests it takes, as the routers of these say in their reports. */
  readonly service?: RouterReport['service'];
  /** Of the active side. Absent where a feed tells of every change. */
  readonly keysOfHint?: KeysOfHint;
}

/** What every part of the engine is given: one migration, seen from one invocation of one worker. */
export interface Migration {
  readonly name: string;
  readonly spec: Spec;
  readonly plan: Plan;
  /** Term of the coordinator that sent this invocation. */
  readonly term: number;
  readonly resources: readonly Resource[];
  /** In the direction that the migration had when the invocation began. */
  readonly journal: Journal;
  readonly route: RouteTable;
  readonly runtime: Runtime;
  /** Whether an alarm of CloudWatch fires; undefined where there is none. For those functions that ask. */
  readonly alarmFires?: (name: string) => Promise<boolean | undefined>;
  /** Calls the user's smoke test. For the cutover alone. */
  readonly callSmokeTest?: CallSmokeTest;
  /** When the invocation should hand over what remains; milliseconds since the epoch. */
  readonly handoverAt: number;
  /** When the invocation ends, whatever it does. */
  readonly deadline: number;
}

/** A migration as it is seen by a worker that a Map Run has sent to a unit. */
export interface UnitMigration extends Migration {
  readonly pacer: Pacer;
}

/** The changes of one side of a resource. */
export interface SideFeed {
  readonly stream: string;
  readonly feed: Feed;
}

/** The resources of a migration once more, behind the budget of all workers. */
export interface PacedResources {
  readonly pacer: Pacer;
  readonly resources: readonly Resource[];
}

/** A migration whose changes can be read, for the auditor. */
export interface AuditedMigration extends Migration {
  /** For what he does beside the changes, which nothing holds back. @default nothing holds that back either */
  readonly paced?: PacedResources | undefined;
  /** Those of the active side: one feed for each resource, in the same order. */
  readonly feeds: readonly SideFeed[];
  /** Those of the passive side; undefined where it is not captured. */
  readonly passiveFeeds: readonly (SideFeed | undefined)[];
}

/** The unit of a number: the segments of all resources, counted through. */
export function workUnit(plan: Plan, number: number): WorkUnit {
  let first = 0;
  for (const [resource, { segments }] of plan.resources.entries()) {
    if (number < first + segments) return { number, resource, segment: number - first, segments };
    first += segments;
  }
  throw new PermanentError(`there is no unit ${number}: the plan has ${plan.units}`);
}

export function resourceOf(migration: Pick<Migration, 'resources'>, index: number): Resource {
  const resource = migration.resources[index];
  if (!resource) throw new PermanentError(`there is no resource ${index}`);
  return resource;
}

/** Whether no write of this invocation to a target is on its way any more. */
export function outcomesKnown(resources: readonly Resource[]): boolean {
  return resources.every(({ target }) => target.outcomesKnown());
}
