import { cutoverStep, giveUp } from '../../../shared/engine/cutover.ts';
import { type StandByTurn, standBy } from '../../../shared/engine/stand-by.ts';
import { cutoverSteps, type StandByPhase, standByPhase } from '../../../shared/phases.ts';
import { Invocations } from '../actors/invocations.ts';
import { workOnObjects } from '../actors/object-application.ts';
import { paceObjects } from '../actors/object-steersman.ts';
import { objectUnits } from '../actors/object-units.ts';
import { BucketStage, LOCATIONS, SPEC } from '../bucket-stage.ts';
import { comesToItsEnd } from '../invariants/ending.ts';
import { ObjectStrays } from '../invariants/object-strays.ts';
import type { ScheduleResult } from '../judged-stage.ts';
import { ObjectTruth } from '../object-truth.ts';
import { RouteWatch } from '../route-watch.ts';
import type { DisturbedInvocation, Setting } from '../setting.ts';
import type { EventDelivery } from '../world/s3/event-delivery.ts';
import type { Task } from '../world/task.ts';

const LOOKS = { mappings: async () => ['Enabled'], targets: async () => [], uploads: async () => [] };
const POLL_MILLISECONDS = 500;
/** Longer than any event is late that is not lost. */
const EVENTS_MILLISECONDS = 1_000_000;

/** Somebody who died at a key may hold it for as long as an invocation lasts, and a while. */
const TURNS = 100;

/**
 * Moves the objects below one small prefix in one schedule, writers behind routers: there, and as often back as the
 * setting has switches. Events come late, twice or never. At each switch the side that takes over holds what the
 * application has made of its objects.
 */
export async function simulateBucketMigration(
  seed: number,
  setting: Setting,
  traced: boolean,
): Promise<ScheduleResult> {
  const stage = new BucketStage(seed, setting, traced);
  const { world } = stage;
  const route = new RouteWatch(stage);
  const truth = new ObjectTruth(stage, route);
  const strays = new ObjectStrays(stage, route, truth);
  route.onSwitch((to) => {
    stage.count(`switched to the ${to}`);
    truth.assertOn(to, 'at the switch');
  });
  const invocations = new Invocations(stage);
  const events = (['source', 'target'] as const).map((side) =>
    stage.deliverEvents(side, (invocation) => invocations.disturb(invocation, 'apply')),
  );
  await world.run((task) => stage.route(task, true).create([], 'none', [LOCATIONS]), 'operator');
  let finished = false;
  let writing = setting.writers;
  for (let writer = 0; writer < setting.writers; writer++)
    world.scheduler.spawn(
      `writer ${writer}`,
      async (task) => {
        const keys = stage.keys.filter((_, index) => index % setting.writers === writer);
        await workOnObjects(task, stage, { keys, route, truth, isOver: () => finished });
        writing--;
      },
      { skewMilliseconds: -stage.random.int(0, setting.routerSkewMilliseconds) },
    );
  if (setting.steers)
    world.scheduler.spawn('steersman', (task) => paceObjects(task, stage), { background: true });
  world.scheduler.spawn('workflow', async (task) => {
    const journal = stage.journal(task, true);
    await journal.coordinator.take('workflow', undefined);
    await journal.gate.create();
    await objectUnits(stage, invocations, task, 'copy');
    await objectUnits(stage, invocations, task, 'verify');
    for (let switches = 0; switches < Math.max(1, setting.switches); switches++) {
      const present = await journal.atPresent();
      if (switches > 0) await present.coordinator.approve({ by: 'operator', at: task.runtime.now() });
      await switchOver(stage, invocations, task, present.epoch);
    }
    stage.moments.end();
    if (setting.strays > 0) await strays.write(task);
    finished = true;
    route.wake();
    while (writing > 0) await task.runtime.sleep(POLL_MILLISECONDS);
    if (setting.strays > 0) {
      const everyEvent = await allDelivered(task, events);
      strays.assertListed(everyEvent && !setting.faults.eventLost);
      const { epoch } = await journal.gate.read();
      const isFound = everyEvent && !setting.faults.eventLost;
      for (let turn = 1; turn === 1 || (turn <= TURNS && isFound && !strays.areUndone); turn++) {
        await standByOnce(stage, invocations, task, standByPhase(epoch));
        await task.runtime.sleep(POLL_MILLISECONDS);
      }
      if (isFound) strays.assertUndone();
    }
    for (const delivery of events) delivery.remove();
  });
  const ending = await world.scheduler.run();
  if (comesToItsEnd(stage, ending)) {
    stage.count(route.active === 'target' ? 'moved' : 'rolled back');
    truth.assertOn(route.active, 'at the end');
  }
  stage.coverage.acknowledged = truth.acknowledged;
  return stage.result();
}

/** Stands by and cuts over until the direction is over. */
async function switchOver(
  stage: BucketStage,
  invocations: Invocations,
  task: Task,
  epoch: number,
): Promise<void> {
  for (let phase: StandByPhase = standByPhase(epoch); phase === standByPhase(epoch); ) {
    const { next, waitSeconds } = await standByOnce(stage, invocations, task, phase);
    if (next === 'cutover') phase = await cutOver(stage, invocations, task, epoch);
    else if (next !== phase) return;
    else await task.runtime.sleep(waitSeconds * 1_000);
  }
}

function standByOnce(
  stage: BucketStage,
  invocations: Invocations,
  task: Task,
  phase: StandByPhase,
): Promise<StandByTurn> {
  return invocations.invoke(task, {
    kind: phase,
    term: 1,
    work: async (self) => standBy(await stage.migration(self), phase, LOOKS),
  });
}

/** Waits until every event has come that was not lost. @returns false where one was given up. */
async function allDelivered(task: Task, deliveries: readonly EventDelivery[]): Promise<boolean> {
  const until = task.runtime.now() + EVENTS_MILLISECONDS;
  while (!deliveries.every(({ idle }) => idle) && task.runtime.now() < until)
    await task.runtime.sleep(10_000);
  return deliveries.every(({ idle, deadLetters }) => idle && deadLetters.length === 0);
}

/** @returns where it stands by after it. */
async function cutOver(
  stage: BucketStage,
  invocations: Invocations,
  task: Task,
  epoch: number,
): Promise<StandByPhase> {
  for (const step of cutoverSteps(SPEC)) {
    try {
      await invoke(step, async (self) => cutoverStep(await stage.migration(self), step, epoch), 1);
    } catch (error) {
      stage.count(`given up at ${step}`);
      const given = await invoke('lift', async (self) =>
        giveUp(await stage.migration(self), String(error), epoch),
      );
      return given.standBy;
    }
  }
  return standByPhase(epoch + 1);

  function invoke<T>(kind: DisturbedInvocation, work: (self: Task) => Promise<T>, attempts = 30): Promise<T> {
    return invocations.invoke(task, { kind, term: 1, work, attempts });
  }
}
