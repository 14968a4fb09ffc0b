import type { ObjectVersion, Version } from './s3-history.ts';

/** Two versions that are the same, the active side's first. */
export type Pair = readonly [active: Version, passive: Version];

/** What the passive side's history lacks. */
export interface Gap {
  /** Versions of the active side that are missing at its end, the oldest first. */
  readonly missing: readonly Missing[];
  /** Where each other version of the active side stands in it. */
  readonly pairs: readonly Pair[];
}

/** A version of the active side, or a delete marker where the active side has no history to tell. */
export type Missing = ObjectVersion | { readonly kind: 'marker' };

/**
 * Finds what is to be added to the history of the passive side, which can only be added to: until every version of the
 * active side stands in it, in the same order, and its current one is the active side's. Versions that the active side
 * has not (any more) may stand between them: they were deleted there for good, or were here before.
 *
 * It asks whether two versions are the same, in turn, and is given the answers: how it is found out is the caller's.
 * @param active what its history tells, the oldest first; `passive` likewise.
 * @param isOrigin the passive side is where the histories came from. It had every version until the switch: what it
 * lacks of the oldest ones it has deleted since, or never had, and is not given.
 */
export function* gapBetween(
  active: readonly Version[],
  passive: readonly Version[],
  isOrigin = false,
): Generator<Pair, Gap, boolean> {
  const [ours, theirs] = [active.at(-1), passive.at(-1)];
  if (!ours) return { missing: theirs?.kind === 'object' ? [{ kind: 'marker' }] : [], pairs: [] };
  if (isOrigin) return yield* gapOfOrigin(active, passive, ours);
  if (theirs && (yield [ours, theirs])) {
    const below = yield* embedded(active.slice(0, -1), passive.slice(0, -1));
    if (below.length === active.length - 1) return { missing: [], pairs: [...below, [ours, theirs]] };
  }
  const pairs = yield* embedded(active, passive);
  return { missing: pairs.length < active.length ? active.slice(pairs.length) : [ours], pairs };
}

/** As many of the first versions as stand in a history in the same order, each where it comes first. */
function* embedded(
  versions: readonly Version[],
  within: readonly Version[],
): Generator<Pair, Pair[], boolean> {
  const pairs: Pair[] = [];
  for (const candidate of within) {
    const wanted = versions[pairs.length];
    if (!wanted) break;
    if (yield [wanted, candidate]) pairs.push([wanted, candidate]);
  }
  return pairs;
}

/**
 * The origin's history is the end of what the target had when it took over, with what was added since. So the longest
 * run of the active side's versions is looked for that ends with the origin's current one and stands in its history:
 * what follows it is missing. Of several as long the first one counts, which leaves nothing out.
 */
function* gapOfOrigin(
  active: readonly Version[],
  passive: readonly Version[],
  ours: Missing,
): Generator<Pair, Gap, boolean> {
  const theirs = passive.at(-1);
  if (!theirs) return { missing: active, pairs: [] };
  let [longest, next]: [readonly Pair[], number] = [[], 0];
  for (let first = 0; first < active.length && longest.length < passive.length; first++)
    for (let last = active.length - 1; last - first >= longest.length; last--) {
      const current = active[last] as Version;
      if (!(yield [current, theirs])) continue;
      const pairs = yield* embedded(active.slice(first, last), passive.slice(0, -1));
      if (pairs.length === last - first) [longest, next] = [[...pairs, [current, theirs]], last + 1];
    }
  if (longest.length > 0) return { missing: active.slice(next), pairs: longest };
  // Somebody else has written there.
  for (let first = 0; first < active.length; first++) {
    const pairs = yield* embedded(active.slice(first), passive);
    const rest = active.slice(first + pairs.length);
    if (pairs.length > 0) return { missing: rest.length > 0 ? rest : [ours], pairs };
  }
  return { missing: active, pairs: [] };
}
