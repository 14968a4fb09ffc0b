import { itemText } from '../../../shared/items.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { contentOf, versionOf } from './cells.ts';

/**
 * A cell of the passive side never goes back to a lower version, and no record undoes what was
 * repaired under its own.
 */
export function versionsGrow(stage: Stage, route: RouteWatch): void {
  stage.world.onWrite(({ table, key, before, after, actor }) => {
    if (table !== route.passive) return;
    const [old, next] = [versionOf(before), versionOf(after)];
    const undone =
      actor.startsWith('apply') && old?.prefix === next?.prefix && contentOf(before) !== contentOf(after);
    if (old && next && undone) stage.violate(`a repair was undone: by ${actor} under ${itemText(key)}`);
    if (old && next && next.prefix < old.prefix)
      stage.violate(
        `a version went back: ${actor} wrote ${itemText(key)} from ${old.prefix} to ${next.prefix}`,
      );
  });
}
