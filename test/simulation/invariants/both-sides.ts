import { itemText, withoutAttribute } from '../../../shared/items.ts';
import type { Key } from '../../../shared/model.ts';
import type { RouteWatch } from '../route-watch.ts';
import { RESERVED, STRAY_KEY, type Stage } from '../stage.ts';
import { contentOf, contentOn, listedKeys, versionOf } from './cells.ts';

/**
 * At the moment of the switch the target is what the application knows, and from then on nobody writes it but the
 * application: so each of its conditions sees the same truth on either side, and nothing is lost or back.
 */
export function targetIsTheTruth(stage: Stage, route: RouteWatch): void {
  const { world, ledger } = stage;
  route.onWrite((state, before) => {
    if (state !== 'target' || before === 'target') return;
    for (const key of [...stage.keys, STRAY_KEY]) {
      if (versionOf(world.table('target').get(key))?.kind === 'tombstone')
        stage.violate(`tombstone at the switch: ${itemText(key)}`);
      else assertAllowed(stage, 'at the switch', key);
    }
  });
  world.onWrite(({ table, key, before, after, actor }) => {
    if (table !== 'source' && table !== 'target') return;
    const ofApplication = actor.startsWith('writer');
    if (table === 'target' && !ofApplication && route.state === 'target') {
      const sameContent = contentOf(before) === contentOf(after);
      if (!sameContent) stage.violate(`content changed after the switch: ${actor} wrote ${itemText(key)}`);
      if (after && RESERVED in after && !(before && RESERVED in before))
        stage.violate(`version written after the switch: by ${actor} to ${itemText(key)}`);
    }
    if (!ofApplication) return;
    if (route.state === 'missing') stage.violate(`written without a route: by ${actor} to the ${table}`);
    if (table === 'target') {
      if (route.state !== 'target')
        stage.violate(`target written early: by ${actor}, while the route was ${route.state}`);
      if (!ledger.allowed(key).has(contentOf(before)))
        stage.violate(
          `another truth on the target: ${actor} found ${contentOf(before)} under ${itemText(key)}, expected ${describe(ledger.allowed(key))}`,
        );
    }
    ledger.effect(table, actor, key, after && withoutAttribute(after, RESERVED));
  });
}

/** At the end every acknowledged write stands on the side that the route names, and nothing deleted is back. */
export function nothingIsLost(stage: Stage, side: 'source' | 'target'): void {
  if (side === 'target') for (const key of stage.keys) assertAllowed(stage, 'at the end', key);
  else
    for (const key of stage.keys) {
      const found = contentOf(stage.world.table('source').get(key));
      if (found !== stage.ledger.truth(key))
        stage.violate(`not on the source: ${itemText(key)} is ${found}, expected ${stage.ledger.truth(key)}`);
    }
  const late = stage.ledger.acceptedLate();
  if (late > 0)
    stage.violate(`accepted by both sides: ${late} writes by the source after the target had taken writes`);
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

function assertAllowed(stage: Stage, when: string, key: Key): void {
  const allowed = stage.ledger.allowed(key);
  const found = contentOf(stage.world.table('target').get(key));
  if (!allowed.has(found))
    stage.violate(
      `not the truth ${when}: ${itemText(key)} is ${found ?? 'nothing'} on the target, expected ${describe(allowed)}`,
    );
}

function describe(contents: ReadonlySet<string | undefined>): string {
  return [...contents].map((content) => content ?? 'nothing').join(' or ');
}
