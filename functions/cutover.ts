import { smokeTestClients } from '../shared/clients.ts';
import { cutoverStep, giveUp } from '../shared/engine/cutover.ts';
import { CutoverGivenUpError } from '../shared/errors.ts';
import { type CutoverStep, standByPhase, stepAfter } from '../shared/phases.ts';
import { smokeTestCaller } from '../shared/smoke-test.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';

interface CutoverEvent extends MigrationEvent {
  readonly step: CutoverStep | 'lift';
  /** The direction in which the workflow began the cutover. */
  readonly epoch: number;
  /** For `lift`: why. */
  readonly reason?: string;
}

const callSmokeTest = smokeTestCaller(smokeTestClients());

export const handler = taskHandler(async (event: CutoverEvent, context) => {
  const migration = { ...(await openAudited(event, context)), callSmokeTest };
  if (event.step === 'lift') return giveUp(migration, event.reason ?? 'a step failed', event.epoch);
  try {
    await cutoverStep(migration, event.step, event.epoch);
    return {
      kind: 'ok',
      standBy: standByPhase(event.epoch + 1),
      next: stepAfter(event.step, migration.spec),
    } as const;
  } catch (error) {
    if (error instanceof CutoverGivenUpError) return { kind: 'given-up', reason: error.message } as const;
    throw error;
  }
});
