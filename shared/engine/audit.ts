import { ChangesGoneError } from '../errors.ts';
import { itemText, sameContent } from '../items.ts';
import type { ShardPosition } from '../journal/shards.ts';
import type { Cell, Change, Key } from '../model.ts';
import { inParallel } from '../parallel.ts';
import type { Feed, Shard, ShardReader } from '../stores/feed.ts';
import { PREFIX_LENGTH, versionPrefix } from '../version.ts';
import type { AuditedMigration, Migration, Resource, SideFeed } from './migration.ts';

/** An empty answer of a shard proves nothing; this many in a row are taken for its tip. */
const EMPTY_ANSWERS = 3;
const SHARDS_IN_FLIGHT = 16;
/**
 * A stream keeps 24 hours. Of a shard whose last record was read it is known whether the next one is there still, but
 * not of one that has begun since, or had none then: after a longer pause nobody knows what is missing.
 */
const LONGEST_PAUSE_MILLISECONDS = 23.5 * 3_600_000;

/**
 * The auditor: the second reader of every shard, independent of the applier. It knows the keys that were touched and
 * whether each record has arrived on the passive side. One reader reads all shards of a feed, from the positions of
 * the last round on, parents before children.
 */
export class FeedReader {
  /** Last record of each key, in the order of the shards. */
  readonly last = new Map<string, Change>();
  /** Records read, removals by time to live included. */
  records = 0;
  /** Largest creation second read; 0 if nothing was. */
  lastSecond = 0;
  /** Whether the last reading came to the tip of every shard. */
  atTip = false;
  readonly #feed: Feed;
  readonly #shards = new Map<string, ShardState>();
  readonly #gone = new Set<string>();
  readonly #began: number;
  /** The shards as they were listed last; undefined when one has ended since: it has children by now. */
  #listing: readonly Shard[] | undefined;

  /**
   * @param positions where the last round ended.
   * @param from `end`: go on where the last round ended; `start`: read it once more.
   * @param began when this reading begins.
   */
  constructor(
    feed: Feed,
    positions: ReadonlyMap<string, ShardPosition>,
    from: 'start' | 'end',
    began: number,
  ) {
    this.#feed = feed;
    this.#began = began;
    for (const [id, position] of positions) {
      const finished = from === 'end' ? position.ended : position.endedBefore;
      const sequence = from === 'end' ? position.sequence : position.roundStart;
      this.#shards.set(id, {
        reader: undefined,
        start: sequence,
        sequence,
        startedEnded: finished,
        ended: finished,
        empties: 0,
      });
    }
  }

  /**
   * Reads every shard to its tip once, or until this reader has `most` records. A child is read once its parent is
   * read to the end, unrelated shards at the same time. The shards are listed at the first reading and after one has
   * ended; a new one comes into being in no other way. AWS allows few listings a second.
   * @param relist whether to list them in any case.
   * @returns how many records and ends of shards came that break a silence: removals by time to live don't.
   */
  async read({ most = Number.POSITIVE_INFINITY, relist = false } = {}): Promise<number> {
    let breaking = 0;
    this.atTip = true;
    if (relist) this.#listing = undefined;
    for (const generation of generations(await this.#list())) {
      await inParallel(generation, SHARDS_IN_FLIGHT, async (shard) => {
        const state = this.#state(shard);
        const parent = shard.parent === undefined ? undefined : this.#shards.get(shard.parent);
        if (parent && !parent.ended) {
          this.atTip = false;
          return;
        }
        state.empties = 0;
        while (!state.ended && state.empties < EMPTY_ANSWERS && this.records < most) {
          // In two steps: others count meanwhile, and `+=` would add to what stood there before the wait.
          const came = await this.#next(state);
          breaking += came;
        }
        if (!state.ended && state.empties < EMPTY_ANSWERS) this.atTip = false;
      });
    }
    return breaking;
  }

  async #list(): Promise<readonly Shard[]> {
    if (this.#listing) return this.#listing;
    const shards = await this.#feed.shards();
    this.#assertListed(shards);
    this.#listing = shards;
    return shards;
  }

  /** A shard that is gone before it was read to its end took changes with it. */
  #assertListed(shards: readonly Shard[]): void {
    const listed = new Set(shards.map(({ id }) => id));
    for (const [id, { ended }] of this.#shards) {
      if (!ended && !listed.has(id))
        throw new ChangesGoneError(
          `shard ${id} is gone, and not all of its changes were seen: the stream keeps 24 hours. Start the migration under a new name, so that both sides are compared in full`,
        );
      if (ended && !listed.has(id)) this.#gone.add(id);
    }
  }

  /** Where this reading began and how far it came: what the journal keeps of a complete round. */
  positions(): ReadPosition[] {
    return [...this.#shards].map(([shard, { start, sequence, startedEnded, ended }]) => ({
      shard,
      ...(sequence === undefined ? {} : { sequence }),
      ...(start === undefined ? {} : { roundStart: start }),
      ended,
      endedBefore: startedEnded,
      readAt: this.#began,
      // Nobody needs it any more: it was read to its end before this round, and is not listed.
      spent: startedEnded && this.#gone.has(shard),
    }));
  }

  keys(): Key[] {
    return [...this.last.values()].map(({ key }) => key);
  }

  #state(shard: Shard): ShardState & { reader: ShardReader } {
    const state = this.#shards.get(shard.id) ?? {
      reader: undefined,
      start: undefined,
      sequence: undefined,
      startedEnded: false,
      ended: false,
      empties: 0,
    };
    this.#shards.set(shard.id, state);
    state.reader ??= this.#feed.reader(shard, state.sequence);
    return state as ShardState & { reader: ShardReader };
  }

  async #next(state: ShardState & { reader: ShardReader }): Promise<number> {
    const { changes, ended } = await state.reader.next();
    if (ended) this.#listing = undefined;
    state.ended = ended;
    state.empties = changes.length === 0 ? state.empties + 1 : 0;
    state.sequence = changes.at(-1)?.sequence ?? state.sequence;
    this.records += changes.length;
    for (const change of changes) {
      this.lastSecond = Math.max(this.lastSecond, change.createdSecond);
      const key = itemText(change.key);
      // A record that changes nothing touches its key, but does not stand in for one that does.
      if (!this.last.has(key) || !sameContent(change.before, change.after)) this.last.set(key, change);
    }
    return changes.filter(({ byTimeToLive }) => !byTimeToLive).length + (ended ? 1 : 0);
  }
}

/**
 * A reader of a feed that goes on from the last complete round.
 * @param from `end`: go on where that round ended; `start`: read it once more.
 * @throws ChangesGoneError when that round is longer ago than the stream keeps.
 */
export async function readerFromLastRound(
  { journal, runtime }: Pick<AuditedMigration, 'journal' | 'runtime'>,
  { stream, feed }: SideFeed,
  from: 'start' | 'end',
): Promise<FeedReader> {
  const positions = await journal.shards.read(stream);
  const now = runtime.now();
  const readAt = Math.min(...[...positions.values()].map((position) => position.readAt));
  if (now - readAt > LONGEST_PAUSE_MILLISECONDS)
    throw new ChangesGoneError(
      `changes may be gone: the stream was last read ${Math.round((now - readAt) / 3_600_000)} hours ago, and keeps 24. Start the migration under a new name, so that both sides are compared in full`,
    );
  return new FeedReader(feed, positions, from, now);
}

/** Shards by their distance from the oldest ancestor that still exists. They come parents first. */
function generations(shards: readonly Shard[]): Shard[][] {
  const depths = new Map<string, number>();
  const result: Shard[][] = [];
  for (const shard of shards) {
    const depth = shard.parent === undefined ? 0 : (depths.get(shard.parent) ?? -1) + 1;
    depths.set(shard.id, depth);
    result[depth] ??= [];
    result[depth].push(shard);
  }
  return result;
}

/** How far a shard has been read, and whether its position is of any use still. */
export type ReadPosition = ShardPosition & { readonly spent: boolean };

interface ShardState {
  reader: ShardReader | undefined;
  readonly start: string | undefined;
  sequence: string | undefined;
  readonly startedEnded: boolean;
  ended: boolean;
  empties: number;
}

/**
 * The records, one for each key, that have not arrived on the passive side yet. A record has arrived when the cell's
 * version is not below its own, when it changes nothing, when it is at or below the floor (its key is compared
 * instead), or when its key is listed as oversize or quarantined. Equal content proves nothing: an item that the copy
 * has read late looks the same, and older records of its key may be still to come.
 */
export async function notArrived(
  { journal }: Pick<Migration, 'journal'>,
  resource: Resource,
  changes: readonly Change[],
): Promise<Change[]> {
  if (changes.length === 0) return [];
  const { epoch, floor } = await journal.gate.read();
  const cells = await resource.target.read(changes.map(({ key }) => key));
  const open = changes.filter((change, index) => !hasArrived(change, cells[index] as Cell, epoch, floor));
  const listed = await Promise.all(
    open.map(
      async ({ key }) =>
        (await journal.lists.find('oversize', resource.index, key)) ??
        journal.lists.find('quarantine', resource.index, key),
    ),
  );
  return open.filter((_, index) => !listed[index]);
}

function hasArrived(change: Change, cell: Cell, epoch: number, floor: number): boolean {
  if (change.createdSecond <= floor) return true;
  if (sameContent(change.before, change.after)) return true;
  const version = cell.kind === 'absent' ? undefined : cell.version;
  return version !== undefined && version.slice(0, PREFIX_LENGTH) >= versionPrefix(epoch, change.sequence);
}
