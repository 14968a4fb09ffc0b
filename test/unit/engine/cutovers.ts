import { cutoverStep } from '../../../shared/engine/cutover.ts';
import type { AuditedMigration } from '../../../shared/engine/migration.ts';
import { CUTOVER_STEPS, type CutoverStep, cutoverSteps } from '../../../shared/phases.ts';
import type { Bench } from './bench.ts';

/** Routers have let go of their long cache times, as they have when the cutover begins. */
export async function settleRouters(bench: Bench): Promise<void> {
  const { requestTimeoutMilliseconds } = bench.spec.cutover;
  await bench.migration().route.tighten(await bench.route(), requestTimeoutMilliseconds);
  await bench.task.runtime.sleep(15_000);
}

/** Does the steps of the cutover of the present direction up to one of them, this one included. */
export async function cutOver(
  bench: Bench,
  last: CutoverStep = 'switch',
  changes: Partial<AuditedMigration> = {},
): Promise<void> {
  await settleRouters(bench);
  const { epoch } = bench;
  const steps = cutoverSteps(bench.spec);
  for (const step of steps.slice(0, steps.indexOf(last) + 1))
    await cutoverStep(bench.migration(changes), step, epoch);
}

/** The step before one, where there is a smoke test. */
export function beforeStep(step: CutoverStep): CutoverStep {
  return CUTOVER_STEPS[CUTOVER_STEPS.indexOf(step) - 1] as CutoverStep;
}
