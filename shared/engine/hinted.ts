import { CutoverGivenUpError } from '../errors.ts';
import { HINT_HOLDS_MILLISECONDS, type Hint } from '../hint-log.ts';
import type { Permit } from '../journal/gate.ts';
import type { Key } from '../model.ts';
import { chunks, inParallel } from '../parallel.ts';
import type { Route } from '../route.ts';
import { settleDoubts } from './doubts.ts';
import { type FullRound, goOn, newRound } from './full-round.ts';
import { type AuditedMigration, type Migration, type Resource, resourceOf, workUnit } from './migration.ts';
import { settle } from './repair.ts';

// Stores without versions, whose changes nobody tells of for certain. While their routers hint, every write is noted
// before it is sent. So what was written before they began is found by one comparison of everything that begins after
// it, and what is written later by the notes. Nothing depends on the events of the store.

const NOTES_IN_FLIGHT = 32;
/** What was settled of them stays settled where an invocation has no time for more. */
const NOTES_AT_ONCE = 1_000;
/** Beyond the time limit of an attempt: what was given up may take effect a little later. */
const LATE_MILLISECONDS = 5_000;

type Hinting = Pick<Migration, 'journal' | 'runtime' | 'resources' | 'route' | 'plan' | 'handoverAt'>;

/** What a round has settled beside the changes of feeds. */
export interface SettledHints {
  readonly keys: number;
  readonly repaired: number;
  /** Keys whose notes stay: the final recheck compares them, and what is noted until then. */
  readonly kept: number;
  /** How long it took to let notes go, which no final recheck does. */
  readonly lettingGoMilliseconds: number;
}

/** The resources whose changes are only hinted at. */
export function isHinted({ resources }: Pick<Migration, 'resources'>): boolean {
  return resources.some(({ keysOfHint }) => keysOfHint !== undefined);
}

/**
 * Settles the keys that routers note, while they do, and those of writes that are decided by now. A key is settled when
 * its note is first seen, and once more by a round that begins when its write has taken effect or never will (it was
 * noted before it was sent): that one lets the note go. In between it is left to the final recheck, so that rounds are
 * short also where objects are written all the time. What an invocation has no time for is left to the next round.
 */
export async function settleHinted(migration: Hinting, permit: Permit): Promise<SettledHints> {
  if (!isHinted(migration)) return { keys: 0, repaired: 0, kept: 0, lettingGoMilliseconds: 0 };
  const { handoverAt, runtime, route, resources } = migration;
  const current = await route.read();
  let { keys, repaired } = await settleDoubts(migration, permit);
  if (current?.hinted === undefined) return { keys, repaired, kept: 0, lettingGoMilliseconds: 0 };
  const began = runtime.now();
  const holds = HINT_HOLDS_MILLISECONDS + current.attemptMilliseconds + LATE_MILLISECONDS;
  const keysOf = (notes: readonly Hint[]) => resources.map((resource) => keysNoted(resource, notes, current));
  const notes = (await route.hints.all()).filter((hint) => keysOf([hint]).some(([key]) => key));
  const isFresh = ({ seenAt }: Hint) => seenAt === undefined;
  const isDecided = ({ seenAt = Number.POSITIVE_INFINITY }: Hint) => began > seenAt + holds;
  const removed = new Set<Hint>();
  let lettingGoMilliseconds = 0;
  for (const some of chunks([...notes.filter(isFresh), ...notes.filter(isDecided)], NOTES_AT_ONCE)) {
    if (runtime.now() >= handoverAt) break;
    for (const [index, noted] of keysOf(some).entries()) {
      repaired += (await settle(migration, resourceOf(migration, index), noted, permit)).repaired;
      keys += noted.length;
    }
    const settled = runtime.now();
    const decided = some.filter(isDecided);
    await inParallel(some.filter(isFresh), NOTES_IN_FLIGHT, (hint) => route.hints.markSeen(hint, began));
    await inParallel(decided, NOTES_IN_FLIGHT, (hint) => route.hints.remove(hint));
    for (const hint of decided) removed.add(hint);
    lettingGoMilliseconds += runtime.now() - settled;
  }
  const kept = keysOf(notes.filter((hint) => !removed.has(hint))).flat().length;
  return { keys, repaired, kept, lettingGoMilliseconds };
}

/** The keys of a resource's active side that notes name. */
export function keysNoted({ keysOfHint }: Resource, notes: readonly Hint[], route: Route): Key[] {
  return notes.flatMap((hint) => keysOfHint?.(hint, route) ?? []);
}

/** The comparison of everything that a cutover needs, and since which revision of the route routers hinted then. */
export interface ComparedFact {
  readonly hinted: number;
  readonly round: FullRound;
}

export const COMPARED = 'compared';

/** How far the comparison has come that counts while the route hints as it does. */
export async function comparedSince(
  { journal }: Pick<Migration, 'journal'>,
  { hinted }: Pick<Route, 'hinted'>,
): Promise<FullRound | undefined> {
  if (hinted === undefined) return undefined;
  const fact = await journal.direction.fact<ComparedFact>(COMPARED);
  return fact?.hinted === hinted ? fact.round : undefined;
}

/** @throws CutoverGivenUpError unless everything was compared since routers hint. */
export async function assertCompared(
  migration: Pick<Migration, 'journal' | 'resources'>,
  route: Pick<Route, 'hinted'>,
): Promise<void> {
  if (!isHinted(migration) || (await comparedSince(migration, route))?.done) return;
  throw new CutoverGivenUpError('not everything was compared since the routers note what they write');
}

/**
 * Has routers hint, and then compares everything, as far as the time of this invocation allows: another turn goes on.
 * It ends when the cutover is given up, or made.
 */
export async function compareWhileHinted(migration: AuditedMigration, permit: Permit): Promise<void> {
  const { journal, route, runtime, handoverAt, plan, resources } = migration;
  const current = await route.read();
  // A step of an earlier cutover that went on late may have left it announced.
  if (!current || current.state === 'fenced') return;
  const { hinted, settledAt } = current;
  if (hinted === undefined) {
    await route.hint(current);
    return;
  }
  // Until then a router may act on a route that did not ask for hints yet. And what a copier that died has sent may
  // still take effect, which nothing but this comparison would find.
  if (settledAt > runtime.now() || (await isCopierOut(migration))) return;
  const units = Array.from({ length: plan.units }, (_, unit) => unit);
  const hintedUnits = units.filter((unit) => resources[workUnit(plan, unit).resource]?.keysOfHint);
  const before = (await comparedSince(migration, current)) ?? newRound(hintedUnits, runtime.now());
  if (before.done) return;
  const round = await goOn(migration, before, permit, handoverAt);
  await journal.direction.noteFact(COMPARED, { hinted, round } satisfies ComparedFact);
}

/** Nobody asks for a cutover any more: routers need not hint. */
export async function endHints({ route }: Pick<Migration, 'route'>): Promise<void> {
  const current = await route.read();
  if (current?.hinted !== undefined && current.state === current.active) await route.lift(current);
}

async function isCopierOut({ journal }: Pick<Migration, 'journal'>): Promise<boolean> {
  return [...(await journal.gate.permitsOut()).values()].includes('copy');
}
