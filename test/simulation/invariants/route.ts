import type { RouteState } from '../../../shared/route.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';

type State = RouteState | 'missing';

/** Where the route may go from each state: back only by a lift. */
const MAY_FOLLOW: Readonly<Record<State, readonly State[]>> = {
  missing: ['source'],
  source: ['source', 'announced'],
  announced: ['announced', 'fenced', 'source'],
  fenced: ['fenced', 'target', 'source'],
  // Retired.
  target: ['missing'],
};

/** The route takes no way that the protocol does not know, and its revision grows with each write. */
export function routeGoesForward(stage: Stage, route: RouteWatch): void {
  route.onWrite((state, before) => {
    if (state !== before) stage.count(`route ${before} → ${state}`);
    if (!MAY_FOLLOW[before].includes(state))
      stage.violate(`the route took a wrong way: from ${before} to ${state}`);
  });
  stage.world.onWrite(({ table, key, before, after, actor }) => {
    if (table !== 'route' || key.sk?.S !== 'route' || !before || !after) return;
    // Giving up is harmless whoever does it: what it undoes is given up, too.
    const term = after.state?.S === 'source' ? stage.term : (stage.terms.get(actor) ?? stage.term);
    if (term < stage.term)
      stage.violate(
        `a predecessor moved the route: ${actor} of term ${term}, after term ${stage.term} took over`,
      );
    if (after.state?.S === 'source' && actor.startsWith('writer')) stage.count('lifted by a router');
    if (Number(after.revision?.N) !== Number(before.revision?.N) + 1)
      stage.violate(
        `the route's revision did not grow by one: ${actor} wrote ${after.revision?.N} over ${before.revision?.N}`,
      );
  });
}
