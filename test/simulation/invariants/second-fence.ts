import { activeSide } from '../../../shared/direction.ts';
import type { RouteWatch } from '../route-watch.ts';
import { POLICY_MILLISECONDS, ROUTER_ROLE, type Stage } from '../stage.ts';
import { denies } from '../world/policy.ts';

/** A look at a policy is relied on for a minute, and its turns take a while. */
const LOOK_MILLISECONDS = 120_000;
const STRANGER_ROLE = 'arn:aws:iam::000000000000:role/anybody';

/**
 * What the second fence promises when a cutover begins: where the spec names the routers' role nobody else can write
 * the active side, the routers can write either, both for long enough, and what somebody else has done to a policy
 * meanwhile a person has seen and accepted.
 */
export function secondFenceStands(stage: Stage, route: RouteWatch): void {
  const { world, setting } = stage;
  if (setting.fence === 'none') return;
  /** When somebody else has last changed the policy of a table in which a Deny stood. */
  const changedAt = new Map<string, number>();
  let approvedAt = 0;
  world.onPolicy((table, { actor }, before) => {
    if (actor.startsWith('keeper') && before?.includes('"Segue')) changedAt.set(table, world.scheduler.clock);
  });
  world.onWrite(({ table, key, after }) => {
    if (table === 'journal' && key.sk?.S?.startsWith('approval') && after) approvedAt = world.scheduler.clock;
  });
  route.onWrite((state, before) => {
    if (state !== 'announced' || before === 'announced') return;
    for (const table of ['source', 'target'] as const) {
      const changed = changedAt.get(table) ?? -Infinity;
      const sinceChange = world.scheduler.clock - changed;
      if (sinceChange < LOOK_MILLISECONDS) continue;
      if (changed > 0 && approvedAt < changed)
        stage.violate(`nobody has accepted what was done to a policy: of the ${table}`);
      const { document, madeAt = -Infinity, actor = '' } = world.table(table).policies.at(-1) ?? {};
      const denied = (role: string) => document !== undefined && denies(document, role, 'dynamodb:PutItem');
      if (denied(ROUTER_ROLE)) stage.violate(`a cutover began while routers are denied: on the ${table}`);
      if (world.scheduler.clock - madeAt < POLICY_MILLISECONDS && actor.startsWith('policy'))
        stage.violate(`a cutover began on a policy that has just been changed: of the ${table}`);
      if (setting.fence === 'named' && table === activeSide(stage.epoch) && !denied(STRANGER_ROLE))
        stage.violate(`a cutover began without its second fence: on the ${table}`);
    }
  });
}
