import type { Problem } from '../errors.ts';
import type { Action, Steered } from './action.ts';
import { momentText } from './moment.ts';

/** Stops the work on units and holds the cutover, until somebody resumes it. */
export const pause: Action<Record<never, never>> = {
  parameters: {},

  check({ standing }): Problem[] {
    return nothingToPause(standing.coordinator.phase);
  },

  async act({ journal, runtime, by, standing: { controls, name, active } }: Steered) {
    await journal.controls.pause({ by, at: runtime.now() }, controls);
    const { paused } = await journal.controls.read();
    if (paused && paused.by !== by)
      return `${name} was paused before, by ${paused.by} at ${momentText(paused.at)}; that pause stands.`;
    return active === 'target'
      ? `${name} is paused by ${by}: nothing is swept until somebody resumes it.`
      : `${name} is paused by ${by}: nothing is copied or compared, and no cutover begins or goes on, until somebody resumes it. Changes go on flowing to the target.`;
  },
};

/** The last phase has neither units nor a cutover before it. */
export function nothingToPause(phase: string): Problem[] {
  if (phase !== 'complete') return [];
  return [
    {
      at: 'action',
      problem: 'the migration is complete, or about to be: no unit is left to work on',
      change: 'nothing: there is nothing to steer any more',
    },
  ];
}
