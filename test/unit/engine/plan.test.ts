import { expect, it } from 'vitest';
import { planMigration } from '../../../shared/engine/plan.ts';
import { PermanentError } from '../../../shared/errors.ts';
import { type Bench, onBench } from './bench.ts';
import { description, FakeAccount } from './fake-account.ts';

function plan(bench: Bench, look: FakeAccount, notChecked: readonly string[] = []) {
  const migration = bench.migration();
  const { spec } = bench;
  return planMigration({ spec, look: look.asAccount, journal: migration.journal, migration, notChecked });
}

const sized = (megabytes: number, ItemCount = 1_000) =>
  new FakeAccount(description('source', { TableSizeBytes: megabytes * 1_000_000, ItemCount }));

it.each([
  { megabytes: 0, units: 1 },
  { megabytes: 10, units: 1 },
  { megabytes: 11, units: 2 },
  { megabytes: 1_000_000, units: 4_000 },
])('cuts $megabytes MB into $units units of 10 MB', ({ megabytes, units }) =>
  onBench(
    async (bench) => {
      const made = await plan(bench, sized(megabytes));
      expect(made.units).toBe(units);
      expect(made.resources[0]).toMatchObject({ source: 'source', target: 'target', segments: units });
    },
    { spec: { copy: { unitMegabytes: 10 } } },
  ),
);

it('leaves a plan that was made as it is: its units are what workers hold', () =>
  onBench(async (bench) => {
    const made = await plan(bench, sized(1_000));
    expect(await plan(bench, sized(90_000))).toEqual(made);
  }));

it('estimates ranges that grow with the table', () =>
  onBench(async (bench) => {
    const small = (await plan(bench, sized(1, 1_000))).estimate;
    for (const [least, most] of Object.values(small)) expect(least).toBeLessThan(most);
    expect(small.writeUnits).toEqual([1_000, 2_000]);
  }));

it('counts a write unit for each kilobyte of an item', () =>
  onBench(async (bench) => {
    expect((await plan(bench, sized(3, 1_000))).estimate.writeUnits).toEqual([3_000, 6_000]);
  }));

it('a dry run plans and notes nothing', () =>
  onBench(
    async (bench) => {
      expect((await plan(bench, sized(1))).units).toBe(1);
      expect(await bench.journal().fact('plan')).toBeUndefined();
      expect((await bench.journal().coordinator.read())?.phase).toBe('validate');
    },
    { spec: { dryRun: true } },
  ));

it('says what could not be checked, and when something else of AWS fits better', () =>
  onBench(async (bench) => {
    const { notes } = await plan(bench, sized(0, 0), ['the quotas']);
    expect(notes).toEqual(['not checked: the quotas', expect.stringMatching(/^source holds no items/)]);
  }));

it('stops for good when the source is gone', () =>
  onBench(async (bench) => {
    await expect(plan(bench, new FakeAccount())).rejects.toThrow(PermanentError);
  }));
