import type { LagSample } from '../journal/activity.ts';
import { isoTime } from './format.ts';

/** One point of the lag curve. */
export interface LagPoint {
  /** Start of its interval. */
  readonly at: string;
  readonly batches: number;
  readonly records: number;
  readonly meanSeconds: number;
  /** The largest mean of an interval of the journal's own length within this one. */
  readonly mostSeconds: number;
}

/** How far the target was behind the source: the age of the oldest record of each batch when it was applied. */
export interface LagReport {
  readonly meanSeconds: number;
  readonly mostSeconds: number;
  readonly mostAt: string;
  /** From the first sample's start to the last one's end. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly intervalSeconds: number;
  readonly points: readonly LagPoint[];
}

/** Points that a curve has at most: a migration may take weeks. */
const MOST_POINTS = 300;
/** The interval at which the journal samples. */
const SAMPLE_MILLISECONDS = 10_000;

/** The lag curve, with its samples joined into as many intervals as a chart can show. */
export function lagReport(samples: readonly LagSample[]): LagReport | undefined {
  const counted = samples.filter(({ batches }) => batches > 0);
  const [first, last] = [counted[0], counted.at(-1)];
  if (!first || !last) return undefined;
  const span = last.at - first.at + SAMPLE_MILLISECONDS;
  const interval = SAMPLE_MILLISECONDS * Math.ceil(span / SAMPLE_MILLISECONDS / MOST_POINTS);
  const points = [...Map.groupBy(counted, ({ at }) => Math.floor((at - first.at) / interval))].map(
    ([index, joined]) => lagPoint(first.at + index * interval, joined),
  );
  const peak = counted.reduce((most, sample) => (mean(sample) > mean(most) ? sample : most));
  return {
    meanSeconds: sum(counted, 'lagSeconds') / sum(counted, 'batches'),
    mostSeconds: mean(peak),
    mostAt: isoTime(peak.at),
    firstAt: isoTime(first.at),
    lastAt: isoTime(last.at + SAMPLE_MILLISECONDS),
    intervalSeconds: interval / 1_000,
    points,
  };
}

function lagPoint(at: number, samples: readonly LagSample[]): LagPoint {
  const batches = sum(samples, 'batches');
  return {
    at: isoTime(at),
    batches,
    records: sum(samples, 'records'),
    meanSeconds: sum(samples, 'lagSeconds') / batches,
    mostSeconds: Math.max(...samples.map(mean)),
  };
}

function mean({ lagSeconds, batches }: LagSample): number {
  return lagSeconds / batches;
}

function sum(samples: readonly LagSample[], name: 'batches' | 'records' | 'lagSeconds'): number {
  return samples.reduce((total, sample) => total + sample[name], 0);
}
