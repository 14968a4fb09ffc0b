import { otherSide, type Side } from '../../../shared/direction.ts';
import type { RouteState } from '../../../shared/route.ts';
import type { RouteWatch } from '../route-watch.ts';
import { NAME, type Stage } from '../stage.ts';

type State = RouteState | 'missing';

/** Where the route may go from each state, with one side active: back only by a lift. */
function mayFollow(former: State, active: Side): readonly State[] {
  switch (former) {
    case 'missing':
      return ['source'];
    case 'announced':
      return ['announced', 'fenced', active];
    case 'fenced':
      return ['fenced', active, otherSide(active)];
    default:
      // Missing: retired.
      return [active, 'announced', 'missing'];
  }
}

/** The route takes no way that the protocol does not know, and its revision grows with each write. */
export function routeGoesForward(stage: Stage, route: RouteWatch): void {
  route.onWrite((state, former, { before, after, actor }) => {
    if (state !== former) stage.count(`route ${former} → ${state}`);
    const active = (before?.active?.S as Side | undefined) ?? 'source';
    if (state === 'missing' && before?.final?.BOOL !== true)
      stage.violate('a route was retired before the end');
    if (before?.final?.BOOL && state !== 'missing') stage.violate(`a final route was written: by ${actor}`);
    if (!mayFollow(former, active).includes(state))
      stage.violate(`the route took a wrong way: from ${former} to ${state}`);
    if (!before || !after) return;
    // Giving up is harmless whoever does it: what it undoes is given up, too.
    const term = state === active ? stage.term : (stage.terms.get(actor) ?? stage.term);
    if (term < stage.term)
      stage.violate(
        `a predecessor moved the route: ${actor} of term ${term}, after term ${stage.term} took over`,
      );
    if (state === active && actor.startsWith('writer')) stage.count('lifted by a router');
    if (Number(after.revision?.N) !== Number(before.revision?.N) + 1)
      stage.violate(
        `the route's revision did not grow by one: ${actor} wrote ${after.revision?.N} over ${before.revision?.N}`,
      );
  });
}

/** A cutover that was given up leaves nobody behind a fence. */
export function assertLifted(stage: Stage): void {
  const record = stage.world.table('route').get({ name: { S: NAME }, sk: { S: 'route' } });
  if (record?.state?.S === 'fenced') stage.violate('given up, and not lifted: the route is fenced');
}
