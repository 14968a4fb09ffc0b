import { pauseText } from '../../shared/engine/hold.ts';
import { isStandBy, UNIT_PHASES } from '../../shared/phases.ts';
import { millisecondsText } from '../../shared/report/format.ts';
import { completedAt } from '../../shared/report/life.ts';
import type { Status } from '../../shared/status.ts';
import { percent, phaseProgress } from './phase-progress.ts';
import type { Rates } from './rates.ts';

/** One line on a migration, for output that is not a terminal. */
export interface Headline {
  readonly text: string;
  /** Changes when there is news; progress alone counts in tenths. */
  readonly news: string;
}

export function headline(status: Status, rates: Rates): Headline {
  const { title, phase, lagSeconds, switched, pauseMilliseconds, standBy } = status;
  if (completedAt(status) !== undefined) return { text: 'Completed', news: 'complete' };
  const unitPhase = UNIT_PHASES.find((candidate) => candidate === phase);
  const progress = unitPhase && phaseProgress(status, unitPhase, rates);
  const gates = isStandBy(phase) ? (standBy?.gates ?? []) : [];
  const shut = gates.filter(({ holds }) => !holds);
  const paused = pauseText(status.controls);
  const details = [
    ...(paused ? [paused] : []),
    ...(progress ? [`${percent(progress.share)} (${progress.text})`] : []),
    ...(lagSeconds === undefined || switched ? [] : [`lag ${lagSeconds.toFixed(1)} s`]),
    ...shut.map(({ name, detail }) => `${name} gate shut (${detail})`),
    ...(switched && pauseMilliseconds !== undefined
      ? [`writes paused for ${millisecondsText(pauseMilliseconds)}`]
      : []),
  ];
  return {
    text: [title, ...(details.length > 0 ? [`: ${details.join('; ')}`] : [])].join(''),
    news: JSON.stringify([
      phase,
      status.term,
      paused,
      progress && Math.floor(progress.share * 10),
      shut.map(({ name }) => name),
    ]),
  };
}
