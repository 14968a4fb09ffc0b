import type { Stage } from '../stage.ts';
import type { Ending } from '../world/scheduler.ts';

/**
 * Every schedule comes to its end: nobody waits or tries for ever, and nobody fails who must not.
 * @returns whether it did, so that what is left can be judged.
 */
export function comesToItsEnd(stage: Pick<Stage, 'violate'>, ending: Ending): boolean {
  for (const { task, error } of ending.threw) stage.violate(`${task} failed: ${String(error)}`);
  if (ending.kind === 'exhausted') stage.violate('the world never ends: somebody waits and tries for ever');
  if (ending.kind === 'deadlock')
    stage.violate(`the world stands still: waiting are ${ending.waiting.join(', ')}`);
  return ending.kind === 'done';
}
