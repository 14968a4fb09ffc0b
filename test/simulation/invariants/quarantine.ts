import { itemText, keyFromText } from '../../../shared/items.ts';
import { parseVersion } from '../../../shared/version.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { listedKeys, versionOf } from './cells.ts';

/** A key leaves the quarantine only once its cell has a version no lower than what was quarantined. */
export function quarantineIsSettled(stage: Stage, route: RouteWatch): void {
  const { world } = stage;
  world.onWrite(({ table, key, before, after, actor }) => {
    if (table !== 'journal' || !key.pk?.S?.startsWith(`list#m${stage.scope}#quarantine#`) || after) return;
    const text = before?.key?.S ?? '';
    const entry = parseVersion(before?.version?.S ?? '');
    const cell = versionOf(world.table(route.passive).get(keyFromText(text)));
    if (!entry || listedKeys(stage, 'oversize').has(text)) return;
    if (!cell || cell.prefix < entry.prefix)
      stage.violate(
        `the quarantine was left unsettled: ${actor} took out ${itemText(keyFromText(text))} at ${entry.prefix}, its cell is at ${cell?.prefix ?? 'none'}`,
      );
  });
}
