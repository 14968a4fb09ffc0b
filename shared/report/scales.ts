import { scaleLinear, scaleUtc } from 'd3-scale';
import { dayText, minuteText, secondText } from './format.ts';

/**
 * Charts are as wide as their column on any screen: positions along the x axis are percentages, so that bars and
 * labels keep their size.
 */
export interface PercentScale {
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export type Domain = readonly [from: number, to: number];

const TICKS = 4;
/** Spans from which on ticks are days, and minutes. */
const DAYS = 3 * 86_400_000;
const MINUTES = 5 * 60_000;

/** Of milliseconds since the epoch; its ticks are told in UTC. */
export function timeScale(domain: Domain): PercentScale {
  const scale = scaleUtc(domain, [0, 100]);
  const span = domain[1] - domain[0];
  const text = span > DAYS ? dayText : span > MINUTES ? minuteText : secondText;
  return {
    at: scale,
    ticks: scale.ticks(TICKS).map((tick) => ({ at: scale(tick), text: text(tick.toISOString()) })),
  };
}

/** Of seconds from a moment; its ticks carry the unit. */
export function secondsScale(domain: Domain): PercentScale {
  const scale = scaleLinear(domain, [0, 100]);
  const text = scale.tickFormat(TICKS);
  return {
    at: scale,
    ticks: scale.ticks(TICKS).map((tick) => ({ at: scale(tick), text: `${text(tick)} s` })),
  };
}

/** A length or position for an SVG attribute. */
export function percent(value: number): string {
  return `${Number(value.toFixed(2))}%`;
}
