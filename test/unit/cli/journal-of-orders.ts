import type { Plan } from '../../../shared/engine/migration.ts';
import type { Journal } from '../../../shared/journal/journal.ts';
import { type Phase, phaseOrder, phasesOf } from '../../../shared/phases.ts';
import { parseSpec, specIdentity } from '../../../shared/spec.ts';
import { EXECUTION } from './command-line.ts';

export const ordersSpec = {
  name: 'orders',
  resources: [{ source: { table: 'orders' }, target: { table: 'orders-v2' } }],
};

const plan: Plan = {
  resources: [{ source: 'orders', target: 'orders-v2', keys: [], items: 1_000, bytes: 1, segments: 2 }],
  units: 2,
  workers: 2,
  estimate: { seconds: [1, 2], dollars: [1, 2], readUnits: [1, 2], writeUnits: [1, 2] },
  notes: [],
};

/** Writes the journal of a migration that has come to a phase. */
export async function bringTo(
  journal: Journal,
  phase: Phase,
  { now, spec = {} }: { readonly now: number; readonly spec?: object },
): Promise<void> {
  const parsed = parseSpec({ ...ordersSpec, ...spec });
  await journal.register({ identity: specIdentity(parsed), spec: parsed, createdAt: now });
  await journal.coordinator.take(EXECUTION, undefined);
  await journal.noteFact('plan', plan);
  for (const { id } of phasesOf(parsed).filter((each) => phaseOrder(each.id) <= phaseOrder(phase))) {
    await journal.coordinator.enter(1, id, now);
    if (id !== phase) await journal.coordinator.leave(1, id, now);
  }
}

/** Notes what a turn of *ready* found. */
export async function noteGates(
  journal: Journal,
  now: number,
  gates: readonly { readonly name: string; readonly holds: boolean; readonly detail: string }[],
): Promise<void> {
  const round = { complete: true, records: 0, keys: 0, repaired: 0, lagSeconds: 0, milliseconds: 10 };
  await journal.noteFact('stand-by', { at: now, round, gates });
}
