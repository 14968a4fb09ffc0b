import { APPLY_MUTANTS } from './apply.ts';
import { AUDIT_MUTANTS } from './audit.ts';
import { COPY_MUTANTS } from './copy.ts';
import { CUTOVER_MUTANTS } from './cutover.ts';
import { DRAIN_MUTANTS } from './drain.ts';
import { GIVE_UP_MUTANTS } from './give-up.ts';
import { HISTORY_MUTANTS } from './histories.ts';
import { JOURNAL_MUTANTS } from './journal.ts';
import type { Mutant } from './mutant.ts';
import { OBJECT_STRAY_MUTANTS } from './object-strays.ts';
import { OBJECT_MUTANTS } from './objects.ts';
import { PERMIT_MUTANTS } from './permits.ts';
import { POLICY_MUTANTS } from './policy.ts';
import { PREPARE_MUTANTS } from './prepare.ts';
import { REPAIR_MUTANTS } from './repair.ts';
import { REVERSE_MUTANTS } from './reverse.ts';
import { ROUTE_MUTANTS } from './route.ts';
import { ROUTER_MUTANTS } from './router.ts';
import { STORE_MUTANTS } from './store.ts';
import { SWEEP_MUTANTS } from './sweep.ts';

export type { Mutant } from './mutant.ts';

/**
 * Engines that are wrong in one thing each.
 *
 * A rule that has no mutant, since the engine has nothing of the kind: an owner of a target key under re-keying.
 *
 * Mistakes that nobody can see, since another rule covers them:
 * - units that overlap, and a segment copied twice: a copied item never overwrites;
 * - a full compare that passes over keys of the source alone: copy, changes and quarantine bring each of them;
 * - a list of a round that is cleared, or positions that are noted, before their keys are settled: these have arrived,
 *   or are compared by the next round or the final recheck;
 * - a final recheck that begins at the end of the last round: what that round has settled, versions keep;
 * - a repair of what has no version that leaves none: every record is newer than either;
 * - a repair that compares the prefix of the cell alone: repairs of one sequence are followed by the same records;
 * - a permit that is not given back after a refusal, a unit's record that is read as missing, a stream disabled before
 *   its mapping is gone: they take longer, or are tried again;
 * - a step of the cutover that does not ask for the route's revision: term, state, the step before, and the condition
 *   of its own write stand;
 * - an attempt of a write that comes late although its permit was given back, because an earlier attempt, a server's
 *   error or a write beside a failed one was forgotten: the condition that the later attempt has met refuses it;
 * - a switch that leaves the gate to the final recheck, a final recheck of another revision: the switch waits for every
 *   permit and moves the gate in its own transaction;
 * - a smoke test that may take longer than the pause leaves it: the switch asks for the time itself;
 * - a gate that is moved although it is sealed, or by somebody of an earlier direction: its revision has grown;
 * - a switch that was made taken for one that was given up: the next direction is open, and its stand-by goes on;
 * - a lift that comes after its switch: it raises the revision of a route that is not about to be switched;
 * - a reverse feed applied from before the announcement, or from its image up to the floor, or such records skipped
 *   instead of compared: the rounds compare every key of the feed, and each later record is newer;
 * - a drain by one silent reading, repaired keys that are not listed, a removal by time to live that the auditor passes
 *   over: the final recheck reads once more, a repair is stamped, and the applier brings removals, too;
 * - a tombstone that is listed after its write: still before the record is acknowledged;
 * - a child shard that waits for its parent, taken for read: the drain and the final recheck read again, and its changes
 *   are applied meanwhile;
 * - a shard that is gone, or trimmed records, passed over: a pause in which that can happen is refused as a whole;
 * - an active side that is read before the passive one, where cells carry no versions: nothing is deleted that is listed,
 *   and a copy is conditional on both sides;
 * - events that are dropped while the direction is closed: routers have noted the keys;
 * - routers that go on noting after a cutover given up: there is no break, and what was compared still counts.
 *
 * Too rare here, so that other tests stand for them: an item whose statement is too long, or its put of its own, an
 * answer without all of its responses (the store contract), an oversize item written while the direction is open, a
 * throttled change at the end of an invocation, a repair that reads its entry last, a tombstone whose entry goes first,
 * a permit of the final recheck that is given back early, a fence by the time that was announced, sequence numbers
 * that begin anew below those of the parent shard, a step of the last direction that is obeyed, a resource policy that
 * nobody holds while a request may still change it, that is changed for a direction that is over, or whose put nobody
 * knows of any more (the engine's unit tests), a write in doubt that is not noted, let go by its answer
 * or settled too early, a write of the migrator's own to a bucket that was left which is not noted, or whose outcome
 * nobody knows (the engine's unit tests), and a token forgotten of a transaction that was done on the target (the
 * router's).
 */
export const MUTANTS: readonly Mutant[] = [
  ...STORE_MUTANTS,
  ...COPY_MUTANTS,
  ...APPLY_MUTANTS,
  ...REPAIR_MUTANTS,
  ...AUDIT_MUTANTS,
  ...DRAIN_MUTANTS,
  ...SWEEP_MUTANTS,
  ...PERMIT_MUTANTS,
  ...CUTOVER_MUTANTS,
  ...GIVE_UP_MUTANTS,
  ...ROUTE_MUTANTS,
  ...ROUTER_MUTANTS,
  ...JOURNAL_MUTANTS,
  ...PREPARE_MUTANTS,
  ...POLICY_MUTANTS,
  ...REVERSE_MUTANTS,
  ...OBJECT_MUTANTS,
  ...OBJECT_STRAY_MUTANTS,
  ...HISTORY_MUTANTS,
];
