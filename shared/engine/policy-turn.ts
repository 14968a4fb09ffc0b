import { isNamed, LeaseLostError } from '../errors.ts';
import type { Approval } from '../journal/coordinator.ts';
import type { HeldPolicy, PolicyState, StandingPolicy } from '../journal/policies.ts';
import {
  type DenyStatement,
  ownStatements,
  policyDifference,
  samePolicy,
  sameStatements,
  statementId,
  withoutOwn,
  withStatement,
} from '../policy-document.ts';
import {
  type ByKind,
  NO_POLICY,
  type Place,
  type ResourcePolicies,
  type SeenPolicy,
} from '../resources/resource-kind.ts';
import {
  type FenceView,
  fenceView,
  isAccepted,
  type NamedOwner,
  policyOwners,
  wantedOf,
} from './fence-policy.ts';
import type { Migration } from './migration.ts';
import type { Turn } from './turn.ts';

export interface PolicyTurnProps {
  readonly migration: Migration;
  readonly policies: ByKind<ResourcePolicies>;
  /** ARNs of the migrator's own roles, which are never denied. */
  readonly migratorRoles: readonly string[];
  /** Where the resources are. */
  readonly place: Place;
}

/** Beyond the end of an invocation, what it has sent may still take effect; clocks differ, too. */
const LATE_MILLISECONDS = 10_000;
/** Further changes of a policy are refused for 15 seconds. */
const BUSY_SECONDS = 5;
/** The journal's record of a policy is one item. */
const MOST_HISTORY = 10;
const NOT_SEEN: SeenPolicy = { document: undefined, revision: NO_POLICY };

/**
 * One turn of bringing the resource policies to what the journal wants of them now, and of looking at them: done when
 * each is so, or when only a person can help. At the end of the migration it goes on until each is as others left it.
 * @throws LeaseLostError when another coordinator has taken over.
 */
export async function policyTurn(props: PolicyTurnProps): Promise<Turn> {
  const { migration } = props;
  if (!migration.spec.cutover.fence) return { done: true, waitSeconds: 0 };
  let waitSeconds = 0;
  for (const owner of policyOwners(migration))
    waitSeconds = Math.max(waitSeconds, await turnOf(props, owner));
  return { done: waitSeconds === 0, waitSeconds };
}

/** @returns after how many seconds to come again; 0 when nothing is left to be done. */
async function turnOf(props: PolicyTurnProps, owner: NamedOwner): Promise<number> {
  const { journal, runtime, term, deadline } = props.migration;
  const holder = runtime.id();
  const record = await journal.policies.take(owner, {
    holder,
    now: runtime.now(),
    // As long as this invocation can send, and what it sends can take effect.
    expiresAt: deadline + LATE_MILLISECONDS,
  });
  if (!record) return BUSY_SECONDS;
  let sends = false;
  try {
    // After the record was taken: whoever takes over, or asks for something else, waits for this invocation.
    const coordinator = await journal.coordinator.assertTerm(term);
    const approval = await journal.coordinator.approval();
    const view = await fenceView(props.migration, coordinator, approval);
    if (!view) return 0;
    const work = new ResourceFence({
      ...props,
      owner,
      holder,
      approval,
      view,
      onSend: () => {
        sends = true;
      },
    });
    return await work.turn(record);
  } finally {
    await journal.policies.give(owner, holder, sends ? runtime.now() + LATE_MILLISECONDS : 0);
  }
}

interface ResourceFenceProps extends PolicyTurnProps {
  readonly owner: NamedOwner;
  readonly holder: string;
  readonly approval: Approval | undefined;
  readonly view: FenceView;
  /** A change is sent: its outcome may come late. */
  readonly onSend: () => void;
}

/** The policy of one side of a resource, in the hands of one invocation. */
class ResourceFence {
  readonly #props: ResourceFenceProps;
  readonly #policies: ResourcePolicies;
  readonly #arn: string;
  #notes = 0;

  constructor(props: ResourceFenceProps) {
    const { owner, place, policies } = props;
    this.#props = props;
    this.#policies = policies[owner.kind];
    this.#arn = this.#policies.arnOf(owner.names[0] ?? '', place);
  }

  async turn({ state: known, notes = 0 }: HeldPolicy): Promise<number> {
    this.#notes = notes;
    const { migration, owner, view } = this.#props;
    const wanted = wantedOf(view, owner.side);
    if (!known && wanted === 'nobody') return 0;
    const now = migration.runtime.now();
    const seen = await this.#policies.read(this.#arn).catch((error: unknown) => this.#refusal(error));
    if ('problem' in seen)
      return this.#leave({ ...(known ?? firstLook(owner.name, NOT_SEEN, now)), ...seen, seenAt: now });
    const found = known ? this.#compared(known, seen) : firstLook(owner.name, seen, now);
    // A read that shows what stood there moments ago proves nothing yet.
    if (!found) return BUSY_SECONDS;
    const { problem: _, ...state } = found;
    if (!view.ends && !isAccepted(state, this.#props.approval)) return this.#leave(state);
    const standing = withHistory(state);
    if (this.#isAsWanted(standing)) return this.#leave(standing);
    return this.#change(standing);
  }

  /**
   * What stands there now. Somebody else's change is told from this migration's own, which a retry finds where its
   * answer was lost.
   * @returns undefined when a read may show what stood there moments ago.
   */
  #compared(known: PolicyState, seen: SeenPolicy): PolicyState | undefined {
    const { migration, owner } = this.#props;
    const { revision, document } = seen;
    const now = migration.runtime.now();
    const { sent, ...rest } = known;
    if (samePolicy(document, known.document)) return { ...known, revision, seenAt: now };
    if (sent && samePolicy(document, sent.document))
      return { ...rest, ...sent, revision, since: now, seenAt: now };
    // Something else of this migration's: to be changed from there.
    if (sent && samePolicy(withoutOwn(document, migration.name), known.before))
      return { ...known, document, revision, seenAt: now };
    // Until it has changed something itself, what others do there is no difference.
    if (!wasOurs(known)) return firstLook(owner.name, seen, now);
    const settled = (migration.spec.cutover.fence?.settleSeconds ?? 0) * 1_000;
    return now < known.since + settled ? undefined : this.#foreign(known, seen, now);
  }

  /** Theirs is kept: from now on it is what the policy was before. */
  #foreign(known: PolicyState, { document, revision }: SeenPolicy, now: number): PolicyState {
    const { name } = this.#props.migration;
    const { sent, changed, ...rest } = known;
    const own = ownStatements(document, name);
    const isOwn = (one: StandingPolicy | undefined) =>
      one !== undefined && sameStatements(ownStatements(one.document, name), own);
    const stands = [known, sent].find(isOwn);
    const others = withoutOwn(document, name);
    const before = samePolicy(others, known.before) ? known.before : others;
    const state: PolicyState = {
      ...rest,
      denied: stands?.denied ?? 'nobody',
      before,
      document,
      revision,
      since: known.since || now,
      seenAt: now,
      // What is left of its own and was changed has to go.
      ...(stands || own.length === 0 ? {} : { sent: { denied: 'nobody', before, document: before } }),
    };
    const from = changed ? changed.from : known.document;
    if (samePolicy(from, document)) return state;
    return { ...state, changed: { at: now, difference: policyDifference(from, document), from } };
  }

  #isAsWanted({ denied, document, sent }: PolicyState): boolean {
    const { migration, owner, view } = this.#props;
    if (sent || denied !== wantedOf(view, owner.side)) return false;
    // Roles of the migrator may have come and gone with a deployment.
    return ownStatements(document, migration.name).every((statement) =>
      sameStatements([statement], [this.#statement(statement.Sid)]),
    );
  }

  async #leave(state: PolicyState): Promise<number> {
    await this.#note(state);
    return 0;
  }

  async #change(state: PolicyState): Promise<number> {
    const { migration, onSend, view } = this.#props;
    const next = await this.#next(state);
    const problem = this.#problemOf(state, next);
    if (problem !== undefined && !view.ends) return this.#leave({ ...state, problem });
    const alone = this.#policies.conditional || (await this.#takeWhole());
    if (!alone) return BUSY_SECONDS;
    // Noted first: whoever finds it there knows whose it is.
    await this.#note({ ...state, sent: next });
    onSend();
    try {
      const outcome = await this.#policies.write(this.#arn, next.document, state.revision);
      if (outcome.kind !== 'done') return BUSY_SECONDS;
      const now = migration.runtime.now();
      const { sent: _, ...rest } = state;
      await this.#note({ ...rest, ...next, revision: outcome.revision, since: now, seenAt: now });
      return view.ends ? BUSY_SECONDS : 0;
    } catch (error) {
      return this.#leave({ ...state, ...this.#refusal(error) });
    } finally {
      if (!this.#policies.conditional) await this.#giveWhole();
    }
  }

  /** Whether no other migration changes the policy meanwhile. */
  #takeWhole(): Promise<boolean> {
    const { holder, migration } = this.#props;
    const { deadline, journal, runtime } = migration;
    const expiresAt = deadline + LATE_MILLISECONDS;
    return journal.policies.takeWhole(this.#arn, { holder, now: runtime.now(), expiresAt });
  }

  #giveWhole(): Promise<void> {
    const { holder, migration } = this.#props;
    const { journal, runtime } = migration;
    return journal.policies.giveWhole(this.#arn, holder, runtime.now() + LATE_MILLISECONDS);
  }

  /** What somebody else has to solve. At the end nothing is left behind: it fails, and can be started again. */
  #refusal(error: unknown): { readonly problem: string } {
    if (this.#props.view.ends || !isNamed(error, ...this.#policies.refusals)) throw error;
    const { name, message } = error as Error;
    return { problem: `its policy can't be read or changed: ${name}: ${message}` };
  }

  async #next({ before }: PolicyState): Promise<StandingPolicy> {
    const { migration, owner, view } = this.#props;
    const denied = wantedOf(view, owner.side);
    if (denied === 'nobody') return { denied, before, document: before };
    const { revision = 0 } = (await migration.route.read()) ?? {};
    const sid = statementId(migration.name, view.epoch, revision);
    return { denied, before, document: withStatement(before, this.#statement(sid)) };
  }

  #problemOf({ before }: PolicyState, { document }: StandingPolicy): string | undefined {
    const [stranger] = ownStatements(before, this.#props.migration.name);
    if (stranger)
      return `its policy has a statement ${stranger.Sid} of another migration of this name: remove it`;
    const bytes = Buffer.byteLength(document ?? '');
    const { mostBytes } = this.#policies;
    return bytes > mostBytes
      ? `its policy would have ${bytes} bytes with the Deny of writes, at most ${mostBytes}: shorten it, or leave cutover.fence out`
      : undefined;
  }

  #statement(sid: string): DenyStatement {
    const { migratorRoles, owner, place, view } = this.#props;
    const routers = wantedOf(view, owner.side) === 'others' ? (view.fence?.routerRoles ?? []) : [];
    const scopes = owner.names.map((name) => this.#policies.scopeOf(name, place));
    return this.#policies.denyOfWrites(sid, scopes, [...migratorRoles, ...routers]);
  }

  /** @throws LeaseLostError when somebody else works on the policy by now. */
  async #note(state: PolicyState): Promise<void> {
    const { migration, owner, holder } = this.#props;
    const noted = { ...state, seenInTerm: migration.term };
    if (!(await migration.journal.policies.note(owner, holder, noted, this.#notes++)))
      throw new LeaseLostError(`another invocation works on the policy of ${owner.name}`);
  }
}

/** Whether the migration has ever changed the policy, or may have. */
function wasOurs({ since, sent }: PolicyState): boolean {
  return since > 0 || sent !== undefined;
}

function firstLook(name: string, { document, revision }: SeenPolicy, now: number): PolicyState {
  return {
    table: name,
    denied: 'nobody',
    before: document,
    document,
    revision,
    since: 0,
    seenAt: now,
    seenInTerm: 0,
    history: [],
  };
}

/** What was accepted, or is not asked about any more, is kept for the report. */
function withHistory({ changed, ...state }: PolicyState): PolicyState {
  if (!changed) return state;
  const { at, difference } = changed;
  return { ...state, history: [...state.history, { at, difference }].slice(-MOST_HISTORY) };
}
