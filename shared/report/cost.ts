import type { Plan } from '../engine/migration.ts';
import type { Counts } from '../journal/units.ts';
import type { UnitPhase } from '../phases.ts';
import { PRICES, WORKER_GIGABYTES } from '../prices.ts';
import { plannedKind } from '../resources/planned-resource.ts';
import type { ResourceKind } from '../spec.ts';
import type { Status } from '../status.ts';
import type { LifeReport } from './life.ts';

/** What one part of the work has used. */
export interface CostPart {
  readonly part: string;
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Requests to S3. */
  readonly requests: number;
  readonly gigabyteSeconds: number;
  readonly dollars: number;
}

/** Capacity and price, computed from the counters: an estimate of what AWS bills, not the bill. */
export interface CostReport {
  readonly pricesAsOf: string;
  readonly pricesRegion: string;
  readonly parts: readonly CostPart[];
  readonly total: Omit<CostPart, 'part'>;
  readonly assumed: string;
  readonly leftOut: string;
}

const WRITE_UNIT_BYTES = 1_024;
/** Of a consistent read. */
const READ_UNIT_BYTES = 4_096;
/** Objects that one request lists. */
const LISTED = 1_000;
const ASSUMED = 'items of average size, and every worker busy for the whole of its phase';
const LEFT_OUT =
  'the journal, the reading of the stream, Step Functions, the functions of waiting phases, backups, storage of the target, writes of its indexes';
const LEFT_OUT_OF_BUCKETS = ', the requests that settle what events of S3 and rounds have named';

/** What was used so far, by part of the work. */
export function costReport(status: Status, plan: Plan, life: LifeReport): CostReport {
  const kinds = plan.resources.map(plannedKind);
  const [ofTables, ofBuckets] = [countsOf(status, kinds, 'table'), countsOf(status, kinds, 'bucket')];
  const { applied } = status;
  const items = itemSizes(ofTables('copy'));
  const workers = (phase: UnitPhase) => {
    const { state, seconds = 0 } = life.phases.find(({ id }) => id === phase) ?? {};
    return state === 'pending' ? 0 : seconds * Math.min(plan.workers, plan.units) * WORKER_GIGABYTES;
  };
  const [copied, compared, swept] = [ofTables('copy'), ofTables('verify'), ofTables('sweep')];
  const changes = kinds.includes('table') ? applied : { records: 0, written: 0, newer: 0, removed: 0 };
  const parts = [
    part('Copy', {
      writeUnits: (count(copied, 'inserted') + count(copied, 'existing')) * items.perWrite,
      readUnits: Math.ceil(count(copied, 'bytes') / READ_UNIT_BYTES),
      ...objectRequests(ofBuckets('copy'), 'inserted'),
      gigabyteSeconds: workers('copy'),
    }),
    part('Changes and their audit', {
      // A failed condition costs what the write would have cost; a tombstone is a small item.
      writeUnits: (changes.written + changes.newer) * items.perWrite + changes.removed,
      readUnits: changes.records * items.perRead,
      ...NO_REQUESTS,
      gigabyteSeconds: 0,
    }),
    part('Compare and repair', {
      writeUnits: count(compared, 'repaired') * items.perWrite,
      readUnits:
        items.scanned(count(compared, 'items') + count(compared, 'targetItems')) +
        2 * count(compared, 'readByKey') * items.perRead,
      ...objectRequests(ofBuckets('verify'), 'repaired'),
      gigabyteSeconds: workers('verify'),
    }),
    part('Sweep', {
      writeUnits: count(swept, 'swept') * items.perWrite,
      readUnits: items.scanned(count(swept, 'items')),
      ...objectRequests(ofBuckets('sweep'), 'swept'),
      gigabyteSeconds: workers('sweep'),
    }),
  ];
  return {
    pricesAsOf: PRICES.asOf,
    pricesRegion: PRICES.region,
    parts,
    total: {
      writeUnits: sum(parts, 'writeUnits'),
      readUnits: sum(parts, 'readUnits'),
      requests: sum(parts, 'requests'),
      gigabyteSeconds: sum(parts, 'gigabyteSeconds'),
      dollars: sum(parts, 'dollars'),
    },
    assumed: ASSUMED,
    leftOut: kinds.includes('bucket') ? `${LEFT_OUT}${LEFT_OUT_OF_BUCKETS}` : LEFT_OUT,
  };
}

/** The counters of the resources of one kind, by phase. */
function countsOf({ progress }: Status, kinds: readonly ResourceKind[], kind: ResourceKind) {
  return (phase: UnitPhase): readonly Counts[] =>
    progress[phase].ofResources.filter((_, index) => kinds[index] === kind);
}

function count(counts: readonly Counts[], name: string): number {
  return counts.reduce((total, one) => total + (one[name] ?? 0), 0);
}

function itemSizes(copied: readonly Counts[]) {
  const itemBytes = count(copied, 'bytes') / Math.max(1, count(copied, 'items'));
  return {
    perWrite: Math.max(1, Math.ceil(itemBytes / WRITE_UNIT_BYTES)),
    perRead: Math.max(1, Math.ceil(itemBytes / READ_UNIT_BYTES)),
    scanned: (items: number) => Math.ceil((items * itemBytes) / READ_UNIT_BYTES),
  };
}

const NO_REQUESTS = { requests: 0, requestDollars: 0 };

/** Requests of workers: writes and listings cost more than looks at one object. */
function objectRequests(counts: readonly Counts[], written: string) {
  const requests = count(counts, 'requests');
  const listings = Math.ceil((count(counts, 'items') + count(counts, 'targetItems')) / LISTED);
  const writes = Math.min(requests, count(counts, written) + listings);
  return { requests, requestDollars: writes * PRICES.objectWrite + (requests - writes) * PRICES.objectRead };
}

function part(
  name: string,
  { requestDollars, ...used }: Omit<CostPart, 'part' | 'dollars'> & { readonly requestDollars: number },
): CostPart {
  const dollars =
    used.writeUnits * PRICES.writeUnit +
    used.readUnits * PRICES.readUnit +
    requestDollars +
    used.gigabyteSeconds * PRICES.lambdaGigabyteSecond;
  return { part: name, ...used, dollars };
}

function sum(parts: readonly CostPart[], name: keyof Omit<CostPart, 'part'>): number {
  return parts.reduce((total, one) => total + one[name], 0);
}
