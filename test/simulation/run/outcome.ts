import type { ScheduleResult } from '../judged-stage.ts';
import type { Setting } from '../setting.ts';

/** One schedule to be run. */
export interface Job {
  readonly seed: number;
  readonly setting: Setting;
  /** Whether the whole trace is wanted. @default false */
  readonly traced?: boolean;
}

/** What a thread answers: the result of a schedule, as far as it can be sent from thread to thread. */
export interface Report extends Omit<ScheduleResult, 'trace'> {
  /** Empty unless it was asked for. */
  readonly trace: readonly string[];
}

/** A schedule that was run, and how it went. */
export interface Outcome extends Job, Report {}
