import type { Side } from '../direction.ts';
import type { History, Status, SwitchRecord } from '../status.ts';
import { isoTime } from './format.ts';

/** The cutover as it was measured, and the ones before it that were given up. */
export interface CutoverReport {
  /** Attempts so far, the last one included. */
  readonly attempts: number;
  /** The last one. */
  readonly switched?: SwitchReport | undefined;
  /** All of them, in their order: there, back, there again. */
  readonly switches: readonly SwitchReport[];
  readonly givenUp: readonly GivenUpReport[];
  /** Each of the user's smoke tests. */
  readonly smokeTests: readonly SmokeTestReport[];
  /** The last rehearsal, and how long it would have held writes; undefined where it did not come so far. */
  readonly rehearsal?: { readonly at: string; readonly pauseMilliseconds?: number | undefined } | undefined;
}

export interface SwitchReport {
  readonly attempt: number;
  /** The side that the application works on from then on. */
  readonly to: Side;
  readonly announcedAt: string;
  readonly fencedAt: string;
  readonly switchedAt: string;
  readonly announcementMilliseconds: number;
  /** From the fence to the switch: how long routers held writes. */
  readonly writePauseMilliseconds: number;
  /** From the announcement to the switch. */
  readonly totalMilliseconds: number;
}

export interface GivenUpReport {
  readonly attempt: number;
  readonly at: string;
  readonly reason: string;
}

export interface SmokeTestReport {
  readonly attempt: number;
  readonly at: string;
  readonly milliseconds: number;
  readonly rehearsal: boolean;
  readonly passed: boolean;
  /** What it answered, or why it did not pass. */
  readonly detail: string;
}

/** The final recheck of the cutover: every key that was touched late, compared once more with nothing in flight. */
export interface FinalRecheckReport {
  readonly keys: number;
  readonly repaired: number;
  /** A record created up to then is never applied from its image again. */
  readonly floorAt: string;
}

/** What the drain saw of the source's stream after the fence. */
export interface DrainReport {
  readonly shardCount: number;
  readonly shards: readonly { readonly shard: string; readonly lastSequenceNumber: string }[];
  readonly records: number;
  readonly keys: number;
  readonly silentMilliseconds: number;
  readonly silentReadings: number;
  /**
   * The window that remains: from the last reading of the shards, that of the final recheck, to the switch. Who wrote
   * past the routers then is found only afterwards, as a stray. Absent without a switch.
   */
  readonly unreadMilliseconds?: number | undefined;
  readonly assumptions: readonly string[];
}

/** @returns undefined before the first attempt has ended. */
export function cutoverReport(
  { rehearsal }: Status,
  { givenUp, smokeTests, switches: records }: History,
): CutoverReport | undefined {
  const switches = records.map(switchReport);
  if (switches.length === 0 && givenUp.length === 0) return undefined;
  return {
    attempts: Math.max(...[...switches, ...givenUp].map(({ attempt }) => attempt)),
    switched: switches.at(-1),
    switches,
    givenUp: givenUp.map(({ attempt, at, reason }) => ({ attempt, at: isoTime(at), reason })),
    smokeTests: smokeTests.map(({ at, failed, answer = '', ...known }) => ({
      attempt: known.attempt,
      at: isoTime(at),
      milliseconds: known.milliseconds,
      rehearsal: known.rehearsal,
      passed: failed === undefined,
      detail: failed ?? answer,
    })),
    rehearsal: rehearsal && { at: isoTime(rehearsal.at), pauseMilliseconds: rehearsal.pauseMilliseconds },
  };
}

function switchReport({ attempt, to, announcedAt, fencedAt, switchedAt }: SwitchRecord): SwitchReport {
  return {
    attempt,
    to,
    announcedAt: isoTime(announcedAt),
    fencedAt: isoTime(fencedAt),
    switchedAt: isoTime(switchedAt),
    announcementMilliseconds: fencedAt - announcedAt,
    writePauseMilliseconds: switchedAt - fencedAt,
    totalMilliseconds: switchedAt - announcedAt,
  };
}

export function finalRecheckReport({ recheck }: History): FinalRecheckReport | undefined {
  return (
    recheck && {
      keys: recheck.keys,
      repaired: recheck.repaired,
      floorAt: isoTime(recheck.floor * 1_000),
    }
  );
}

export function drainReport({ drain, recheck, switches }: History): DrainReport | undefined {
  if (!drain) return undefined;
  const { shards: shardCount, last, ...seen } = drain;
  const { switchedAt = 0 } = switches.at(-1) ?? {};
  const unread = recheck && switchedAt > recheck.readAt ? switchedAt - recheck.readAt : undefined;
  return {
    shardCount,
    shards: Object.entries(last).map(([shard, lastSequenceNumber]) => ({ shard, lastSequenceNumber })),
    unreadMilliseconds: unread,
    ...seen,
  };
}
