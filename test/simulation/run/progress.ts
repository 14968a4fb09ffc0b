import { count } from '../../../infra/local/text-table.ts';

export interface Progress {
  readonly schedules: number;
  readonly of: number;
  readonly seconds: number;
  readonly divergent: number;
}

/** How far an exploration is, in one line. */
export function progressText({ schedules, of, seconds, divergent }: Progress): string {
  const rate = perSecond(schedules, seconds);
  const left = rate > 0 ? `, ${clock((of - schedules) / rate)} left` : '';
  return `${count(schedules)} of ${count(of)} schedules, ${count(rate)}/s${left}, ${divergences(divergent)}`;
}

/** Schedules a second, rounded. */
export function perSecond(schedules: number, seconds: number): number {
  const rate = seconds > 0 ? schedules / seconds : 0;
  return rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10;
}

/** A time span as `1:02:03`, or `2:03` where it is shorter than an hour. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** How many schedules violated an invariant. */
export function divergences(divergent: number): string {
  return `${count(divergent)} ${divergent === 1 ? 'divergence' : 'divergences'}`;
}
