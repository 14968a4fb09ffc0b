import type { Side } from '../../../shared/direction.ts';
import { itemText, withoutAttribute } from '../../../shared/items.ts';
import type { Key } from '../../../shared/model.ts';
import type { RouteWatch } from '../route-watch.ts';
import { RESERVED, STRAY_KEY, type Stage } from '../stage.ts';
import { contentOf, contentOn, listedKeys, versionOf } from './cells.ts';
import { isStranger } from './permits.ts';

/**
 * At the moment of each switch the side that becomes active is what the application knows, and from then on nobody
 * writes it but the application: so each of its conditions sees the same truth on either side, and nothing is lost or
 * back.
 */
export function activeSideIsTheTruth(stage: Stage, route: RouteWatch): void {
  const { world, ledger } = stage;
  let everSwitched = false;
  let strayedLate = false;
  route.onSwitch((side) => {
    everSwitched = true;
    for (const key of [...stage.keys, STRAY_KEY]) {
      const item = world.table(side).get(key);
      if (versionOf(item)?.kind === 'tombstone') stage.violate(`tombstone at the switch: ${itemText(key)}`);
      // What somebody writes without a router while a cutover goes on is settled after it.
      else if (key !== STRAY_KEY || !strayedLate) assertAllowed(stage, 'at the switch', key, side);
      ledger.found(side, key, contentOf(item));
    }
  });
  world.onWrite(({ table, key, before, after, actor, byTimeToLive }) => {
    if (table === 'journal' && key.pk?.S?.startsWith(`list#m${stage.scope}#stray#`) && after)
      strayedLate = false;
    if (table !== 'source' && table !== 'target') return;
    if (actor.startsWith('stray writer')) strayedLate = true;
    const ofApplication = actor.startsWith('writer');
    if (
      table === route.active &&
      !isStranger(actor) &&
      !byTimeToLive &&
      (everSwitched || table === 'target')
    ) {
      const sameContent = contentOf(before) === contentOf(after);
      if (!sameContent) stage.violate(`content of the active side changed: ${actor} wrote ${itemText(key)}`);
      if (after && RESERVED in after && !(before && RESERVED in before))
        stage.violate(`version written to the active side: by ${actor} to ${itemText(key)}`);
    }
    if (!ofApplication) return;
    if (route.state === 'missing') stage.violate(`written without a route: by ${actor} to the ${table}`);
    if (table === 'target' && !everSwitched)
      stage.violate(`target written early: by ${actor}, while the route was ${route.state}`);
    if (table === route.active && everSwitched && !ledger.allowed(key, table).has(contentOf(before)))
      stage.violate(
        `another truth on the ${table}: ${actor} found ${contentOf(before)} under ${itemText(key)}, expected ${describe(ledger.allowed(key, table))}`,
      );
    ledger.effect(table, actor, key, after && withoutAttribute(after, RESERVED));
  });
}

/** At the end every acknowledged write stands on the side that the route names, and nothing deleted is back. */
export function nothingIsLost(stage: Stage, side: Side): void {
  for (const key of stage.keys) assertAllowed(stage, 'at the end', key, side);
  const late = stage.ledger.acceptedLate();
  if (late > 0) stage.violate(`accepted by both sides: ${late} writes by a side that was left`);
}

/**
 * Both sides hold the same.
 * @param waiting lists whose keys are still to be settled: they may differ.
 */
export function bothSidesAreEqual(stage: Stage, waiting: readonly string[]): void {
  const listed = listedKeys(stage, ...waiting);
  for (const key of [...stage.keys, STRAY_KEY]) {
    const [expected, found] = [contentOn(stage, 'source', key), contentOn(stage, 'target', key)];
    if (found !== expected && !listed.has(itemText(key)))
      stage.violate(
        `not equal at the end: ${itemText(key)} is ${found ?? 'nothing'} on the target, ${expected ?? 'nothing'} on the source`,
      );
  }
}

function assertAllowed(stage: Stage, when: string, key: Key, side: Side): void {
  const allowed = stage.ledger.allowed(key, side);
  const found = contentOf(stage.world.table(side).get(key));
  if (!allowed.has(found))
    stage.violate(
      `not the truth ${when}: ${itemText(key)} is ${found ?? 'nothing'} on the ${side}, expected ${describe(allowed)}`,
    );
}

function describe(contents: ReadonlySet<string | undefined>): string {
  return [...contents].map((content) => content ?? 'nothing').join(' or ');
}
