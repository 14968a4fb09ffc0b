import { work, writeWithoutRoute } from '../actors/application.ts';
import { expireItems, expireSteadily, poisonTarget, replaceStream, writeAstray } from '../actors/nature.ts';
import { Operator } from '../actors/operator.ts';
import { changePolicies } from '../actors/policy-keeper.ts';
import { switchesAreApproved } from '../invariants/approvals.ts';
import { activeSideIsTheTruth, nothingIsLost } from '../invariants/both-sides.ts';
import { dataPathHolds } from '../invariants/data-path.ts';
import { comesToItsEnd } from '../invariants/ending.ts';
import { nothingIsLeftBehind } from '../invariants/leftovers.ts';
import { OthersPolicies } from '../invariants/policies.ts';
import { routeGoesForward } from '../invariants/route.ts';
import { secondFenceStands } from '../invariants/second-fence.ts';
import { switchesAreSmokeTested } from '../invariants/smoke-tests.ts';
import { stepsKeepTheirPromises } from '../invariants/steps.ts';
import { WrittenAstray } from '../invariants/strays.ts';
import type { ScheduleResult } from '../judged-stage.ts';
import { RouteWatch } from '../route-watch.ts';
import type { Setting } from '../setting.ts';
import { Stage } from '../stage.ts';

/**
 * Moves one small live table through the engine's own code, in one schedule: writers behind routers, workers,
 * applier, auditor and a coordinator, any of whom may die, stand still and go on later, with a successor at work.
 */
export async function simulateMigration(
  seed: number,
  setting: Setting,
  traced: boolean,
): Promise<ScheduleResult> {
  const stage = new Stage(seed, setting, traced);
  const route = new RouteWatch(stage);
  const astray = new WrittenAstray(stage, route);
  activeSideIsTheTruth(stage, route);
  routeGoesForward(stage, route);
  switchesAreApproved(stage, route);
  switchesAreSmokeTested(stage, route);
  stepsKeepTheirPromises(stage, route);
  secondFenceStands(stage, route);
  dataPathHolds(stage, route);
  poisonTarget(stage, route);
  expireItems(stage, route);
  expireSteadily(stage, route);
  writeAstray(stage, route);
  replaceStream(stage);
  const policies = new OthersPolicies(stage);
  await stage.world.run((task) => writeWithoutRoute(task, stage), 'writer before the route');
  await stage.world.run((task) => stage.createRoute(task), 'operator');
  const operator = new Operator(stage, () => route.wake());
  operator.begin();
  changePolicies(stage, () => operator.finished || operator.gone);
  for (let writer = 0; writer < setting.writers; writer++)
    stage.world.scheduler.spawn(
      `writer ${writer}`,
      (task) =>
        work(task, stage, {
          keys: stage.keys.filter((_, index) => index % setting.writers === writer),
          route,
          isOver: () => operator.finished || operator.gone,
        }),
      { skewMilliseconds: -stage.random.int(0, setting.routerSkewMilliseconds) },
    );
  const ending = await stage.world.scheduler.run();
  if (comesToItsEnd(stage, ending)) {
    stage.count(operator.finished ? endOf(route, stage.epoch) : `left at ${route.state}`);
    nothingIsLost(stage, route.active);
    if (operator.finished) {
      nothingIsLeftBehind(stage);
      policies.assertAsOthersLeft();
      astray.assertListed(stage);
      if (stage.violations.length === 0) await afterwards(stage);
    }
  }
  stage.coverage.acknowledged = stage.ledger.acknowledged;
  return stage.result();
}

function endOf({ active }: RouteWatch, epoch: number): string {
  if (active === 'source') return epoch === 1 ? 'aborted' : 'rolled back';
  return epoch === 2 ? 'moved' : 'moved after a rollback';
}

/** The route is retired, and an application that was forgotten is refused. */
async function afterwards(stage: Stage): Promise<void> {
  await stage.world.run((task) => stage.retireRoute(task), 'operator');
  await stage.world.run((task) => writeWithoutRoute(task, stage), 'writer after the route');
}
