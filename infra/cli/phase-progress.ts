import { throttledTimes } from '../../shared/engine/throttled.ts';
import type { UnitPhase } from '../../shared/phases.ts';
import { countOf, countText, secondsText } from '../../shared/report/format.ts';
import { counted, nounOf } from '../../shared/report/nouns.ts';
import { plannedKind } from '../../shared/resources/planned-resource.ts';
import type { Status } from '../../shared/status.ts';
import type { Rates } from './rates.ts';

/** How far a phase that is fanned out has come, ready to be shown. */
export interface PhaseProgress {
  /** From 0 to 1; 1 when the last unit is done. */
  readonly share: number;
  /** 8 of 20 units, 56,000 items, 1,234 items/s, about 1 min left */
  readonly text: string;
}

/** The counts of the plan are hours old, or estimated: before the last unit is done they prove nothing. */
const MOST_BEFORE_DONE = 0.99;

/** @returns undefined while the phase has not begun. */
export function phaseProgress(status: Status, phase: UnitPhase, rates: Rates): PhaseProgress | undefined {
  const { units, unitsDone, counts } = status.progress[phase];
  const { items = 0, repaired = 0, rejected = 0 } = counts;
  const throttled = throttledTimes(counts);
  if (units === 0 || (items === 0 && unitsDone === 0 && status.phase !== phase)) return undefined;
  const planned = status.plan?.resources.reduce((sum, resource) => sum + resource.items, 0) ?? 0;
  const done = unitsDone === units;
  const noun = nounOf(status.plan?.resources.map(plannedKind) ?? []);
  const rate = done ? undefined : rates[phase];
  return {
    share: done
      ? 1
      : Math.min(MOST_BEFORE_DONE, Math.max(unitsDone / units, planned > 0 ? items / planned : 0)),
    text: [
      `${countText(unitsDone)} of ${countOf(units, 'unit')}`,
      counted(items, noun),
      ...(rate === undefined ? [] : [`${countText(rate)} ${noun.many}/s`]),
      ...(rate && planned > items ? [`about ${secondsText(Math.ceil((planned - items) / rate))} left`] : []),
      ...(repaired > 0 ? [`${countText(repaired)} repaired`] : []),
      ...(rejected > 0 ? [`${countText(rejected)} rejected`] : []),
      ...(throttled > 0 ? [`throttled ${countOf(throttled, 'time')}`] : []),
    ].join(', '),
  };
}

export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
