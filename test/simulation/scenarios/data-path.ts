import { Invocations } from '../actors/invocations.ts';
import { expireItems, poisonTarget } from '../actors/nature.ts';
import { writeSource } from '../actors/source-writer.ts';
import { steerAtTimes } from '../actors/steersman.ts';
import { Workflow } from '../actors/workflow.ts';
import { bothSidesAreEqual } from '../invariants/both-sides.ts';
import { listedKeys } from '../invariants/cells.ts';
import { dataPathHolds } from '../invariants/data-path.ts';
import { comesToItsEnd } from '../invariants/ending.ts';
import type { ScheduleResult } from '../judged-stage.ts';
import { RouteWatch } from '../route-watch.ts';
import type { Setting } from '../setting.ts';
import { Stage } from '../stage.ts';

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
export async function simulateDataPath(
  seed: number,
  setting: Setting,
  traced: boolean,
): Promise<ScheduleResult> {
  const stage = new Stage(seed, setting, traced);
  const { world } = stage;
  world.onWrite(({ table, key, after, actor }) => {
    if (table === 'source' && actor.startsWith('writer')) stage.ledger.effect('source', actor, key, after);
  });
  const compared = setting.scenario !== 'copy';
  const invocations = new Invocations(stage);
  stage.deployApplier((invocation) => invocations.disturb(invocation, 'apply'));
  let writing = setting.writers;
  const route = new RouteWatch(stage);
  dataPathHolds(stage, route);
  poisonTarget(stage, route);
  expireItems(stage, route, () => writing === 0);
  for (let writer = 0; writer < setting.writers; writer++)
    world.scheduler.spawn(`writer ${writer}`, async (task) => {
      await writeSource(task, stage);
      writing--;
    });
  let over = false;
  if (setting.steers) world.scheduler.spawn('steersman', (task) => steerAtTimes(task, stage, () => over));
  world.scheduler.spawn('workflow', async (task) => {
    stage.running.add('workflow');
    await stage.createRoute(task);
    const workflow = new Workflow(stage, invocations, task, 'workflow');
    await workflow.validate();
    await workflow.copy();
    if (compared) await workflow.compare();
    over = true;
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
  if (comesToItsEnd(stage, ending)) {
    stage.count('copied');
    bothSidesAreEqual(stage, compared ? ['oversize'] : ['oversize', 'quarantine', 'recheck']);
  }
  return stage.result();
}
