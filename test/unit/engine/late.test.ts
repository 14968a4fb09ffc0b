import { expect, it } from 'vitest';
import { cutoverStep, giveUp } from '../../../shared/engine/cutover.ts';
import { CUTOVER_STEPS, type CutoverStep } from '../../../shared/phases.ts';
import { type Bench, onBench, SMOKE_TESTED, WAY_BACK } from './bench.ts';
import { cutOver } from './cutovers.ts';

/** Route, gate and coordinator, as they stand. */
const everything = async (bench: Bench) => {
  const { gate, coordinator } = bench.journal();
  return [await bench.route(), await gate.read(), await coordinator.read()];
};

/** How far the second direction has come. */
const MOMENTS: readonly { readonly when: string; readonly last?: CutoverStep }[] = [
  { when: 'after the switch' },
  ...CUTOVER_STEPS.map((last) => ({ when: `after ${last} of the rollback`, last })),
];

it.each(MOMENTS.flatMap(({ when, last }) => CUTOVER_STEPS.map((name) => ({ when, last, name }))))(
  '$name of the first direction does nothing $when',
  ({ last, name }) =>
    onBench(
      async (bench) => {
        await cutOver(bench);
        if (last) await cutOver(bench, last);
        const before = await everything(bench);
        await cutoverStep(bench.migration(), name, 1);
        expect(await everything(bench)).toEqual(before);
      },
      { cutover: { ...WAY_BACK, ...SMOKE_TESTED } },
    ),
);

it.each(CUTOVER_STEPS)('%s does nothing after the switch, though it began before it', (name) =>
  onBench(
    async (bench) => {
      const late = bench.migration();
      await cutOver(bench);
      const before = await everything(bench);
      await cutoverStep(late, name, 1);
      expect(await everything(bench)).toEqual(before);
    },
    { cutover: { ...WAY_BACK, ...SMOKE_TESTED } },
  ),
);

it.each(MOMENTS.slice(1).flatMap(({ when, last }) => CUTOVER_STEPS.map((name) => ({ when, last, name }))))(
  '$name that began in the first direction does nothing $when',
  ({ last, name }) =>
    onBench(
      async (bench) => {
        const late = bench.migration();
        await cutOver(bench);
        await cutOver(bench, last);
        const before = await everything(bench);
        await cutoverStep(late, name, 1);
        expect(await everything(bench)).toEqual(before);
      },
      { cutover: { ...WAY_BACK, ...SMOKE_TESTED } },
    ),
);

it.each(MOMENTS.flatMap(({ when, last }) => [1, 2].map((began) => ({ when, last, began }))))(
  'a lift for the first direction that began in direction $began undoes nothing $when',
  ({ last, began }) =>
    onBench(
      async (bench) => {
        await cutOver(bench);
        if (last) await cutOver(bench, last);
        const before = await everything(bench);
        const late = bench.migration({}, { epoch: began });
        expect(await giveUp(late, 'a reason', 1)).toEqual({ kind: 'switched', standBy: 'reverse' });
        expect(await everything(bench)).toEqual(before);
      },
      { cutover: { ...WAY_BACK, ...SMOKE_TESTED } },
    ),
);
