import type { Plan } from '../engine/migration.ts';
import type { UnitPhase } from '../phases.ts';
import { PRICES, WORKER_GIGABYTES } from '../prices.ts';
import type { Status } from '../status.ts';
import type { LifeReport } from './life.ts';

/** What one part of the work has used. */
export interface CostPart {
  readonly part: string;
  readonly writeUnits: number;
  readonly readUnits: number;
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
const ASSUMED = 'items of average size, and every worker busy for the whole of its phase';
const LEFT_OUT =
  'the journal, the reading of the stream, Step Functions, the functions of waiting phases, backups, storage of the target, writes of its indexes';

/** What was used so far, by part of the work. */
export function costReport({ applied, progress }: Status, plan: Plan, life: LifeReport): CostReport {
  const count = (phase: UnitPhase, name: string) => progress[phase].counts[name] ?? 0;
  const copied = { items: count('copy', 'items'), bytes: count('copy', 'bytes') };
  const itemBytes = copied.bytes / Math.max(1, copied.items);
  const perWrite = Math.max(1, Math.ceil(itemBytes / WRITE_UNIT_BYTES));
  const perRead = Math.max(1, Math.ceil(itemBytes / READ_UNIT_BYTES));
  const scanned = (items: number) => Math.ceil((items * itemBytes) / READ_UNIT_BYTES);
  const workers = (phase: UnitPhase) => {
    const { state, seconds = 0 } = life.phases.find(({ id }) => id === phase) ?? {};
    return state === 'pending' ? 0 : seconds * Math.min(plan.workers, plan.units) * WORKER_GIGABYTES;
  };
  const parts = [
    part('Copy', {
      writeUnits: (count('copy', 'inserted') + count('copy', 'existing')) * perWrite,
      readUnits: Math.ceil(copied.bytes / READ_UNIT_BYTES),
      gigabyteSeconds: workers('copy'),
    }),
    part('Changes and their audit', {
      // A failed condition costs what the write would have cost; a tombstone is a small item.
      writeUnits: (applied.written + applied.newer) * perWrite + applied.removed,
      readUnits: applied.records * perRead,
      gigabyteSeconds: 0,
    }),
    part('Compare and repair', {
      writeUnits: count('verify', 'repaired') * perWrite,
      readUnits:
        scanned(count('verify', 'items') + count('verify', 'targetItems')) +
        2 * count('verify', 'readByKey') * perRead,
      gigabyteSeconds: workers('verify'),
    }),
    part('Sweep', {
      writeUnits: count('sweep', 'swept') * perWrite,
      readUnits: scanned(count('sweep', 'items')),
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
      gigabyteSeconds: sum(parts, 'gigabyteSeconds'),
      dollars: sum(parts, 'dollars'),
    },
    assumed: ASSUMED,
    leftOut: LEFT_OUT,
  };
}

function part(name: string, used: Omit<CostPart, 'part' | 'dollars'>): CostPart {
  const dollars =
    used.writeUnits * PRICES.writeUnit +
    used.readUnits * PRICES.readUnit +
    used.gigabyteSeconds * PRICES.lambdaGigabyteSecond;
  return { part: name, ...used, dollars };
}

function sum(parts: readonly CostPart[], name: keyof Omit<CostPart, 'part'>): number {
  return parts.reduce((total, one) => total + one[name], 0);
}
