import { isCutoverStep, type Phase, phaseOrder, phasesOf } from '../phases.ts';
import type { History, Status } from '../status.ts';
import { isoTime, isoTimeIfAny } from './format.ts';

/** `stopped`: the execution ended in it; `given-up`: a step of a cutover that did not reach the switch. */
type PhaseState = 'done' | 'now' | 'stopped' | 'given-up' | 'pending';

export interface PhaseReport {
  readonly id: Phase;
  readonly title: string;
  readonly state: PhaseState;
  readonly startedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  readonly seconds?: number | undefined;
}

export interface LifeReport {
  readonly startedAt: string;
  /** Absent while it runs. */
  readonly endedAt?: string | undefined;
  readonly seconds: number;
  readonly phases: readonly PhaseReport[];
}

export interface LifeProps {
  readonly status: Status;
  readonly history: History;
  readonly now: number;
  /** When the execution that reports has failed. */
  readonly failedAt?: number | undefined;
}

/** The phases of a migration with their times. Of a cutover that was tried again, the last attempt counts. */
export function lifeReport(props: LifeProps): LifeReport {
  const { status, now, failedAt } = props;
  const endedAt = failedAt ?? completedAt(status);
  return {
    startedAt: isoTime(status.createdAt),
    endedAt: isoTimeIfAny(endedAt),
    seconds: ((endedAt ?? now) - status.createdAt) / 1_000,
    phases: phasesOf(status.spec).map(({ id, title }) => {
      const state = phaseState(id, props);
      const { begin, end } = state === 'pending' ? {} : phaseSpan(id, props);
      return {
        id,
        title,
        state,
        startedAt: isoTimeIfAny(begin),
        endedAt: state === 'now' ? undefined : isoTimeIfAny(end),
        seconds: begin === undefined || end === undefined ? undefined : (end - begin) / 1_000,
      };
    }),
  };
}

/** When everything was done; undefined before it. Milliseconds since the epoch. */
export function completedAt({ phase, phases }: Status): number | undefined {
  return phase === 'complete' ? phases.complete?.endedAt : undefined;
}

function phaseState(phase: Phase, { status, failedAt }: LifeProps): PhaseState {
  const distance = phaseOrder(phase) - phaseOrder(status.phase);
  if (distance > 0) return passedBefore(phase, status);
  if (distance < 0 || completedAt(status) !== undefined) return 'done';
  return failedAt === undefined ? 'now' : 'stopped';
}

/** A later phase that was entered already: by a cutover that was given up, or before a rollback. */
function passedBefore(phase: Phase, { phases, switched }: Status): PhaseState {
  const { enteredAt } = phases[phase] ?? {};
  if (enteredAt === undefined) return 'pending';
  const beforeSwitch = switched !== undefined && enteredAt <= switched.switchedAt;
  return isCutoverStep(phase) && !beforeSwitch ? 'given-up' : 'done';
}

function phaseSpan(
  phase: Phase,
  { status, history, now, failedAt }: LifeProps,
): { readonly begin?: number; readonly end?: number } {
  const times = status.phases[phase];
  // The first phase is entered by the registration itself.
  const { startedAt = status.createdAt, enteredAt = startedAt, endedAt } = times ?? {};
  const begin = isCutoverStep(phase) ? enteredAt : startedAt;
  if (endedAt !== undefined && endedAt >= enteredAt) return { begin, end: endedAt };
  if (phase === status.phase) return { begin, end: failedAt ?? now };
  const givenUpAt = history.givenUp.find(({ at }) => at >= enteredAt)?.at;
  return givenUpAt === undefined ? { begin } : { begin, end: givenUpAt };
}
