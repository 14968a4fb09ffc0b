import type { S3 } from '../../clients.ts';
import type { Cell } from '../../model.ts';
import { inParallel } from '../../parallel.ts';
import type { Store, WriteResult } from '../store.ts';
import { OBJECTS_IN_FLIGHT, rangeOf, type S3StoreProps, s3Store } from './s3.ts';
import type { AlsoCarried } from './s3-also.ts';
import { AnsweredRequests } from './s3-answered.ts';
import { copyingOf } from './s3-copy-request.ts';
import type { ObjectOutcome } from './s3-errors.ts';
import {
  cellOfHistory,
  type History,
  historyDigest,
  telling,
  type Version,
  versionsOfCell,
} from './s3-history.ts';
import { HistoryAppend, otherTags } from './s3-history-append.ts';
import { type Gap, gapBetween, type Pair } from './s3-history-gap.ts';
import { keyOfObject, relativeKey } from './s3-key.ts';
import { KnownVersions } from './s3-known-versions.ts';
import { meteredS3, refusalToSlowDown } from './s3-metered.ts';
import { listedObjects } from './s3-pages.ts';
import { SameVersion } from './s3-same-version.ts';
import type { Turns } from './s3-turns.ts';
import { listHistories, listHistory } from './s3-version-listing.ts';

export interface HistoryStoreProps extends Omit<S3StoreProps, keyof AlsoCarried> {
  /** Sends each request once. */
  readonly once: S3;
  /** Of this side. */
  readonly turns: Turns;
  /** Whether the histories came from this side. @default false */
  readonly isOrigin?: boolean;
}

/**
 * The histories of the objects below a prefix of a bucket that keeps versions: a key's cell is its history, delete
 * markers included. A history can only be added to, at its end: the passive side's is that of the active side once every
 * version stands in it, in order, and the current one is the same. Ids of versions, and when they were written, are the
 * bucket's own.
 */
export function s3HistoryStore(props: HistoryStoreProps): Store {
  const { meter, location, other, bounds, turns, isOrigin = false } = props;
  const { compare = 'listing', pageObjects = 1_000 } = props;
  const metered = (some: S3) => (meter ? meteredS3(some, meter) : some);
  const meteredOnce = (some: S3) => (meter ? meteredS3(some, meter, refusalToSlowDown) : some);
  const client = metered(props.client);
  const copying = copyingOf(props);
  /** Keys of writes whose outcome is not known. */
  const inDoubt = new Set<string>();
  const answered = new AnsweredRequests();

  const versions = new KnownVersions(client);
  const read = async (side: typeof location, key: string): Promise<History> => {
    const listed = await listHistory(client, side, key, pageObjects);
    const told = telling(listed.versions);
    const looked = async (version: Version, index: number): Promise<Version> => {
      if (version.kind === 'marker' || (compare === 'listing' && index < told.length - 1)) return version;
      const object = await versions.read(side, key, version.versionId);
      return { ...version, ...(object ? { object } : {}) };
    };
    const entries = [...told.entries()];
    return {
      key,
      versions: await inParallel(entries, OBJECTS_IN_FLIGHT, ([index, one]) => looked(one, index)),
    };
  };

  const same = new SameVersion({ client, meter, active: other, passive: location, compare });

  const gapOf = async (key: string, ours: readonly Version[], theirs: readonly Version[]): Promise<Gap> => {
    const questions = gapBetween(ours, theirs, isOrigin);
    let step = questions.next();
    while (!step.done) {
      const pair: Pair = step.value;
      step = questions.next(same.atHand(key, pair) ?? (await same.look(key, pair)));
    }
    return step.value;
  };

  const settle = async (
    key: string,
    requests: string[] = [],
  ): Promise<ObjectOutcome | { readonly kind: 'busy' }> => {
    const turn = await turns.take(key);
    if (!turn) return { kind: 'busy' };
    const append = new HistoryAppend({
      ...{ copying, once: props.once, metered, meteredOnce, requests, key, turn },
    });
    try {
      const theirs = await read(location, key);
      const ours = await read(other, key);
      const gap = await gapOf(key, ours.versions, theirs.versions);
      return await append.fill(gap, theirs.versions.at(-1));
    } catch (error) {
      // Looked at again when it is decided.
      if (!append.outcomesKnown) return { kind: 'changed' };
      throw error;
    } finally {
      if (!append.outcomesKnown) inDoubt.add(key);
      await turn.end(append.outcomesKnown);
    }
  };

  const objects = s3Store(props);
  return {
    ...objects,

    async scan(segment, cursor) {
      const listed = listedObjects((await meter?.pageShare()) ?? {}, pageObjects);
      const range = rangeOf(bounds, segment, cursor);
      const { histories, next } = await listHistories(client, location, range, listed);
      const told = histories
        .map(({ key, versions }) => ({ key, versions: telling(versions) }))
        .filter(({ versions }) => versions.length > 0);
      return {
        count: told.length,
        bytes: told
          .flatMap(({ versions }) => versions)
          .reduce((sum, version) => sum + (version.kind === 'object' ? version.bytes : 0), 0),
        items: () =>
          told.map(({ key, versions }) => ({
            key: { S: key },
            history: { S: historyDigest(versions) },
            ...(compare === 'listing' ? {} : { side: { S: `${location.bucket}/${location.prefix}` } }),
          })),
        ...(next === undefined ? {} : { next }),
      };
    },

    async insertAbsent(page) {
      const keys = page.items().map(relativeKey);
      const outcomes = await inParallel(keys, OBJECTS_IN_FLIGHT, async (key) => ({
        key,
        outcome: await settle(key),
      }));
      return {
        inserted: outcomes.filter(({ outcome }) => outcome.kind === 'written').length,
        // Whoever compares finds what is missing.
        existing: outcomes.filter(({ outcome }) => outcome.kind === 'changed' || outcome.kind === 'busy')
          .length,
        rejected: outcomes.flatMap(({ key, outcome }) =>
          outcome.kind === 'rejected'
            ? [{ key: keyOfObject(key), reason: outcome.reason, oversize: false }]
            : [],
        ),
      };
    },

    read: (keys) =>
      inParallel(
        keys,
        OBJECTS_IN_FLIGHT,
        async (key): Promise<Cell> => cellOfHistory(await read(location, relativeKey(key))),
      ),

    isSame(own, theirs) {
      const [passive, active] = [versionsOfCell(own), versionsOfCell(theirs)];
      // Versions are only compared where both sides have some.
      const key = own.kind === 'item' ? relativeKey(own.item) : '';
      const questions = gapBetween(active, passive, isOrigin);
      let step = questions.next();
      while (!step.done) {
        const answer = same.atHand(key, step.value);
        // Where nothing at hand tells, it takes requests.
        if (answer === undefined) return gapOf(key, active, passive).then(isNone);
        step = questions.next(answer);
      }
      return isNone(step.value);
    },

    async write({ key }): Promise<WriteResult> {
      const outcome = await settle(relativeKey(key), answered.begin(relativeKey(key)));
      if (outcome.kind === 'busy') return { verdict: 'busy' };
      return outcome.kind === 'rejected'
        ? { verdict: 'rejected', key, reason: outcome.reason, oversize: false }
        : { verdict: 'unconfirmed', written: outcome.kind === 'written' };
    },

    requestsOf: (key) => answered.take(relativeKey(key)),
    outcomesKnown: (key) =>
      key ? !inDoubt.has(relativeKey(key)) : inDoubt.size === 0 && objects.outcomesKnown(),
  };
}

function isNone({ missing, pairs }: Gap): boolean {
  return missing.length === 0 && !pairs.some(otherTags);
}
