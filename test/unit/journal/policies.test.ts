import { expect, it } from 'vitest';
import type { PolicyState } from '../../../shared/journal/policies.ts';
import { type Bench, onBench } from '../engine/bench.ts';

const OWNER = { resource: 0, side: 'source' } as const;
const STATE: PolicyState = {
  table: 'source',
  denied: 'others',
  revision: '1',
  since: 1,
  seenAt: 1,
  seenInTerm: 1,
  history: [],
};
const take = (bench: Bench, holder: string, milliseconds = 1_000) =>
  bench.journal().policies.take(OWNER, { holder, now: bench.now, expiresAt: bench.now + milliseconds });

it('has one holder at a time, until the time is over or it is given back', () =>
  onBench(async (bench) => {
    const { policies } = bench.journal();
    expect(await take(bench, 'one')).toBeDefined();
    expect(await take(bench, 'other')).toBeUndefined();
    expect(await take(bench, 'one')).toBeDefined();
    await bench.task.runtime.sleep(2_000);
    expect(await take(bench, 'other')).toBeDefined();
    await policies.give(OWNER, 'one');
    expect(await take(bench, 'one')).toBeUndefined();
    await policies.give(OWNER, 'other');
    expect(await take(bench, 'one')).toBeDefined();
  }));

it('is noted by its holder alone', () =>
  onBench(async (bench) => {
    const { policies } = bench.journal();
    await take(bench, 'one');
    expect(await policies.note(OWNER, 'other', STATE, 0)).toBe(false);
    expect(await policies.note(OWNER, 'one', STATE, 0)).toBe(true);
    expect(await policies.read(OWNER)).toMatchObject({ state: STATE });
    expect(await policies.all()).toEqual([STATE]);
  }));

it('does not go back to what a late request says', () =>
  onBench(async (bench) => {
    const { policies } = bench.journal();
    await take(bench, 'one');
    await policies.note(OWNER, 'one', STATE, 0);
    await policies.note(OWNER, 'one', { ...STATE, denied: 'everybody' }, 1);
    expect(await policies.note(OWNER, 'one', STATE, 0)).toBe(false);
    expect(await policies.read(OWNER)).toMatchObject({ state: { denied: 'everybody' } });
  }));

it('is noted although the answer was lost', () =>
  onBench(async (bench) => {
    const { policies } = bench.journal();
    await take(bench, 'one');
    await policies.note(OWNER, 'one', STATE, 0);
    expect(await policies.note(OWNER, 'one', STATE, 0)).toBe(true);
  }));
