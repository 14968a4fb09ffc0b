import type { Side } from '../../../shared/direction.ts';
import { itemText } from '../../../shared/items.ts';
import type { Item } from '../../../shared/model.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { contentOf, listedKeys, versionOf } from './cells.ts';
import { isStranger, type Permits } from './permits.ts';

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
      floor = next;
    }
    // What a complete round offers, a later turn publishes, unless the direction is sealed by then. The final recheck
    // publishes its own while the source is fenced, after it has compared every key.
    const offered = after?.data?.M?.round?.M?.floorSecond?.N;
    if (
      table === 'journal' &&
      key.sk?.S === `fact${stage.scope}#stand-by` &&
      offered !== undefined &&
      !stage.sealed
    )
      assertApplied(stage, route, { last: floor, floor: Number(offered), actor });
    if (table !== route.passive || stage.sealed || isStranger(actor)) return;
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

/**
 * Of each key the last record above the last floor and not above the new one is on the target or superseded there, or
 * its key is listed. Equal content proves nothing: older records of the key may be still to come.
 */
function assertApplied(
  stage: Stage,
  { active, passive }: RouteWatch,
  { last, floor, actor }: { readonly last: number; readonly floor: number; readonly actor: string },
): void {
  if (stage.streamReplaced) return;
  const listed = listedKeys(stage, 'oversize', 'quarantine', 'recheck', 'repaired');
  for (const [text, { key, sequence }] of lastRecords(stage, active, last, floor)) {
    const version = versionOf(stage.world.table(passive).get(key));
    const isThere = version?.epoch === stage.epoch && BigInt(version.prefix.slice(2)) >= sequence;
    if (!isThere && !listed.has(text))
      stage.violate(`a floor over a record that is not applied: ${actor} put it over ${text}`);
  }
}

/** Of each key, the last record of a range of creation seconds that changes something. */
function lastRecords({ world }: Stage, side: Side, above: number, upTo: number) {
  const found = new Map<string, { readonly key: Item; readonly sequence: bigint }>();
  for (const shard of world.table(side).stream?.shards ?? [])
    for (const { record, writtenAt, sequence: number } of shard.records) {
      const second = Math.floor(writtenAt / 1_000);
      const { Keys, OldImage, NewImage } = record.dynamodb ?? {};
      const changes = contentOf(OldImage as Item | undefined) !== contentOf(NewImage as Item | undefined);
      if (second <= above || second > upTo || !changes) continue;
      const [key, sequence] = [Keys as Item, BigInt(number)];
      if (sequence > (found.get(itemText(key))?.sequence ?? -1n)) found.set(itemText(key), { key, sequence });
    }
  return found;
}
