import type { Plan } from '../engine/migration.ts';
import type { Status } from '../status.ts';
import type { LifeReport } from './life.ts';

/** A table as the plan found it. Its counts are DynamoDB's own, updated about every six hours. */
export interface TableReport {
  readonly source: string;
  readonly target: string;
  readonly itemsAtPlan: number;
  readonly bytesAtPlan: number;
  readonly units: number;
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

export function tableReports({ resources }: Plan): TableReport[] {
  return resources.map(({ source, target, items, bytes, segments }) => ({
    source,
    target,
    itemsAtPlan: items,
    bytesAtPlan: bytes,
    units: segments,
  }));
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

/** @returns undefined before the first unit was swept. */
export function sweepReport({ progress: { sweep } }: Status): SweepReport | undefined {
  const { items, swept = 0 } = sweep.counts;
  return items === undefined ? undefined : { items, versionsRemoved: swept };
}
