import type { RoutedTable } from '../route.ts';
import type { ResourceKind } from '../spec.ts';

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

interface PlannedTable extends Planned {
  /** Absent in plans of earlier versions, which knew tables alone. */
  readonly kind?: 'table';
  /** The partition key first. */
  readonly keys: RoutedTable['keys'];
}

export type PlannedResource = PlannedTable;

export function plannedKind({ kind = 'table' }: PlannedResource): ResourceKind {
  return kind;
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
