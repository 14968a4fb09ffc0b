import { cutoverStep, giveUp } from '../shared/engine/cutover.ts';
import { CutoverGivenUpError } from '../shared/errors.ts';
import type { CutoverStep } from '../shared/phases.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';

interface CutoverEvent extends MigrationEvent {
  readonly step: CutoverStep | 'lift';
  /** For `lift`: why. */
  readonly reason?: string;
}

export const handler = taskHandler(async (event: CutoverEvent, context) => {
  const migration = await openAudited(event, context);
  if (event.step === 'lift') return giveUp(migration, event.reason ?? 'a step failed');
  try {
    await cutoverStep(migration, event.step);
    return { kind: 'ok' } as const;
  } catch (error) {
    if (error instanceof CutoverGivenUpError) return { kind: 'given-up', reason: error.message } as const;
    throw error;
  }
});
