import { type Phase, phaseTitle } from '../../../shared/phases.ts';
import { parseSpec } from '../../../shared/spec.ts';
import type { Status, UnitProgress } from '../../../shared/status.ts';

/** 2026-11-21 09:00:00 UTC */
export const NINE = Date.UTC(2026, 10, 21, 9);

const NOT_BEGUN: UnitProgress = { units: 4, unitsDone: 0, counts: {}, ofResources: [] };

/** A migration of 1,000 items in four units that has just come to a phase, one minute after its beginning. */
export function statusIn(phase: Phase, more: Partial<Status> = {}): Status {
  return {
    name: 'orders',
    spec: parseSpec({
      name: 'orders',
      resources: [{ source: { table: 'orders' }, target: { table: 'orders-v2' } }],
    }),
    createdAt: NINE - 60_000,
    phase,
    title: phaseTitle(phase),
    term: 1,
    epoch: 1,
    active: 'source',
    revision: 1,
    execution: 'arn:aws:states:eu-central-1:123456789012:execution:Segue:orders-1',
    phases: { [phase]: { startedAt: NINE, enteredAt: NINE } },
    plan: {
      resources: [
        { source: 'orders', target: 'orders-v2', keys: [], items: 1_000, bytes: 100_000, segments: 4 },
      ],
      units: 4,
      workers: 4,
      estimate: { seconds: [1, 2], dollars: [1, 2], readUnits: [1, 2], writeUnits: [1, 2] },
      notes: [],
    },
    progress: { copy: NOT_BEGUN, verify: NOT_BEGUN, sweep: NOT_BEGUN },
    applied: { records: 0, written: 0, removed: 0, newer: 0, skipped: 0, quarantined: 0, rechecked: 0 },
    awaitsApproval: false,
    controls: {},
    actions: [],
    changed: [],
    ...more,
  };
}

/** The same with its progress in the copy. */
export function copying(unitsDone: number, items: number, more: Partial<Status> = {}): Status {
  return statusIn('copy', {
    progress: {
      copy: { units: 4, unitsDone, counts: { items }, ofResources: [] },
      verify: NOT_BEGUN,
      sweep: NOT_BEGUN,
    },
    ...more,
  });
}

/** What a turn of *ready* found. */
export function gates(...states: readonly (readonly [string, boolean, string])[]): Pick<Status, 'standBy'> {
  return {
    standBy: {
      at: NINE,
      round: { complete: true, records: 0, keys: 0, repaired: 0, lagSeconds: 0, milliseconds: 5 },
      gates: states.map(([name, holds, detail]) => ({ name, holds, detail })),
    },
  };
}
