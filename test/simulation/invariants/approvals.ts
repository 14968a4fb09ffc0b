import type { RouteWatch } from '../route-watch.ts';
import { NAME, type Stage } from '../stage.ts';

/** Nothing is switched that nobody has approved: the way back never, and the way there where a person must. */
export function switchesAreApproved(stage: Stage, route: RouteWatch): void {
  const { world, setting, scope } = stage;
  route.onSwitch((to) => {
    const approval = world
      .table('journal')
      .get({ pk: { S: `migration#${NAME}` }, sk: { S: `approval${stage.scope}` } });
    const isFirst = scope === stage.scope;
    if (!approval && (setting.approval || !isFirst))
      stage.violate(`switched without an approval: to the ${to}`);
  });
}
