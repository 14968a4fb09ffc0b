import { itemText } from '../../../shared/items.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { versionOf } from './cells.ts';

/** While the direction is open, a cell of the target never goes back to a lower version. */
export function versionsGrow(stage: Stage, route: RouteWatch): void {
  stage.world.onWrite(({ table, key, before, after, actor }) => {
    if (table !== 'target' || route.state === 'target') return;
    const [old, next] = [versionOf(before), versionOf(after)];
    if (old && next && next.prefix < old.prefix)
      stage.violate(
        `a version went back: ${actor} wrote ${itemText(key)} from ${old.prefix} to ${next.prefix}`,
      );
  });
}
