import { systemRuntime } from '../shared/runtime.ts';
import { steer } from '../shared/steering/steer.ts';
import { logger, taskHandler } from './handler.ts';
import { openJournal } from './journal.ts';

interface SteerEvent {
  /** The input of the execution. */
  readonly input: unknown;
  /** The execution, which is the action's identity. */
  readonly id: string;
}

export const handler = taskHandler(async ({ input, id }: SteerEvent) => {
  const steered = await steer({ input, id, journalOf: openJournal, runtime: systemRuntime });
  logger.info('steered', { ...steered });
  return steered;
});
