import { cutoverStep } from '../../../shared/engine/cutover.ts';
import type { AuditedMigration } from '../../../shared/engine/migration.ts';
import { CUTOVER_STEPS, type CutoverStep } from '../../../shared/phases.ts';
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
  for (const step of CUTOVER_STEPS.slice(0, CUTOVER_STEPS.indexOf(last) + 1))
    await cutoverStep(bench.migration(changes), step, epoch);
}

/** The step before one. */
export function beforeStep(step: CutoverStep): CutoverStep {
  return CUTOVER_STEPS[CUTOVER_STEPS.indexOf(step) - 1] as CutoverStep;
}
