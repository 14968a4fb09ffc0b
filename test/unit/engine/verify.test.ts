import { expect, it } from 'vitest';
import { verifyUnit } from '../../../shared/engine/verify.ts';
import { sumCounts } from '../../../shared/journal/units.ts';
import { type Bench, onBench } from './bench.ts';
import { cell, item, items, keyOf, tombstone, version } from './cells.ts';
import { hooked } from './hooks.ts';

const counts = async (bench: Bench) =>
  sumCounts(await bench.journal().units.records('verify', bench.plan.units));

/** What an application would see of the target. */
async function contents(bench: Bench) {
  const found = [];
  for (let cursor: string | undefined, done = false; !done; ) {
    const page = await bench.resource().target.scan({ segment: 0, segments: 1 }, cursor);
    found.push(...page.items());
    cursor = page.next;
    done = cursor === undefined;
  }
  return found;
}

it('finds what is missing, what differs and what only the target holds, repairs and counts it', () =>
  onBench(
    async (bench) => {
      expect(await verifyUnit(bench.worker('verify'), 0)).toEqual({ done: true });
      expect(await contents(bench)).toEqual(bench.source.items());
      expect(await counts(bench)).toMatchObject({ items: 3, targetItems: 3, readByKey: 3, repaired: 3 });
    },
    {
      source: [item('same', 'x'), item('missing', 'x'), item('other', 'x')],
      target: [item('same', 'x'), item('other', 'y'), item('extra', 'x')],
    },
  ));

it('needs no read by key where both sides are equal', () =>
  onBench(
    async (bench) => {
      await verifyUnit(bench.worker('verify'), 0);
      expect(await counts(bench)).toMatchObject({ items: 60, targetItems: 60, readByKey: 0, repaired: 0 });
    },
    { source: items(60), target: items(60), limits: { pageItems: 1 } },
  ));

it('takes no account of versions and tombstones', () =>
  onBench(
    async (bench) => {
      await verifyUnit(bench.worker('verify'), 0);
      expect(await counts(bench)).toMatchObject({ readByKey: 0, repaired: 0 });
    },
    { source: [item('a', 'x')], target: [cell(item('a', 'x'), version(3)), tombstone('b', 4)] },
  ));

it('is right when both sides are scanned in different orders', () =>
  onBench(
    async (bench) => {
      await verifyUnit(bench.worker('verify'), 0);
      expect(new Set(bench.target.items().map(({ id }) => id?.S))).toEqual(
        new Set(bench.source.items().map(({ id }) => id?.S)),
      );
      const found = await counts(bench);
      expect(found).toMatchObject({ items: 60, repaired: 2 });
      expect(bench.target.get(keyOf('k007'))?.v).toEqual({ S: 'same' });
    },
    {
      source: items(60),
      target: [...items(59).filter(({ id }) => id?.S !== 'k007'), item('k007', 'wrong')],
      unlikeTarget: true,
    },
  ));

it('hands over before its time is out, and goes on where it stopped', () =>
  onBench(
    async (bench) => {
      const resource = hooked(bench.resource(), 'source', 'scan', () => bench.task.runtime.sleep(100));
      const migration = bench.worker('verify', { resources: [resource], handoverAt: bench.now + 500 });
      expect(await verifyUnit(migration, 0)).toEqual({ done: false });
      const { items: before = 0 } = await counts(bench);
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThan(100);
      expect(await verifyUnit(bench.worker('verify'), 0)).toEqual({ done: true });
      expect(await counts(bench)).toMatchObject({ items: 100, targetItems: 99, repaired: 1 });
    },
    { source: items(100), target: items(99) },
  ));

it('goes on with one side when the other has come to its end', () =>
  onBench(
    async (bench) => {
      await verifyUnit(bench.worker('verify'), 0);
      expect(await counts(bench)).toMatchObject({ items: 0, targetItems: 80, repaired: 80 });
      expect(await contents(bench)).toEqual([]);
    },
    { target: items(80), limits: { pageItems: 2 } },
  ));

it('repairs under a permit, and gives it back', () =>
  onBench(
    async (bench) => {
      const { gate } = bench.journal();
      let out: string[] = [];
      const resource = hooked(bench.resource(), 'target', 'write', async () => {
        out = [...(await gate.permitsOut()).values()];
      });
      await verifyUnit(bench.worker('verify', { resources: [resource] }), 0);
      expect(out).toEqual(['repair']);
      expect(await gate.permitsOut()).toEqual(new Map());
    },
    { source: items(1) },
  ));
