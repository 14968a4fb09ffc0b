import { FIRST_EPOCH } from '../direction.ts';
import { ChangesGoneError } from '../errors.ts';
import type { Migration } from './migration.ts';
import type { Round } from './round.ts';

const HOUR = 3_600;
/**
 * A stream keeps its records for 24 hours and trims them at any moment after that (DynamoDB Developer Guide, "Change
 * data capture for DynamoDB Streams"). Ages in seconds: of the oldest change that has not arrived, or that the auditor
 * has not read, for it has to be read in time as well.
 */
const WARN_SECONDS = 2 * HOUR;
/** Nothing is copied or compared, so that the changes catch up, until less than WARN_SECONDS is left. */
const HOLD_SECONDS = 6 * HOUR;
/** Only of what has not arrived: what the auditor has not read is there still, or he finds that it is gone. */
const INVALID_SECONDS = 20 * HOUR;

export type RetentionLevel = 'fine' | 'warned' | 'held' | 'invalid';

/** How close the changes are to be trimmed before they are carried over; noted when the level changes. */
export interface RetentionFact {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: RetentionLevel;
  /** In words. */
  readonly detail: string;
}

type Guarded = Pick<Migration, 'journal' | 'runtime'>;

/**
 * Judges a round of the auditor by what the stream keeps. Copies may take weeks: only the lag is bounded.
 * @throws ChangesGoneError when changes may be lost: from then on each time, in this direction.
 */
export async function guardRetention(migration: Guarded, round: Round): Promise<void> {
  const { journal, runtime } = migration;
  const now = runtime.now();
  const last = await journal.direction.fact<RetentionFact>('retention');
  const captured = Math.max(0, now / 1_000 - (await capturedSince(migration)));
  const late = Math.min(captured, round.lagSeconds);
  const behind = Math.max(late, Math.min(captured, round.unreadSeconds ?? 0));
  const level = last?.level === 'invalid' ? 'invalid' : levelOf(late, behind, last?.level);
  const isNews = level !== (last?.level ?? 'fine');
  const detail = isNews ? detailOf(level, behind) : (last?.detail ?? '');
  if (isNews) {
    await journal.direction.noteFact('retention', { at: now, level, detail });
    await journal.actions.note({
      id: `retention ${now}`,
      at: now,
      by: 'retention guard',
      action: ACTIONS[level],
      parameters: {},
      outcome: 'done',
      effect: detail,
    });
  }
  if (level === 'invalid')
    throw new ChangesGoneError(
      `changes may be gone: ${detail}. Start the migration under a new name, so that both sides are compared in full`,
    );
}

/** Whether copy and compare need not wait for the changes, as the last round has found. */
export async function mayCopy({ journal }: Pick<Migration, 'journal'>): Promise<boolean> {
  const { level = 'fine' } = (await journal.direction.fact<RetentionFact>('retention')) ?? {};
  return level === 'fine' || level === 'warned';
}

const ACTIONS = { fine: 'resume', warned: 'warn', held: 'hold', invalid: 'give up' } as const;

function levelOf(late: number, behind: number, last: RetentionLevel = 'fine'): RetentionLevel {
  if (late >= INVALID_SECONDS) return 'invalid';
  if (behind >= HOLD_SECONDS || (last === 'held' && behind >= WARN_SECONDS)) return 'held';
  return behind >= WARN_SECONDS ? 'warned' : 'fine';
}

function detailOf(level: RetentionLevel, seconds: number): string {
  const age = `the oldest change that has not been carried over is ${(seconds / HOUR).toFixed(1)} h old`;
  switch (level) {
    case 'fine':
      return 'the changes have caught up: units are worked on as before';
    case 'warned':
      return `${age}, and the stream keeps 24 h: from ${HOLD_SECONDS / HOUR} h on nothing is copied until they have caught up`;
    case 'held':
      return `${age}, and the stream keeps 24 h: nothing is copied or compared until it is less than ${WARN_SECONDS / HOUR} h`;
    case 'invalid':
      return `${age}, and the stream keeps 24 h`;
  }
}

/** Records from before this second were in the stream already: nothing depends on them. */
async function capturedSince({ journal }: Guarded): Promise<number> {
  if (journal.epoch !== FIRST_EPOCH) return (await journal.gate.read()).since;
  const { capture } = await journal.coordinator.phaseTimes();
  return (capture?.startedAt ?? 0) / 1_000;
}
