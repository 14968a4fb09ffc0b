import * as z from 'zod/mini';
import { standingPace } from '../engine/pace.ts';
import type { Problem } from '../errors.ts';
import type { Pace } from '../journal/controls.ts';
import { countOf } from '../report/format.ts';
import { LEAST_UNITS_PER_SECOND, MOST_UNITS_PER_SECOND, MOST_WORKERS } from '../spec.ts';
import type { Action } from './action.ts';
import { nothingToPause } from './pause.ts';

const units = z.optional(z.int().check(z.minimum(LEAST_UNITS_PER_SECOND), z.maximum(MOST_UNITS_PER_SECOND)));
const parameters = {
  /** Of all workers together, a second. */
  readUnits: units,
  writeUnits: units,
  /** At one time. */
  workers: z.optional(z.int().check(z.minimum(1), z.maximum(MOST_WORKERS))),
  /** Nothing is limited any more, not by the spec either. */
  off: z.optional(z.literal(true)),
};

/** Limits what copy, compare and sweep use. What it does not name stays as it is. */
export const pace: Action<typeof parameters> = {
  parameters,

  check({ standing }, { off, ...limits }): Problem[] {
    const problems = nothingToPause(standing.coordinator.phase);
    const named = Object.values(limits).some((limit) => limit !== undefined);
    if (named === (off === true))
      problems.push({
        at: 'action',
        problem: named ? 'a limit and none at the same time' : 'no limit is named',
        allowed: 'one or more of readUnits, writeUnits and workers, or off alone',
        change: named ? 'name limits, or say off' : 'name a limit, or say off',
      });
    return problems;
  },

  async act({ journal, runtime, by, standing: { controls, name, spec } }, { off, ...named }) {
    const limits = off ? {} : { ...standingPace(spec, controls), ...named };
    await journal.controls.setPace({ by, at: runtime.now(), limits }, controls);
    return `The pace of ${name} is ${paceText(limits)}. Each worker follows within seconds; the applier of changes is never held back.`;
  },
};

/** The limits in words. */
export function paceText({ readUnits, writeUnits, workers }: Pace): string {
  const perSecond = [
    ...(readUnits === undefined ? [] : [countOf(readUnits, 'read unit')]),
    ...(writeUnits === undefined ? [] : [countOf(writeUnits, 'write unit')]),
  ];
  const limits = [
    ...(perSecond.length > 0 ? [`at most ${perSecond.join(' and ')} a second`] : []),
    ...(workers === undefined ? [] : [`${countOf(workers, 'worker')} at one time`]),
  ];
  return limits.length > 0 ? limits.join(', ') : 'not limited';
}
