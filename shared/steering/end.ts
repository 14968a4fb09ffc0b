import { otherSide, type Side } from '../direction.ts';
import type { Problem } from '../errors.ts';
import { phaseOrder, phaseTitle } from '../phases.ts';
import type { Action } from './action.ts';

const parameters = {};

/** Ends a migration with the side that is active: what the migrator has added is taken away on both. */
function endingWith(side: Side, instead: string): Action<typeof parameters> {
  return {
    parameters,

    check({ standing: { active, coordinator, name } }): Problem[] {
      const { phase } = coordinator;
      if (phaseOrder(phase) >= phaseOrder('sweep'))
        return [
          {
            at: 'action',
            problem: `${name} is in the phase ${phaseTitle(phase)}: it is at its end`,
            change: 'nothing',
          },
        ];
      if (active === side) return [];
      return [
        {
          at: 'action',
          problem: `${name} works on the ${active} now`,
          allowed: `it ends so while the application works on the ${side}`,
          change: `"segue ${instead} ${name}" ends it on the ${otherSide(side)}`,
        },
      ];
    },

    async act({ journal, runtime, by, standing: { name, controls } }) {
      await journal.coordinator.end({ by, at: runtime.now() });
      const paused = controls.paused ? ` It is paused: "segue resume ${name}" lets that begin.` : '';
      return `${name} ends on the ${side}, as ${by} has said: within seconds nothing is copied or carried over any more, and versions, tombstones, mappings and streams that it has added are removed.${paused}`;
    },
  };
}

/** After the switch: the application stays on the target. */
export const complete = endingWith('target', 'abort');
/** Before the switch, or after a rollback: the application stays on the source. */
export const abort = endingWith('source', 'complete');
