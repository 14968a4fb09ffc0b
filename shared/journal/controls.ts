import type { CapacityKind } from '../capacity.ts';
import type { Condition, Fields, RecordTable } from './table.ts';

/** What somebody has said, and when: milliseconds since the epoch. */
export interface Said {
  readonly by: string;
  readonly at: number;
}

/** Nobody cuts over before a time: a gate keeps shut, and a cutover that is under way is given up. */
export interface Postponement extends Said {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** It counts in the direction in which it was said. */
  readonly epoch: number;
}

/** How fast units may be worked on, by all workers together. What is absent has no limit. */
export interface Pace {
  /** Capacity units of tables a second. */
  readonly readUnits?: number | undefined;
  readonly writeUnits?: number | undefined;
  /** Of buckets. */
  readonly requestsPerSecond?: number | undefined;
  readonly megabytesPerSecond?: number | undefined;
  /** Workers at one time. Absent: as many as were planned. */
  readonly workers?: number | undefined;
}

/** Workers were throttled, as by the limit of a table: all of them go slower for a while. */
export interface Slowdown {
  readonly at: number;
  /** What they were slowed to; units of its kind a second. */
  readonly unitsPerSecond: number;
  /** What they had come to, and come back to. */
  readonly fromUnitsPerSecond: number;
  readonly scope: string;
}

/** The alarm that vetoes copying, as it was seen last. */
export interface AlarmFact {
  readonly name: string;
  readonly firing: boolean;
  /** When it was first seen so; milliseconds since the epoch. */
  readonly since: number;
  /** Why it could not be looked at, and counts as firing. */
  readonly unknown?: string;
}

/** What every worker follows while it works. */
export interface ControlsRecord {
  /** How many words were said: pauses, resumptions, postponements and paces. */
  readonly words?: number;
  readonly paused?: Said;
  readonly postponement?: Postponement;
  /** In place of the spec's. */
  readonly pace?: Said & { readonly limits: Pace };
  readonly slowdownOfRead?: Slowdown;
  readonly slowdownOfWrite?: Slowdown;
  readonly slowdownOfRequest?: Slowdown;
  readonly slowdownOfMegabyte?: Slowdown;
  readonly alarm?: AlarmFact;
  /** When somebody has last begun to look at the alarm. */
  readonly alarmLookAt?: number;
}

/** Between two slowdowns of one kind: workers that are throttled together slow the migration once. */
export const SLOWDOWN_MILLISECONDS = 5_000;

/** One record, so that a worker or a step of the cutover learns everything by one read. */
export class Controls {
  readonly #table: RecordTable;
  readonly #key: { readonly pk: string; readonly sk: string };

  constructor(table: RecordTable, migration: string) {
    this.#table = table;
    this.#key = { pk: `migration#${migration}`, sk: 'controls' };
  }

  async read(): Promise<ControlsRecord> {
    return (await this.#table.get<ControlsRecord>(this.#key)) ?? {};
  }

  /**
   * The first pause stands.
   * @param seen the controls as they were read last.
   */
  async pause(paused: Said, seen: ControlsRecord = {}): Promise<void> {
    await this.#say('SET #paused = if_not_exists(#paused, :paused), #words = :words', { paused }, seen);
  }

  async resume(seen: ControlsRecord = {}): Promise<void> {
    await this.#say('SET #words = :words REMOVE #paused', {}, seen);
  }

  /** Postpones the cutover; the last word stands. */
  async postpone(postponement: Postponement, seen: ControlsRecord = {}): Promise<void> {
    await this.#say('SET #postponement = :postponement, #words = :words', { postponement }, seen);
  }

  /** The last word stands. */
  async setPace(pace: Said & { readonly limits: Pace }, seen: ControlsRecord = {}): Promise<void> {
    await this.#say('SET #pace = :pace, #words = :words', { pace }, seen);
  }

  /**
   * Each word follows the one before. Otherwise a request whose answer was lost, and that takes effect after it was
   * tried again, might undo what was said since: a migration that was resumed would be paused for ever.
   */
  async #say(update: string, values: Fields, seen: ControlsRecord): Promise<void> {
    for (let { words } = seen; ; { words } = await this.read()) {
      const condition: Condition = words
        ? { expression: '#words = :seen', values: { seen: words } }
        : { expression: 'attribute_not_exists(#words)' };
      if (await this.#table.update(this.#key, update, { ...values, words: (words ?? 0) + 1 }, condition))
        return;
    }
  }

  /** Slows all workers, unless somebody has just done so. */
  async slow(kind: CapacityKind, slowdown: Slowdown): Promise<void> {
    const name = `#${slowdownOf(kind)}`;
    await this.#table.update(
      this.#key,
      `SET ${name} = :slowdown`,
      { slowdown },
      {
        expression: `attribute_not_exists(${name}) OR ${name}.#at <= :before`,
        values: { before: slowdown.at - SLOWDOWN_MILLISECONDS },
      },
    );
  }

  /**
   * Claims the next look at the alarm, so that of thousands of workers one asks.
   * @returns false when somebody has looked after `before`.
   */
  async claimAlarmLook(now: number, before: number): Promise<boolean> {
    const claimed = await this.#table.update(
      this.#key,
      'SET #alarmLookAt = :now',
      { now },
      { expression: 'attribute_not_exists(#alarmLookAt) OR #alarmLookAt <= :before', values: { before } },
    );
    return claimed !== undefined;
  }

  async noteAlarm(alarm: AlarmFact): Promise<void> {
    await this.#table.update(this.#key, 'SET #alarm = :alarm', { alarm });
  }
}

const SLOWDOWNS = {
  read: 'slowdownOfRead',
  write: 'slowdownOfWrite',
  request: 'slowdownOfRequest',
  megabyte: 'slowdownOfMegabyte',
} as const satisfies Record<CapacityKind, keyof ControlsRecord>;

/** Where the record keeps the slowdown of a kind. */
export function slowdownOf(kind: CapacityKind): (typeof SLOWDOWNS)[CapacityKind] {
  return SLOWDOWNS[kind];
}
