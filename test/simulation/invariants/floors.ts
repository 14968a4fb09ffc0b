import { itemText } from '../../../shared/items.ts';
import type { Item } from '../../../shared/model.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { contentOf, contentOn, listedKeys, versionOf } from './cells.ts';
import type { Permits } from './permits.ts';

/**
 * A floor never goes back, and stands over applied records only. No record below it is applied from its image, and
 * tombstones are swept only below it, once nobody is left who may not know it.
 */
export function floorsHold(stage: Stage, route: RouteWatch, permits: Permits): void {
  const { world } = stage;
  let floor = 0;
  world.onWrite(({ table, key, before, after, actor }) => {
    if (table === 'journal' && key.pk?.S?.startsWith('gate#') && after) {
      const next = Number(after.floor?.N);
      if (next < floor) stage.violate(`the floor went back: ${actor} published ${next}`);
      // The final recheck publishes its own while the source is fenced, after it has compared every key.
      if (next > floor && actor.startsWith('ready')) assertApplied(stage, next, actor);
      floor = next;
    }
    if (table !== 'target' || route.state === 'target' || permits.isStranger(actor)) return;
    const [old, next] = [versionOf(before), versionOf(after)];
    if (before && !after) {
      if (old?.kind !== 'tombstone') stage.violate(`an item was deleted: by ${actor} under ${itemText(key)}`);
      else if (floor < old.createdSecond)
        stage.violate(`a tombstone above the floor was swept: by ${actor} under ${itemText(key)}`);
      else {
        const unaware = permits.others(actor).find((permit) => permit.floor < old.createdSecond);
        if (unaware) stage.violate(`a tombstone was swept too early: ${unaware.id} may not know its floor`);
      }
    }
    if (
      next &&
      permits.of(actor).some((permit) => permit.kind === 'apply' && next.createdSecond <= permit.floor)
    )
      stage.violate(`a record below the floor was applied: ${actor} wrote ${itemText(key)}`);
  });
}

/** The last record of each key at or below a floor is on the target or superseded there, or its key is listed. */
function assertApplied(stage: Stage, floor: number, actor: string): void {
  const listed = listedKeys(stage, 'oversize', 'quarantine', 'recheck');
  for (const [text, { key, sequence, image }] of lastRecords(stage, floor)) {
    if (listed.has(text)) continue;
    const version = versionOf(stage.world.table('target').get(key));
    if (version && BigInt(version.prefix.slice(2)) >= sequence) continue;
    const content = contentOn(stage, 'target', key);
    if (content !== contentOn(stage, 'source', key) && content !== image)
      stage.violate(`a floor over a record that is not applied: ${actor} published it over ${text}`);
  }
}

/** Of each key, the last record whose creation second is not above the floor. */
function lastRecords({ world }: Stage, floor: number) {
  const last = new Map<string, { key: Item; sequence: bigint; image: string | undefined }>();
  for (const shard of world.table('source').stream?.shards ?? [])
    for (const { record, writtenAt, ...found } of shard.records) {
      if (Math.floor(writtenAt / 1_000) > floor) continue;
      const key = record.dynamodb?.Keys as Item;
      const sequence = BigInt(found.sequence);
      if (sequence > (last.get(itemText(key))?.sequence ?? -1n))
        last.set(itemText(key), {
          key,
          sequence,
          image: contentOf(record.dynamodb?.NewImage as Item | undefined),
        });
    }
  return last;
}
