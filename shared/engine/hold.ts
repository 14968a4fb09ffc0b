import { CutoverGivenUpError } from '../errors.ts';
import type { ControlsRecord } from '../journal/controls.ts';
import type { Migration } from './migration.ts';

type Holdable = Pick<Migration, 'journal' | 'runtime'>;

/** Why no unit is worked on now: somebody has paused the migration, or its alarm fires. */
export function pauseText(controls: ControlsRecord): string | undefined {
  return pausedByText(controls) ?? alarmText(controls);
}

function pausedByText({ paused }: ControlsRecord): string | undefined {
  return paused && `paused by ${paused.by} since ${timeText(paused.at)}`;
}

function alarmText({ alarm }: ControlsRecord): string | undefined {
  if (!alarm?.firing) return undefined;
  const { name, since, unknown } = alarm;
  return unknown === undefined
    ? `paused while the alarm ${name} fires, since ${timeText(since)}`
    : `paused because the alarm ${name} can't be looked at, since ${timeText(since)}: ${unknown}`;
}

/** Who keeps the cutover from beginning, and until when. */
export function postponementText(
  { postponement }: ControlsRecord,
  { epoch, now }: { readonly epoch: number; readonly now: number },
): string | undefined {
  if (!postponement || postponement.until <= now || postponement.epoch !== epoch) return undefined;
  return `postponed by ${postponement.by} until ${timeText(postponement.until)}`;
}

/**
 * What a person has said that keeps a cutover from going on. The alarm is not asked: giving up would not end the write
 * pause sooner than the switch does.
 */
export async function standingHold({ journal, runtime }: Holdable): Promise<string | undefined> {
  const controls = await journal.controls.read();
  return pausedByText(controls) ?? postponementText(controls, { epoch: journal.epoch, now: runtime.now() });
}

/**
 * A person can stop the cutover until the switch.
 * @throws CutoverGivenUpError when somebody has.
 */
export async function assertNotHeld(migration: Holdable): Promise<void> {
  const hold = await standingHold(migration);
  if (hold !== undefined) throw new CutoverGivenUpError(hold);
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
