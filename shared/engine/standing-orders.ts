import type { AlarmFact, ControlsRecord } from '../journal/controls.ts';
import type { Ending } from '../journal/coordinator.ts';
import type { Migration } from './migration.ts';

/** What somebody has said is known to each worker within this time. */
const LOOK_MILLISECONDS = 5_000;
/** CloudWatch evaluates most alarms once a minute. An account has few of these calls a second. */
const ALARM_MILLISECONDS = 15_000;

/** What stands of what was said. */
export interface Orders extends ControlsRecord {
  /** The migration ends. */
  readonly ending?: Ending;
}

type Ordered = Pick<Migration, 'journal' | 'runtime' | 'spec' | 'alarmFires'>;

/**
 * What people and the alarm say of a migration, for one invocation: read when it is asked for, and kept for some
 * seconds. The alarm is looked at by one of all workers, for all.
 */
export class StandingOrders {
  readonly #migration: Ordered;
  #last: Promise<Orders> | undefined;
  #lastAt = 0;

  constructor(migration: Ordered) {
    this.#migration = migration;
  }

  look(): Promise<Orders> {
    const now = this.#migration.runtime.now();
    if (!this.#last || now - this.#lastAt >= LOOK_MILLISECONDS) {
      this.#lastAt = now;
      const look = this.#read(now);
      this.#last = look;
      // Its error is thrown where it is awaited; the next look tries anew.
      look.catch(() => this.forget());
    }
    return this.#last;
  }

  /** The next look reads anew. */
  forget(): void {
    this.#last = undefined;
  }

  async #read(now: number): Promise<Orders> {
    const { journal, spec, alarmFires } = this.#migration;
    const [read, ending] = await Promise.all([journal.controls.read(), journal.coordinator.ending()]);
    const controls: Orders = { ...read, ...(ending ? { ending } : {}) };
    const name = spec.copy.pauseOnAlarm;
    if (name === undefined || !alarmFires) return controls;
    const before = now - ALARM_MILLISECONDS;
    if ((controls.alarmLookAt ?? 0) > before) return controls;
    if (!(await journal.controls.claimAlarmLook(now, before))) return controls;
    const seen = await lookAtAlarm(name, alarmFires);
    const last = controls.alarm;
    // One reason why it can't be looked at is like another.
    const same = last?.firing === seen.firing && !last.unknown === !seen.unknown;
    if (same) return controls;
    const alarm: AlarmFact = { name, ...seen, since: now };
    await journal.controls.noteAlarm(alarm);
    if (seen.firing !== (last?.firing ?? false)) await this.#noteAction(alarm);
    return { ...controls, alarm };
  }

  /** What the alarm does to the migration stands among the actions of people. */
  async #noteAction({ name, firing, since, unknown }: AlarmFact): Promise<void> {
    const why = unknown === undefined ? 'the alarm fires' : `the alarm can't be looked at (${unknown})`;
    await this.#migration.journal.actions.note({
      id: `alarm ${since}`,
      at: since,
      by: `alarm ${name}`,
      action: firing ? 'pause' : 'resume',
      parameters: {},
      outcome: 'done',
      effect: firing
        ? `${why}: no unit is worked on until it is quiet; changes go on flowing`
        : 'the alarm is quiet: the units go on where they stopped',
    });
  }
}

/** A veto that can't be asked for stands. An alarm that somebody has deleted vetoes nothing any more. */
async function lookAtAlarm(
  name: string,
  alarmFires: NonNullable<Ordered['alarmFires']>,
): Promise<Pick<AlarmFact, 'firing' | 'unknown'>> {
  try {
    return { firing: (await alarmFires(name)) ?? false };
  } catch (error) {
    return { firing: true, unknown: error instanceof Error ? error.message : String(error) };
  }
}
