import { Invocations } from '../actors/invocations.ts';
import { expireItems, poisonTarget } from '../actors/nature.ts';
import { writeSource } from '../actors/source-writer.ts';
import { Workflow } from '../actors/workflow.ts';
import { bothSidesAreEqual } from '../invariants/both-sides.ts';
import { listedKeys } from '../invariants/cells.ts';
import { checkpointsCoverWhatIsWritten } from '../invariants/checkpoints.ts';
import { versionsClaimNoMore } from '../invariants/claims.ts';
import { floorsHold } from '../invariants/floors.ts';
import { Permits, writesArePermitted } from '../invariants/permits.ts';
import { quarantineIsSettled } from '../invariants/quarantine.ts';
import { oneHolderPerTerm, onlyHoldersMoveUnits } from '../invariants/terms.ts';
import { versionsGrow } from '../invariants/versions.ts';
import { RouteWatch } from '../route-watch.ts';
import type { Setting } from '../setting.ts';
import { type ScheduleResult, Stage } from '../stage.ts';

/** A write takes effect within this time of its sending, or never. */
const REQUEST_MILLISECONDS = 5_000;
const POLL_MILLISECONDS = 500;

/** Invocations that stood still have gone on by then, or are over. */
const LAST_MILLISECONDS = 60_000;

/**
 * Copies and follows one small table in one schedule, without a cutover: copiers, zombies among them, applier and,
 * unless the scenario is `copy`, repairs, against writers that write the source directly. When everything has
 * arrived, both sides are equal.
 */
export async function simulateDataPath(seed: number, setting: Setting): Promise<ScheduleResult> {
  const stage = new Stage(seed, setting);
  const { world } = stage;
  world.onWrite(({ table, key, after, actor }) => {
    if (table === 'source' && actor.startsWith('writer')) stage.ledger.effect('source', actor, key, after);
  });
  const permits = new Permits(stage);
  oneHolderPerTerm(stage);
  onlyHoldersMoveUnits(stage);
  checkpointsCoverWhatIsWritten(stage);
  const compared = setting.scenario !== 'copy';
  const invocations = new Invocations(stage);
  stage.deployApplier((invocation) => invocations.disturb(invocation, 'apply'));
  let writing = setting.writers;
  const route = new RouteWatch(stage);
  writesArePermitted(stage, route, permits);
  floorsHold(stage, route, permits);
  versionsGrow(stage, route);
  quarantineIsSettled(stage);
  versionsClaimNoMore(stage, route);
  poisonTarget(stage, route);
  expireItems(stage, route, () => writing === 0);
  for (let writer = 0; writer < setting.writers; writer++)
    world.scheduler.spawn(`writer ${writer}`, async (task) => {
      await writeSource(task, stage);
      writing--;
    });
  world.scheduler.spawn('workflow', async (task) => {
    stage.running.add('workflow');
    await stage.createRoute(task);
    const workflow = new Workflow(stage, invocations, task, 'workflow');
    await workflow.validate();
    await workflow.copy();
    if (compared) await workflow.compare();
    stage.moments.end();
    while (writing > 0) await task.runtime.sleep(POLL_MILLISECONDS);
    await task.runtime.sleep(compared ? REQUEST_MILLISECONDS : LAST_MILLISECONDS);
    do {
      while (!world.mappings.every(({ idle }) => idle)) await task.runtime.sleep(POLL_MILLISECONDS);
      if (compared) await workflow.catchUp();
    } while (compared && listedKeys(stage, 'quarantine', 'recheck').size > 0);
    for (const mapping of world.mappings) mapping.remove();
  });
  const ending = await world.scheduler.run();
  for (const { task, error } of ending.threw) stage.violate(`${task} failed: ${String(error)}`);
  if (ending.kind === 'exhausted') stage.violate('the world never ends: somebody waits and tries for ever');
  else if (ending.kind === 'deadlock')
    stage.violate(`the world stands still: waiting are ${ending.waiting.join(', ')}`);
  else if (ending.kind === 'done') {
    stage.count('copied');
    bothSidesAreEqual(stage, compared ? ['oversize'] : ['oversize', 'quarantine', 'recheck']);
  }
  return stage.result();
}
