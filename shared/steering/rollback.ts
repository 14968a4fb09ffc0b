import type { Problem } from '../errors.ts';
import { phaseTitle } from '../phases.ts';
import type { Action } from './action.ts';
import { approveNow } from './approve.ts';

const parameters = {};

/** Lets the cutover back to the source begin. Every other gate is the same as for the way there. */
export const rollback: Action<typeof parameters> = {
  parameters,

  check({ standing: { coordinator, name, spec, noWayBack } }): Problem[] {
    const { phase } = coordinator;
    if (phase !== 'reverse')
      return [
        {
          at: 'action',
          problem: `there is nothing to roll back in the phase ${phaseTitle(phase)}`,
          value: phase,
          allowed: 'a migration that has switched can go back, in Reverse',
          change: `before the switch "segue postpone ${name}" holds the cutover, and "segue abort ${name}" ends the migration`,
        },
      ];
    const reason = spec.cutover.wayBack ? noWayBack : 'its spec says cutover.wayBack false';
    if (reason === undefined) return [];
    return [
      {
        at: 'action',
        problem: `${name} has no way back: ${reason}`,
        change: 'a new migration, from the target to the source, compares both sides in full and goes there',
      },
    ];
  },

  act: (steered) => approveNow(steered, { subject: 'The rollback of', what: 'rollback' }),
};
