import type { Random } from './random.ts';

/** What can go wrong, each with its chance at every occasion. */
interface FaultChances {
  /** Refused before it takes effect. */
  readonly throttled: number;
  /** S3 answers every request of the next seconds with SlowDown, as while it divides a prefix that is asked too often. */
  readonly busy: number;
  /** The server fails, before or after the effect. */
  readonly serverError: number;
  /** The connection breaks before the effect. */
  readonly lostRequest: number;
  /** The connection breaks after the effect. */
  readonly lostAnswer: number;
  /** The caller gives up waiting; the request takes effect later. */
  readonly lateEffect: number;
  /** A request takes a while until it arrives. */
  readonly slowRequest: number;
  /** An answer takes a while, in which its caller stands still and others don't. */
  readonly slowAnswer: number;
  /** A part of a batch comes back as unprocessed. */
  readonly unprocessed: number;
  /** One statement of a batch is throttled, or fails although it took effect. */
  readonly statementFailed: number;
  /** A transaction is cancelled because one of its actions was throttled. */
  readonly transactionThrottled: number;
  /** Other requests go between the items of a batch or of a page. */
  readonly interleaved: number;
  /** A copy takes a while from the reading of its source to its effect. */
  readonly slowCopy: number;
  /** A conditional write to a key that others have written since it began is refused as a conflict, not judged. */
  readonly conditionalConflict: number;
  /** A key of DeleteObjects comes back with an error, whether it was deleted or not. */
  readonly deletionFailed: number;
  /** A part that was under way when its upload was aborted brings the upload back. */
  readonly partOutlivesAbort: number;
  /** An event of S3 never comes. */
  readonly eventLost: number;
  /** An event of S3 comes twice. */
  readonly eventDuplicated: number;
  /** An event of S3 comes minutes later. */
  readonly eventLate: number;
  /** A batch stops half way, and the server answers with an error. */
  readonly halfDone: number;
  /** A read without `ConsistentRead` shows an item as it was moments ago. */
  readonly staleRead: number;
  /** A page of a stream is empty although records are there. */
  readonly emptyRecords: number;
  /** A shard ends, before a record; its children take over. */
  readonly shardSplit: number;
  /** A child shard's sequence numbers begin below its parent's: not documented, so not usual. */
  readonly sequenceRestart: number;
  /** A record's creation second is one off: not documented, so not usual. */
  readonly creationSecondOff: number;
  /** The mapping delivers a batch to two invocations at once. */
  readonly duplicated: number;
  /** The mapping delivers a finished batch again, to a new invocation. */
  readonly redelivered: number;
  /** An invocation of the mapping dies at some point. */
  readonly invocationKilled: number;
  /** An invocation succeeds, and the mapping does not get to know. */
  readonly successForgotten: number;
}

export type FaultName = keyof FaultChances;
export type Faults = Partial<FaultChances>;

/** Everything that AWS documents, often enough that a schedule of a few hundred requests meets most of it. */
export const USUAL_FAULTS: Faults = {
  throttled: 0.02,
  serverError: 0.005,
  lostRequest: 0.01,
  lostAnswer: 0.02,
  lateEffect: 0.01,
  slowRequest: 0.02,
  slowAnswer: 0.05,
  unprocessed: 0.05,
  statementFailed: 0.03,
  interleaved: 0.2,
  halfDone: 0.01,
  staleRead: 0.5,
  emptyRecords: 0.2,
  shardSplit: 0.02,
  duplicated: 0.03,
  redelivered: 0.1,
  invocationKilled: 0.03,
  successForgotten: 0.03,
  transactionThrottled: 0.02,
};

/** What S3 and its events do besides. That an event is lost is not documented, but nothing may depend on its coming. */
export const USUAL_S3_FAULTS: Faults = {
  slowCopy: 0.2,
  conditionalConflict: 0.3,
  deletionFailed: 0.03,
  partOutlivesAbort: 0.3,
  eventLost: 0.03,
  eventDuplicated: 0.05,
  eventLate: 0.1,
  busy: 0.0005,
};

/** Rolls the dice for faults, and counts by name those that came: a fault that never comes proves nothing. */
export class FaultDice {
  readonly counts: Record<string, number> = {};
  readonly #random: Random;
  readonly #chances: Faults;

  constructor(random: Random, chances: Faults) {
    this.#random = random;
    this.#chances = chances;
  }

  chanceOf(name: FaultName): number {
    return this.#chances[name] ?? 0;
  }

  strikes(name: FaultName): boolean {
    const struck = this.#random.chance(this.#chances[name] ?? 0);
    if (struck) this.count(name);
    return struck;
  }

  /** Counts an occurrence that nobody rolled for. */
  count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}
