import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochStart, versionPrefix, versionValue } from '../../shared/version.ts';
import { cellOf, cellsOfLargest, recordOf, recordsOf, sequence } from './cell-records.ts';
import {
  cellsAfter,
  cellsOf,
  copies,
  cut,
  oneByOne,
  repeated,
  shuffled,
  take,
  withCopies,
} from './cell-steps.ts';
import { onBench } from './engine/bench.ts';
import { cell, item, keyOf, SECOND } from './engine/cells.ts';

const EPOCHS = 3;
const RUNS = { numRuns: 60 };
const records = recordsOf(EPOCHS);

describe('the cell rule', { timeout: 60_000 }, () => {
  it('is commutative: every order of the same records ends with the same cells', () =>
    fc.assert(
      fc.asyncProperty(
        records.chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
        async ([all, otherwise]) => {
          expect(await cellsAfter(oneByOne(otherwise))).toEqual(await cellsAfter(oneByOne(all)));
        },
      ),
      RUNS,
    ));

  it('is idempotent: records that come again change nothing', () =>
    fc.assert(
      fc.asyncProperty(
        records.chain((all) => fc.tuple(fc.constant(all), repeated(all))),
        async ([all, again]) => {
          expect(await cellsAfter(oneByOne([...all, ...again]))).toEqual(await cellsAfter(oneByOne(all)));
        },
      ),
      RUNS,
    ));

  it('is associative: wherever batches are cut, the cells are the same', () =>
    fc.assert(
      fc.asyncProperty(
        records.chain((all) => fc.tuple(fc.constant(all), cut(all))),
        async ([all, batches]) => {
          const cells = await cellsAfter(batches);
          expect(cells).toEqual(await cellsAfter(oneByOne(all)));
          expect(cells).toEqual(await cellsAfter([all]));
        },
      ),
      RUNS,
    ));

  it('leaves exactly the record with the largest epoch and sequence number, whatever else comes and when', () =>
    fc.assert(
      fc.asyncProperty(
        records.chain((all) => fc.tuple(fc.constant(all), repeated(all).chain(cut).chain(withCopies))),
        async ([all, steps]) => {
          expect(await cellsAfter(steps)).toEqual(new Map([...copies(steps), ...cellsOfLargest(all)]));
        },
      ),
      { numRuns: 200 },
    ));

  it('holds for batches and copies that are under way at the same time', () =>
    fc.assert(
      fc.asyncProperty(
        recordsOf(1).chain((all) => fc.tuple(fc.constant(all), repeated(all).chain(cut).chain(withCopies))),
        async ([all, steps]) =>
          onBench(async (bench) => {
            const tasks = steps.map((step) => bench.meanwhile((task) => take(bench, step, task)));
            for (const task of tasks) expect(await bench.task.join(task)).toEqual({ kind: 'returned' });
            expect(cellsOf(bench)).toEqual(new Map([...copies(steps), ...cellsOfLargest(all)]));
          }),
      ),
      RUNS,
    ));

  it('skips a record that changes no content, wherever it comes', () =>
    fc.assert(
      fc.asyncProperty(
        records.chain((all) =>
          fc.tuple(fc.constant(all), cut(all), recordOf('a', sequence, EPOCHS), fc.nat(all.length)),
        ),
        async ([all, batches, { epoch, change }, at]) => {
          const images = { before: inOrder('x', 'y'), after: inOrder('y', 'x') };
          const steps = batches.toSpliced(at, 0, [{ epoch, change: { ...change, ...images } }]);
          expect(await cellsAfter(steps)).toEqual(cellsOfLargest(all));
        },
      ),
      RUNS,
    ));

  it('never lets a record change a cell that has its version, of whatever kind and second', () =>
    fc.assert(
      fc.asyncProperty(
        recordOf('a', sequence, EPOCHS),
        fc.constantFrom('item' as const, 'tombstone' as const),
        fc.integer({ min: -3, max: 3 }),
        async (record, kind, seconds) => {
          const prefix = versionPrefix(record.epoch, record.change.sequence);
          const version = versionValue(prefix, kind, record.change.createdSecond + seconds);
          const standing = cell(kind === 'item' ? item('a', 'repaired') : keyOf('a'), version);
          await onBench(
            async (bench) => {
              await take(bench, [record]);
              expect(bench.target.items()).toEqual([standing]);
            },
            { target: [standing] },
          );
        },
      ),
      RUNS,
    ));

  it('lets a record change a cell from the start of its epoch, and one without a version', () =>
    fc.assert(
      fc.asyncProperty(recordOf('a', sequence, EPOCHS), fc.boolean(), async (record, versioned) => {
        const version = versionValue(epochStart(record.epoch), 'item', SECOND + 9);
        const standing = versioned ? cell(item('a', 'repaired'), version) : item('a', 'copied');
        await onBench(
          async (bench) => {
            await take(bench, [record]);
            expect(bench.target.items()).toEqual([cellOf(record)]);
          },
          { target: [standing] },
        );
      }),
      RUNS,
    ));
});

function inOrder(...texts: string[]) {
  return { ...keyOf('a'), set: { SS: texts } };
}
