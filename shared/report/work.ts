import type { Plan } from '../engine/migration.ts';
import { plannedKind } from '../resources/planned-resource.ts';
import type { ResourceKind } from '../spec.ts';
import type { History, Status } from '../status.ts';
import { isoTime } from './format.ts';
import type { LifeReport } from './life.ts';

/**
 * A table with its items, or the objects below a prefix, as the plan found it. Counts of tables are DynamoDB's own,
 * updated about every six hours; those of buckets are estimated from a part of their listing.
 */
export interface ResourceReport {
  readonly kind: ResourceKind;
  readonly source: string;
  readonly target: string;
  readonly itemsAtPlan: number;
  readonly bytesAtPlan: number;
  readonly units: number;
  /** Items or objects that were read to be copied, so far. */
  readonly copied?: number | undefined;
  /** Of the full compare: those of the source, and those that differed and were repaired at once. */
  readonly compared?: number | undefined;
  readonly repaired?: number | undefined;
}

export interface CopyReport {
  readonly units: number;
  readonly unitsDone: number;
  readonly items: number;
  /** By the capacity that reading it took. */
  readonly bytes: number;
  readonly inserted: number;
  /** A change or an earlier worker had written them already. */
  readonly alreadyThere: number;
  readonly rejected: number;
  readonly seconds?: number | undefined;
  readonly itemsPerSecond?: number | undefined;
  readonly bytesPerSecond?: number | undefined;
}

/** The comparison of all objects that a cutover needs, where a store only hints at changes. */
export interface LastCompareReport {
  readonly beganAt: string;
  /** Keys of both sides. */
  readonly keys: number;
  readonly repaired: number;
}

/** The full compare: both sides read once, item by item. */
export interface CompareReport {
  readonly units: number;
  readonly unitsDone: number;
  readonly endedAt?: string | undefined;
  readonly sourceItems: number;
  readonly targetItems: number;
  /** Found no partner in the two scans and were read by key: a change may have been in flight. */
  readonly readByKey: number;
  readonly mismatches: number;
  readonly repaired: number;
  /** In quarantine, or left to the next rounds. */
  readonly notRepaired: number;
}

export interface SweepReport {
  readonly items: number;
  readonly versionsRemoved: number;
}

export function resourceReports({ resources }: Plan, progress?: Status['progress']): ResourceReport[] {
  return resources.map((resource, index) => {
    const { source, target, items, bytes, segments } = resource;
    const [copied, compared] = [progress?.copy.ofResources[index], progress?.verify.ofResources[index]];
    return {
      kind: plannedKind(resource),
      source,
      target,
      itemsAtPlan: items,
      bytesAtPlan: bytes,
      units: segments,
      copied: copied?.items,
      compared: compared?.items,
      repaired: compared?.repaired,
    };
  });
}

export function copyReport({ progress: { copy } }: Status, life: LifeReport): CopyReport {
  const { items = 0, bytes = 0, inserted = 0, existing = 0, rejected = 0 } = copy.counts;
  const seconds = life.phases.find(({ id }) => id === 'copy')?.seconds;
  const perSecond = (amount: number) => (seconds ? amount / seconds : undefined);
  return {
    units: copy.units,
    unitsDone: copy.unitsDone,
    items,
    bytes,
    inserted,
    alreadyThere: existing,
    rejected,
    seconds,
    itemsPerSecond: perSecond(items),
    bytesPerSecond: perSecond(bytes),
  };
}

/** @returns undefined before the first unit was compared. */
export function compareReport({ progress: { verify } }: Status, life: LifeReport): CompareReport | undefined {
  const { items, targetItems = 0, readByKey = 0, repaired = 0, rejected = 0 } = verify.counts;
  if (items === undefined) return undefined;
  return {
    units: verify.units,
    unitsDone: verify.unitsDone,
    endedAt: life.phases.find(({ id }) => id === 'verify')?.endedAt,
    sourceItems: items,
    targetItems,
    readByKey,
    mismatches: repaired + rejected,
    repaired,
    notRepaired: rejected,
  };
}

/** @returns undefined where nothing had to be compared before the switch, or not all of it was. */
export function lastCompareReport({ compared }: History): LastCompareReport | undefined {
  if (!compared?.done) return undefined;
  const { began, keys, repaired } = compared;
  return { beganAt: isoTime(began), keys, repaired };
}

/** @returns undefined before the first unit was swept. */
export function sweepReport({ progress: { sweep } }: Status): SweepReport | undefined {
  const { items, swept = 0 } = sweep.counts;
  return items === undefined ? undefined : { items, versionsRemoved: swept };
}
