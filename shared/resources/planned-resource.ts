import { CAPACITY_TAKEN, type CapacityKind } from '../capacity.ts';
import type { Side } from '../direction.ts';
import type { BucketLocation } from '../model.ts';
import type { RoutedTable } from '../route.ts';
import type { ResourceKind, SpecBucket } from '../spec.ts';

/** A range of least and most. */
export type Range = readonly [least: number, most: number];

/** What the plan has found out about a resource of any kind and decided for it. */
interface Planned {
  /** Names of both sides. */
  readonly source: string;
  readonly target: string;
  readonly items: number;
  readonly bytes: number;
  /** How many units its scan is cut into. */
  readonly segments: number;
}

export interface PlannedTable extends Planned {
  /** Absent in plans of earlier versions, which knew tables alone. */
  readonly kind?: 'table';
  /** The partition key first. */
  readonly keys: RoutedTable['keys'];
}

export interface PlannedBucket extends Planned {
  readonly kind: 'bucket';
  readonly locations: Readonly<Record<Side, BucketLocation>>;
  readonly compare: SpecBucket['compare'];
  /** Absent in plans of earlier versions, which carried neither. */
  readonly acls?: boolean;
  readonly objectLock?: boolean;
  /** Present where all versions are moved. */
  readonly versions?: 'all';
  /** Larger objects are copied in parts. */
  readonly singleBytes: number;
  readonly partBytes: number;
  /** Where the journal keeps the bounds of the units. */
  readonly boundsId: string;
}

export type PlannedResource = PlannedTable | PlannedBucket;

export function plannedKind({ kind = 'table' }: PlannedResource): ResourceKind {
  return kind;
}

/** The kinds of capacity that working on a resource takes. */
export function capacityOf(planned: PlannedResource): readonly CapacityKind[] {
  return CAPACITY_TAKEN[plannedKind(planned)];
}

/** What has the resource policy for one side: a bucket has one for everything that lies in it. */
export function policyHolder(planned: PlannedResource, side: Side): string {
  return planned.kind === 'bucket' ? planned.locations[side].bucket : planned[side];
}

/** What it takes to copy a resource once and to compare it once. */
export interface Effort {
  readonly readUnits: Range;
  readonly writeUnits: Range;
  /** Without those of the workers' time. */
  readonly dollars: Range;
  /** As long as its store takes, however many workers there are. */
  readonly storeSeconds: Range;
  /** Of all workers together. */
  readonly workerSeconds: Range;
}
