import { expect, it } from 'vitest';
import { copyUnit } from '../../../shared/engine/copy.ts';
import type { Resource } from '../../../shared/engine/migration.ts';
import { UnitLostError } from '../../../shared/errors.ts';
import { pageOf } from '../../contract/items.ts';
import { type Bench, onBench } from './bench.ts';
import { cell, item, items, keyOf, tombstone, version } from './cells.ts';
import { hooked } from './hooks.ts';

const SOURCE = items(30);

async function record(bench: Bench, unit = 0) {
  return (await bench.journal().units.records('copy', bench.plan.units))[unit];
}

/** The copy with something that happens before each page is written. */
function copyWith(bench: Bench, happens: (page: number) => unknown, changes: object = {}, task = bench.task) {
  const resource: Resource = hooked(bench.resource({ task }), 'target', 'insertAbsent', happens);
  return copyUnit(bench.worker('copy', { resources: [resource], ...changes }, { task }), 0);
}

it('copies every item of its unit, and no item of another', () =>
  onBench(
    async (bench) => {
      expect(await copyUnit(bench.worker('copy'), 0)).toEqual({ done: true });
      const first = bench.target.items().length;
      expect(first).toBeLessThan(SOURCE.length);
      await copyUnit(bench.worker('copy'), 1);
      expect(bench.target.items()).toEqual(bench.source.items());
      expect((await record(bench))?.counts).toMatchObject({ items: first, inserted: first, existing: 0 });
    },
    { source: SOURCE, segments: 2 },
  ));

it('never overwrites what stands under a key', () =>
  onBench(
    async (bench) => {
      const standing = bench.target.items();
      await copyUnit(bench.worker('copy'), 0);
      for (const { id } of standing)
        expect(bench.target.get({ id } as never)).toEqual(standing.find((other) => other.id === id));
      expect((await record(bench))?.counts).toMatchObject({ inserted: 28, existing: 2 });
    },
    { source: SOURCE, target: [cell(item('k003', 'newer'), version(5)), tombstone('k007', 6)] },
  ));

it('moves its position only when the write before it is done', () =>
  onBench(
    async (bench) => {
      const dying = copyWith(bench, (page) => {
        if (page === 3) throw new Error('the invocation dies');
      });
      await expect(dying).rejects.toThrow('dies');
      expect(bench.target.items().length).toBeLessThan(SOURCE.length);
      expect(await copyUnit(bench.worker('copy'), 0)).toEqual({ done: true });
      expect(bench.target.items()).toEqual(bench.source.items());
    },
    { source: SOURCE },
  ));

it('goes on where it stopped', () =>
  onBench(
    async (bench) => {
      const dying = copyWith(bench, (page) => {
        if (page === 3) throw new Error('the invocation dies');
      });
      await expect(dying).rejects.toThrow('dies');
      await copyUnit(bench.worker('copy'), 0);
      expect((await record(bench))?.counts).toMatchObject({ items: 30, inserted: 30, existing: 0 });
    },
    { source: SOURCE },
  ));

it('hands over before its time is out, and goes on in the next invocation', () =>
  onBench(
    async (bench) => {
      const pages: number[] = [];
      const slow = async (page: number) => {
        pages.push(page);
        await bench.task.runtime.sleep(1_000);
      };
      expect(await copyWith(bench, slow, { handoverAt: bench.now + 1_500 })).toEqual({ done: false });
      expect(pages).toEqual([1, 2]);
      // The unit is free at once.
      expect(await copyUnit(bench.worker('copy'), 0)).toEqual({ done: true });
      expect(bench.target.items()).toEqual(bench.source.items());
    },
    { source: SOURCE },
  ));

it('does a unit once: who asks again is told at once that it is done', () =>
  onBench(
    async (bench) => {
      await copyUnit(bench.worker('copy'), 0);
      bench.target.remove(keyOf('k000'));
      for (const _ of ['once', 'twice']) {
        const began = bench.now;
        expect(await copyUnit(bench.worker('copy'), 0)).toEqual({ done: true });
        expect(bench.now - began).toBeLessThan(1_000);
      }
      expect(bench.target.get(keyOf('k000'))).toBeUndefined();
    },
    { source: SOURCE },
  ));

it("quarantines an item that can't be written, and copies the others", () =>
  onBench(async (bench) => {
    const page = pageOf(item('good', 'x'), { ...keyOf('bad'), empty: { SS: [] } });
    const { source, ...rest } = bench.resource();
    const resources = [{ ...rest, source: { ...source, scan: async () => page } }];
    expect(await copyUnit(bench.worker('copy', { resources }), 0)).toEqual({ done: true });
    expect(bench.target.items()).toEqual([item('good', 'x')]);
    const [entry] = await bench.journal().lists.all('quarantine');
    expect(entry).toMatchObject({ key: keyOf('bad'), reason: expect.stringMatching(/^copy: .*empty/) });
  }));

it('waits for a unit that another worker holds, and hands over when it stays held', () =>
  onBench(
    async (bench) => {
      const lease = { holder: 'another', coordinator: 1, now: bench.now, expiresAt: bench.now + 100_000 };
      await bench.journal().units.take('copy', 0, lease);
      expect(await copyUnit(bench.worker('copy'), 0)).toEqual({ done: false });
      expect(bench.target.items()).toEqual([]);
    },
    { source: SOURCE },
  ));

it('takes a unit over when the lease of its worker is over', () =>
  onBench(
    async (bench) => {
      const lease = { holder: 'dead', coordinator: 1, now: bench.now, expiresAt: bench.now + 10_000 };
      await bench.journal().units.take('copy', 0, lease);
      expect(await copyUnit(bench.worker('copy'), 0)).toEqual({ done: true });
      expect(bench.now).toBeGreaterThan(lease.expiresAt);
    },
    { source: SOURCE },
  ));

it('a later coordinator takes a unit over at once, and the earlier worker moves its position no more', () =>
  onBench(
    async (bench) => {
      const earlier = copyWith(bench, async (page) => {
        if (page === 2) await copyUnit(bench.worker('copy', { term: 2 }), 0);
      });
      await expect(earlier).rejects.toThrow(UnitLostError);
      expect(await record(bench)).toMatchObject({ done: true, counts: { items: 30 } });
      expect(bench.target.items()).toEqual(bench.source.items());
    },
    { source: SOURCE },
  ));

it('copies nothing while the direction is closed', () =>
  onBench(
    async (bench) => {
      await bench.journal().gate.move(false, 1);
      await expect(copyUnit(bench.worker('copy'), 0)).rejects.toThrow('the direction is closed');
      expect(bench.target.items()).toEqual([]);
    },
    { source: SOURCE },
  ));

it('holds a permit while it writes, and gives it back', () =>
  onBench(
    async (bench) => {
      const { gate } = bench.journal();
      let out: string[] = [];
      await copyWith(bench, async () => {
        out = [...(await gate.permitsOut()).values()];
      });
      expect(out).toEqual(['copy']);
      expect(await gate.permitsOut()).toEqual(new Map());
    },
    { source: SOURCE },
  ));
