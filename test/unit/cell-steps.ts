import fc from 'fast-check';
import { applyChanges } from '../../shared/engine/apply.ts';
import type { Item } from '../../shared/model.ts';
import { pageOf } from '../contract/items.ts';
import { type EpochRecord, IDS } from './cell-records.ts';
import { type Bench, onBench } from './engine/bench.ts';
import { item } from './engine/cells.ts';

/** What reaches the passive side: records of the streams, or a copied item. */
export type Step = readonly EpochRecord[] | { readonly copied: string };
export type Cells = ReadonlyMap<string, Item>;

export function copyOf(id: string): Item {
  return item(id, `copy of ${id}`);
}

/** The target's cells after these steps, one after the other. */
export async function cellsAfter(steps: readonly Step[]): Promise<Cells> {
  let cells: Cells = new Map();
  await onBench(async (bench) => {
    for (const step of steps) await take(bench, step);
    cells = cellsOf(bench);
  });
  return cells;
}

export function cellsOf(bench: Bench): Cells {
  return new Map(bench.target.items().map((stored) => [stored.id?.S ?? '', stored]));
}

/** Does one step, as a process of the world. */
export async function take(bench: Bench, step: Step, task = bench.task): Promise<void> {
  const resource = bench.resource({ task, epoch: 1 });
  if ('copied' in step) {
    await resource.target.insertAbsent(pageOf(copyOf(step.copied)));
    return;
  }
  // A batch comes from one stream, whose records are applied under the permits of one epoch.
  for (const batch of byEpoch(step)) {
    bench.begin(batch[0]?.epoch ?? 1);
    const changes = batch.map(({ change }) => change);
    await applyChanges(bench.migration({}, { task }), resource, 'source', changes);
  }
}

function byEpoch(step: readonly EpochRecord[]): EpochRecord[][] {
  const batches: EpochRecord[][] = [];
  for (const record of step) {
    const last = batches.at(-1);
    if (last?.[0]?.epoch === record.epoch) last.push(record);
    else batches.push([record]);
  }
  return batches;
}

export function oneByOne(all: readonly EpochRecord[]): Step[] {
  return all.map((record) => [record]);
}

export function shuffled<T>(all: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...all], { minLength: all.length });
}

/** The same records, some of them more than once, in any order. */
export function repeated(all: readonly EpochRecord[]): fc.Arbitrary<EpochRecord[]> {
  return fc.array(fc.constantFrom(...all), { maxLength: 6 }).chain((again) => shuffled([...all, ...again]));
}

/** The same order, cut into batches anywhere. */
export function cut(all: readonly EpochRecord[]): fc.Arbitrary<Step[]> {
  return fc.subarray(all.map((_, index) => index)).map((ends) => {
    const bounds = [...new Set([0, ...ends, all.length])];
    return bounds.slice(1).map((end, index) => all.slice(bounds[index], end));
  });
}

/** Copied items, each of them perhaps more than once, at any place between the steps. */
export function withCopies(steps: readonly Step[]): fc.Arbitrary<Step[]> {
  const copies = fc.array(fc.record({ copied: fc.constantFrom(...IDS), at: fc.nat(steps.length) }), {
    maxLength: 5,
  });
  return copies.map((all) => {
    const result = [...steps];
    for (const { copied, at } of all) result.splice(at, 0, { copied });
    return result;
  });
}

/** The cells that are copied and not changed. */
export function copies(steps: readonly Step[]): [string, Item][] {
  return steps.flatMap((step) => ('copied' in step ? [[step.copied, copyOf(step.copied)]] : []));
}
