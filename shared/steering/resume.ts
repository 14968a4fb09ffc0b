import type { Problem } from '../errors.ts';
import type { Action } from './action.ts';

/** Ends a pause. */
export const resume: Action<Record<never, never>> = {
  parameters: {},

  check({ standing: { controls, name } }): Problem[] {
    if (controls.paused) return [];
    const { alarm } = controls;
    return [
      {
        at: 'action',
        problem: alarm?.firing
          ? `${name} is paused by the alarm ${alarm.name}, not by a person`
          : `${name} is not paused`,
        change: alarm?.firing ? 'nothing: it goes on when the alarm is quiet' : 'nothing: it goes on',
      },
    ];
  },

  async act({ journal, standing: { controls, name } }) {
    await journal.controls.resume(controls);
    const { alarm } = controls;
    return alarm?.firing
      ? `${name} is not paused by a person any more: it goes on where it stopped when the alarm ${alarm.name} is quiet.`
      : `${name} goes on where it stopped, within a minute.`;
  },
};
