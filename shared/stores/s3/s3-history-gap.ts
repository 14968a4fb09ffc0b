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
 */
export function* gapBetween(
  active: readonly Version[],
  passive: readonly Version[],
): Generator<Pair, Gap, boolean> {
  const [ours, theirs] = [active.at(-1), passive.at(-1)];
  if (!ours) return { missing: theirs?.kind === 'object' ? [{ kind: 'marker' }] : [], pairs: [] };
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
