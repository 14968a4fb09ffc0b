import { activeSide, FIRST_EPOCH, passiveSide, type Side } from '../direction.ts';
import { type Finding, ofAll } from '../finding.ts';
import type { Approval, CoordinatorRecord } from '../journal/coordinator.ts';
import type { Denied, PolicyOwner, PolicyState } from '../journal/policies.ts';
import { plannedKind, policyHolder } from '../resources/planned-resource.ts';
import type { ResourceKind, Spec } from '../spec.ts';
import type { Migration } from './migration.ts';

/**
 * The second fence, where the spec asks for it: a Deny of writes in the resource policies. A policy takes effect and
 * goes without a bound that AWS publishes, so nothing of it happens within a cutover: who is no router is denied on the
 * active side long before it, and everybody on the side that was left, after it. Who goes back waits until that is
 * gone.
 */
type Fenced = Pick<Migration, 'journal' | 'plan' | 'runtime' | 'spec' | 'term'>;

/** What a resource's policy depends on. */
export interface FenceView {
  readonly fence: Spec['cutover']['fence'];
  readonly epoch: number;
  /** A person has asked for the next cutover. In the first direction nobody needs to. */
  readonly asked: boolean;
  /** The migration ends: everything is to be as it was. */
  readonly ends: boolean;
}

/** How fresh the last look at a policy must be when a cutover begins. */
const FRESH_MILLISECONDS = 60_000;
/** After a look that has met a problem somebody has to solve. */
const PROBLEM_LOOK_MILLISECONDS = 5 * 60_000;
/** While nobody asks for a cutover the policies are looked at, too, if only to tell who waits what has changed. */
const IDLE_LOOK_MILLISECONDS = 24 * 3_600_000;

/** Whom the policies of a side are to deny. */
export function wantedOf({ fence, epoch, asked, ends }: FenceView, side: Side): Denied {
  if (!fence || ends) return 'nobody';
  const early = fence.routerRoles ? 'others' : 'nobody';
  if (side === activeSide(epoch)) return early;
  if (epoch === FIRST_EPOCH) return 'nobody';
  // The routers are not to come back to it before a person asks for the way back.
  return asked ? early : 'everybody';
}

/**
 * @returns undefined when the direction that the caller sees is over: what was wanted in it would deny the application
 * the side on which it works now.
 */
export async function fenceView(
  { journal, spec }: Pick<Fenced, 'journal' | 'spec'>,
  { phase }: Pick<CoordinatorRecord, 'phase'>,
  approval: Approval | undefined,
): Promise<FenceView | undefined> {
  // Both by one read: a switch may come at any moment.
  const { epoch, sealed } = await journal.gate.read();
  if (epoch !== journal.epoch) return undefined;
  return {
    fence: spec.cutover.fence,
    epoch,
    asked: approval !== undefined && !sealed,
    ends: phase === 'sweep' || phase === 'complete',
  };
}

/** Whether a person has asked again since somebody else has changed the policy. */
export function isAccepted({ changed }: PolicyState, approval: Approval | undefined): boolean {
  return changed === undefined || (approval !== undefined && approval.at > changed.at);
}

/** A side of a resource with its names: several where they have one policy. It is known by the first of them. */
export interface NamedOwner extends PolicyOwner {
  readonly name: string;
  readonly names: readonly string[];
  readonly kind: ResourceKind;
}

/** Both sides of every resource of a migration, the source's side first. Those that have one policy are one. */
export function policyOwners({ plan }: Pick<Migration, 'plan'>): NamedOwner[] {
  const sides = plan.resources.flatMap((planned, resource) =>
    (['source', 'target'] as const).map((side) => ({ resource, side, planned })),
  );
  const holders = Map.groupBy(
    sides,
    ({ planned, side }) => `${plannedKind(planned)} ${side} ${policyHolder(planned, side)}`,
  );
  return [...holders.values()].flatMap((sharing) => {
    const [first] = sharing;
    if (!first) return [];
    const names = sharing.map(({ planned, side }) => planned[side]);
    const { resource, side, planned } = first;
    return { resource, side, name: names.join(', '), names, kind: plannedKind(planned) };
  });
}

/**
 * Whether a policy has to be changed now, or to be looked at: nobody has for a day, or this execution has not yet, since
 * which the stack may have been deployed anew with other roles. A change of somebody else that nobody has accepted holds
 * everything up, and so does a problem, until the next look.
 */
export async function isPolicyDue(migration: Fenced): Promise<boolean> {
  const { journal, runtime, spec, term } = migration;
  if (!spec.cutover.fence) return false;
  const [record, approval] = [await journal.coordinator.read(), await journal.coordinator.approval()];
  const view = await fenceView(migration, { phase: record?.phase ?? 'ready' }, approval);
  if (!view) return false;
  for (const owner of policyOwners(migration)) {
    const wanted = wantedOf(view, owner.side);
    const { state } = await journal.policies.read(owner);
    if (!state) {
      if (wanted !== 'nobody') return true;
      continue;
    }
    if (runtime.now() - state.seenAt > IDLE_LOOK_MILLISECONDS || state.seenInTerm !== term) return true;
    if (!isAccepted(state, approval) || state.problem) continue;
    if (state.changed || state.sent || state.denied !== wanted) return true;
  }
  return false;
}

/** Whether the cutover is wanted, and what a person has said. */
export interface Asked {
  readonly asked: boolean;
  readonly approval: Approval | undefined;
}

/** How the policies stand for the next cutover. `look`: nothing is known against it but that they were not looked at. */
type PolicyFinding = Finding & { readonly look?: boolean };

/**
 * How the policies stand, with whether the cutover is wanted as the gate `approval` has read it: what this one says of
 * the way back must be of the same moment.
 */
export async function policyFinding(migration: Fenced, { approval, asked }: Asked): Promise<PolicyFinding> {
  const { journal, spec } = migration;
  const view: FenceView = { fence: spec.cutover.fence, epoch: journal.epoch, asked, ends: false };
  const findings: PolicyFinding[] = [];
  for (const owner of policyOwners(migration)) {
    const { state, busyUntil } = await journal.policies.read(owner);
    const wanted = wantedOf(view, owner.side);
    findings.push(ownerFinding(migration, { name: owner.name, wanted, state, busyUntil, approval, asked }));
  }
  const all = ofAll(findings);
  const look = !all.holds && findings.every((finding) => finding.holds || finding.look);
  return { ...all, ...(look ? { look } : {}) };
}

interface OwnerStanding extends Asked {
  readonly name: string;
  readonly wanted: Denied;
  readonly state: PolicyState | undefined;
  readonly busyUntil: number;
}

function ownerFinding(
  { runtime, spec }: Fenced,
  { name, wanted, state, busyUntil, approval, asked }: OwnerStanding,
): PolicyFinding {
  const now = runtime.now();
  if (!state)
    return wanted === 'nobody'
      ? { holds: true, detail: `${name}: nobody is denied before the switch` }
      : { holds: false, detail: `${name}: its policy is about to be changed` };
  if (state.changed && !isAccepted(state, approval))
    return {
      holds: false,
      detail: `${name}: somebody has changed its policy, seen at ${new Date(state.changed.at).toISOString()} (${state.changed.difference.join('; ')}): restore it, or accept it with segue approve or segue rollback`,
    };
  if (state.problem)
    return {
      holds: false,
      detail: `${name}: ${state.problem}`,
      ...(now - state.seenAt > PROBLEM_LOOK_MILLISECONDS ? { look: true } : {}),
    };
  if (state.denied !== wanted || state.sent || busyUntil > now)
    return { holds: false, detail: `${name}: its policy is being changed` };
  // Without anybody who asks for the cutover this is as far as it goes.
  if (!asked) return { holds: true, detail: `${name}: ${deniedText(wanted)}` };
  const settledAt = state.since + (spec.cutover.fence?.settleSeconds ?? 0) * 1_000;
  if (now < settledAt)
    return {
      holds: false,
      detail: `${name}: ${deniedText(wanted)}; its policy was changed ${Math.round((now - state.since) / 1_000)} s ago and is relied on in ${Math.ceil((settledAt - now) / 1_000)} s (cutover.fence.settleSeconds)`,
    };
  if (state.seenAt < settledAt || now - state.seenAt > FRESH_MILLISECONDS)
    return { holds: false, look: true, detail: `${name}: its policy is looked at once more` };
  return { holds: true, detail: `${name}: ${deniedText(wanted)}` };
}

/** Who can write a resource, in words. */
export function deniedText(denied: Denied): string {
  switch (denied) {
    case 'nobody':
      return 'its policy denies nobody for the migration';
    case 'others':
      return 'its policy denies writes to everybody but the router roles and the migrator';
    case 'everybody':
      return 'its policy denies writes to everybody but the migrator, until a person asks for the way back';
  }
}

/** An approval that was given before somebody changed a policy is none of what stands there now. */
export async function withdrawOutdated(migration: Fenced): Promise<void> {
  const { journal, spec } = migration;
  if (!spec.cutover.fence) return;
  const approval = await journal.coordinator.approval();
  if (!approval) return;
  for (const owner of policyOwners(migration)) {
    const { state } = await journal.policies.read(owner);
    if (state && !isAccepted(state, approval)) return journal.coordinator.withdrawApproval();
  }
}

/** Whether the passive side lets nobody write: its routers can't prove that they may. */
export async function isPassiveDenied(migration: Fenced): Promise<boolean> {
  const side = passiveSide(migration.journal.epoch);
  for (const owner of policyOwners(migration))
    if (owner.side === side && (await migration.journal.policies.read(owner)).state?.denied === 'everybody')
      return true;
  return false;
}
