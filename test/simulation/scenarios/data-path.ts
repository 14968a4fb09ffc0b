import { Invocations } from '../actors/invocations.ts';
import { expireItems, poisonTarget } from '../actors/nature.ts';
import { writeSource } from '../actors/source-writer.ts';
import { Workflow } from '../actors/workflow.ts';
import { bothSidesAreEqual } from '../invariants/both-sides.ts';
import { checkpointsCoverWhatIsWritten } from '../invariants/checkpoints.ts';
import { oneHolderPerTerm } from '../invariants/terms.ts';
import { versionsGrow } from '../invariants/versions.ts';
import { RouteWatch } from '../route-watch.ts';
import type { Setting } from '../setting.ts';
import { type ScheduleResult, Stage } from '../stage.ts';

/** A write takes effect within this time of its sending, or never. */
const REQUEST_MILLISECONDS = 5_000;
const POLL_MILLISECONDS = 500;

/**
 * Copies and follows one small table in one schedule, without a cutover: copiers, zombies among them, applier and
 * repairs against writers that write the source directly. When everything has arrived, both sides are equal.
 */
export async function simulateDataPath(seed: number, setting: Setting): Promise<ScheduleResult> {
  const stage = new Stage(seed, setting);
  const { world } = stage;
  world.onWrite(({ table, key, after, actor }) => {
    if (table === 'source' && actor.startsWith('writer')) stage.ledger.effect('source', actor, key, after);
  });
  oneHolderPerTerm(stage);
  checkpointsCoverWhatIsWritten(stage);
  const invocations = new Invocations(stage);
  stage.deployApplier((invocation) => invocations.disturb(invocation, 'apply'));
  let writing = setting.writers;
  const route = new RouteWatch(stage);
  versionsGrow(stage, route);
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
    while (writing > 0) await task.runtime.sleep(POLL_MILLISECONDS);
    await task.runtime.sleep(REQUEST_MILLISECONDS);
    do {
      while (!world.mappings.every(({ idle }) => idle)) await task.runtime.sleep(POLL_MILLISECONDS);
      await workflow.catchUp();
    } while (listed(stage, 'quarantine') + listed(stage, 'recheck') > 0);
    for (const mapping of world.mappings) mapping.remove();
  });
  const ending = await world.scheduler.run();
  for (const { task, error } of ending.threw) stage.violate(`${task} failed: ${String(error)}`);
  if (ending.kind === 'exhausted') stage.count('undecided: too many steps');
  else if (ending.kind === 'deadlock')
    stage.violate(`the world stands still: waiting are ${ending.waiting.join(', ')}`);
  else if (ending.kind === 'done') {
    stage.count('copied');
    bothSidesAreEqual(stage);
  }
  return stage.result();
}

function listed({ world }: Stage, kind: string): number {
  return world
    .table('journal')
    .items()
    .filter(({ pk }) => pk?.S?.startsWith(`list#m#${kind}#`)).length;
}
