import { itemText } from '../../../shared/items.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { contentOn, listedKeys } from './cells.ts';

/** The clock of the coordinator, and one slow request. */
const SLACK_MILLISECONDS = 6_000;
const AFTER_DRAIN = new Set(['drain', 'close', 'recheck', 'smoke-test', 'switch']);

/**
 * What the cutover promises: once the source is drained, every record has arrived, and no write that may still be
 * acknowledged takes effect on it; the switch comes no later than the pause may last.
 */
export function stepsKeepTheirPromises(stage: Stage, route: RouteWatch): void {
  const { world, spec } = stage;
  let fencedAt = 0;
  let step = '';
  let drained = false;
  let rehearsal = false;
  const arrived = new Set<string>();
  route.onWrite((state, before) => {
    if (state !== 'fenced') drained = false;
    else if (before !== 'fenced') fencedAt = world.scheduler.experienced;
  });
  route.onSwitch(() => {
    const pause = world.scheduler.experienced - fencedAt;
    if (rehearsal) stage.violate('a rehearsal made the switch');
    if (pause > spec.cutover.pauseSeconds * 1_000 + SLACK_MILLISECONDS)
      stage.violate(`the pause was too long: ${Math.round(pause / 1_000)} s`);
  });
  world.onWrite(({ table, key, after, actor }) => {
    if (table === 'source' || table === 'target') {
      const text = itemText(key);
      if (contentOn(stage, 'source', key) === contentOn(stage, 'target', key)) arrived.add(text);
      else if (table === route.active) arrived.delete(text);
    }
    if (table === route.active && drained && stage.ledger.isUnderWay(actor))
      stage.violate(`written after the drain: by ${actor} under ${itemText(key)}`);
    if (table === 'journal' && key.sk?.S === 'fact#rehearsal') stage.count('rehearsed');
    if (table !== 'journal' || key.sk?.S !== 'coordinator' || route.state !== 'fenced') return;
    const { attempt, done, rehearsal: rehearses } = after?.cutover?.M ?? {};
    rehearsal = rehearses?.BOOL === true;
    drained = AFTER_DRAIN.has(done?.S ?? '');
    const now = `${attempt?.N} ${done?.S}`;
    if (now !== step && done?.S === 'drain') assertArrived(stage, route, arrived);
    step = now;
  });
}

/**
 * Each key has been equal on both sides at some moment since its last change, or is listed. An older record may still
 * come, and be seen: that is what the final recheck is for.
 */
function assertArrived(stage: Stage, { active, passive }: RouteWatch, arrived: ReadonlySet<string>): void {
  const listed = listedKeys(stage, 'oversize', 'quarantine', 'recheck');
  for (const key of stage.keys) {
    const text = itemText(key);
    const [ours, theirs] = [contentOn(stage, active, key), contentOn(stage, passive, key)];
    // Time to live may go on behind the fence, and what nobody was answered for may come late: neither counts.
    const isTruth = stage.ledger.allowed(key, passive).has(theirs);
    if (ours !== theirs && !arrived.has(text) && !isTruth && !listed.has(text))
      stage.violate(
        `not arrived when drained: ${text} is ${theirs ?? 'nothing'} on the ${passive}, ${ours ?? 'nothing'} on the ${active}`,
      );
  }
}
