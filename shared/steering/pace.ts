import * as z from 'zod/mini';
import { CAPACITY_KINDS } from '../capacity.ts';
import { limitOf, standingPace } from '../engine/pace.ts';
import type { Problem } from '../errors.ts';
import { idleLimits } from '../idle-limits.ts';
import type { Pace } from '../journal/controls.ts';
import { capacityText } from '../report/capacity.ts';
import { countOf } from '../report/format.ts';
import {
  LEAST_REQUESTS_PER_SECOND,
  LEAST_UNITS_PER_SECOND,
  MOST_MEGABYTES_PER_SECOND,
  MOST_REQUESTS_PER_SECOND,
  MOST_UNITS_PER_SECOND,
  MOST_WORKERS,
  resourceKind,
} from '../spec.ts';
import type { Action } from './action.ts';
import { nothingToPause } from './pause.ts';

const LIST = new Intl.ListFormat('en-GB');
const perSecond = (least: number, most: number) =>
  z.optional(z.int().check(z.minimum(least), z.maximum(most)));
const units = perSecond(LEAST_UNITS_PER_SECOND, MOST_UNITS_PER_SECOND);
const parameters = {
  /** Of tables, by all workers together, a second. */
  readUnits: units,
  writeUnits: units,
  /** Of buckets, by all workers together. */
  requestsPerSecond: perSecond(LEAST_REQUESTS_PER_SECOND, MOST_REQUESTS_PER_SECOND),
  megabytesPerSecond: perSecond(1, MOST_MEGABYTES_PER_SECOND),
  /** At one time. */
  workers: z.optional(z.int().check(z.minimum(1), z.maximum(MOST_WORKERS))),
  /** Nothing is limited any more, not by the spec either. */
  off: z.optional(z.literal(true)),
};

/** Limits what copy, compare and sweep use. What it does not name stays as it is. */
export const pace: Action<typeof parameters> = {
  parameters,

  check({ standing }, { off, ...limits }): Problem[] {
    const moved = standing.spec.resources.map(resourceKind);
    const problems = [...nothingToPause(standing.coordinator.phase), ...idleLimits(limits, moved)];
    const named = Object.values(limits).some((limit) => limit !== undefined);
    if (named === (off === true))
      problems.push({
        at: 'action',
        problem: named ? 'a limit and none at the same time' : 'no limit is named',
        allowed:
          'one or more of readUnits, writeUnits, requestsPerSecond, megabytesPerSecond and workers, or off alone',
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
export function paceText(pace: Pace): string {
  const { workers } = pace;
  const amounts = CAPACITY_KINDS.flatMap((kind) => {
    const limit = limitOf(pace, kind);
    return limit === undefined ? [] : [capacityText(kind, limit)];
  });
  const limits = [
    ...(amounts.length > 0 ? [`at most ${LIST.format(amounts)} a second`] : []),
    ...(workers === undefined ? [] : [`${countOf(workers, 'worker')} at one time`]),
  ];
  return limits.length > 0 ? limits.join(', ') : 'not limited';
}
