import * as z from 'zod/mini';
import type { Problem } from '../errors.ts';
import { phaseOrder, phaseTitle } from '../phases.ts';
import { isoTime } from '../report/format.ts';
import type { Action } from './action.ts';
import { momentText } from './moment.ts';

const HOUR_MILLISECONDS = 3_600_000;
export const MOST_HOURS = 90 * 24;

const parameters = {
  /** No cutover before this time. */
  until: z.optional(z.iso.datetime({ offset: true })),
  hours: z.optional(z.number().check(z.positive(), z.maximum(MOST_HOURS))),
  /** It is not postponed any more. */
  off: z.optional(z.literal(true)),
};

/** Keeps the cutover from beginning before a time, and gives up one that is under way. The last word stands. */
export const postpone: Action<typeof parameters> = {
  parameters,

  check({ runtime, standing: { coordinator, name } }, { until, hours, off }): Problem[] {
    const problems: Problem[] = [];
    const { phase } = coordinator;
    if (phaseOrder(phase) > phaseOrder('switch'))
      problems.push({
        at: 'action',
        problem: `${name} is in the phase ${phaseTitle(phase)}: the switch was made, nothing can be postponed any more`,
        change: 'nothing: there is no cutover to come',
      });
    if ([until, hours, off].filter((said) => said !== undefined).length !== 1)
      problems.push({
        at: 'action',
        problem: 'it is not said how long',
        allowed: 'exactly one of until, hours and off',
        change: 'say one of them',
      });
    if (until !== undefined && Date.parse(until) <= runtime.now())
      problems.push({
        at: 'until',
        problem: 'the time is over',
        value: until,
        allowed: `after ${isoTime(runtime.now())}`,
        change: 'name a time to come, or say off',
      });
    return problems;
  },

  async act({ journal, runtime, by, standing: { controls, name } }, { until, hours = 0, off }) {
    const at = runtime.now();
    const end = until === undefined ? at + (off ? 0 : hours * HOUR_MILLISECONDS) : Date.parse(until);
    await journal.controls.postpone({ by, at, until: end, epoch: journal.epoch }, controls);
    return off
      ? `${name} is not postponed any more: it cuts over when its gates are open.`
      : `${name} is postponed by ${by}: no cutover before ${momentText(end)}. "segue postpone ${name} --off" ends it.`;
  },
};
