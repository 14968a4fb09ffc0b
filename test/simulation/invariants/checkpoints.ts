import { itemText, keyFromText } from '../../../shared/items.ts';
import type { Stage } from '../stage.ts';
import { listedKeys } from './cells.ts';

const COPY_UNIT = /^unit#m#copy#(\d+)$/;
const HASHES = 2 ** 32;

/**
 * No checkpoint of the copy covers an item that was not written: what has stood on the source untouched since the
 * start, at or before the position, stands on the target or is listed.
 */
export function checkpointsCoverWhatIsWritten(stage: Stage): void {
  const { world, plan } = stage;
  world.onWrite(({ table, key, after, actor }) => {
    const unit = COPY_UNIT.exec(key.pk?.S ?? '')?.[1];
    if (table !== 'journal' || unit === undefined || !after) return;
    const done = after.done?.BOOL === true;
    if (!done && !after.position?.S) return;
    const source = world.table('source');
    const upTo = done ? source.entries.length - 1 : source.positionOf(keyFromText(after.position?.S ?? ''));
    const listed = listedKeys(stage, 'quarantine');
    stage.count('checkpoint');
    for (const [position, entry] of source.entries.entries()) {
      if (position > upTo || Math.floor((entry.hash / HASHES) * plan.units) !== Number(unit)) continue;
      if (!entry.item || stage.ledger.isTouched(entry.key)) continue;
      if (!world.table('target').get(entry.key) && !listed.has(itemText(entry.key)))
        stage.violate(
          `a checkpoint covers what is not written: ${itemText(entry.key)}, unit ${unit} by ${actor}`,
        );
    }
  });
}
