import { goOn, newRound } from '../../../shared/engine/full-round.ts';
import type { AuditedMigration } from '../../../shared/engine/migration.ts';
import { outcomesKnown, resourceOf } from '../../../shared/engine/migration.ts';
import { recheckRound } from '../../../shared/engine/round.ts';
import type { Permit } from '../../../shared/journal/gate.ts';
import { Invocations } from '../actors/invocations.ts';
import { paceObjects } from '../actors/object-steersman.ts';
import { objectUnits } from '../actors/object-units.ts';
import { writeObjects } from '../actors/object-writer.ts';
import { removeVersions } from '../actors/version-remover.ts';
import { BucketStage } from '../bucket-stage.ts';
import { comesToItsEnd } from '../invariants/ending.ts';
import { TargetHistories } from '../invariants/histories.ts';
import {
  bothSidesHoldTheSame,
  noUploadIsLeft,
  targetHoldsOnlyWhatTheSourceHeld,
  targetNeverGoesBack,
} from '../invariants/objects.ts';
import type { ScheduleResult } from '../judged-stage.ts';
import type { Setting } from '../setting.ts';
import type { Task } from '../world/task.ts';

const POLL_MILLISECONDS = 500;
/** A request takes effect within this time of its sending, or never. */
const REQUEST_MILLISECONDS = 5_000;

/**
 * Copies and follows the objects of one small prefix in one schedule, without a cutover: copiers and events, some of
 * which never come, against writers of the source. Where every event came both sides are equal once all writes are
 * decided; where one was lost, after one more comparison of everything.
 */
export async function simulateBucket(
  seed: number,
  setting: Setting,
  traced: boolean,
): Promise<ScheduleResult> {
  const stage = new BucketStage(seed, setting, traced);
  const { world } = stage;
  targetHoldsOnlyWhatTheSourceHeld(stage);
  const histories = setting.versions ? new TargetHistories(stage) : undefined;
  // What was deleted for good may be taken for what comes next: it is added again.
  if (!stage.losesVersions) targetNeverGoesBack(stage);
  const invocations = new Invocations(stage);
  const events = stage.deliverEvents('source', (invocation) => invocations.disturb(invocation, 'apply'));
  let writing = setting.writers;
  for (let writer = 0; writer < setting.writers; writer++)
    world.scheduler.spawn(`writer ${writer}`, async (task) => {
      await writeObjects(task, stage);
      writing--;
    });
  if (setting.steers)
    world.scheduler.spawn('steersman', (task) => paceObjects(task, stage), { background: true });
  if (stage.losesVersions) {
    writing++;
    world.scheduler.spawn('nature', async (task) => {
      await removeVersions(task, stage);
      writing--;
    });
  }
  world.scheduler.spawn('workflow', async (task) => {
    const journal = stage.journal(task, true);
    await journal.gate.create();
    await objectUnits(stage, invocations, task, 'copy');
    // What a copier that died has sent is refused by nothing: only when it is decided the comparison counts.
    while ((await journal.gate.permitsOut()).size > 0) await task.runtime.sleep(POLL_MILLISECONDS);
    await objectUnits(stage, invocations, task, 'verify');
    stage.moments.end();
    while (writing > 0 || !events.idle) await task.runtime.sleep(POLL_MILLISECONDS);
    await task.runtime.sleep(REQUEST_MILLISECONDS);
    await settleAll(stage, invocations, task);
    // Of locks no event tells.
    if (!world.faultCounts.eventLost && !setting.objectLock)
      bothSidesHoldTheSame(stage, 'though every event came');
    await compareEverything(stage, invocations, task);
    await settleAll(stage, invocations, task);
    await withPermit(stage, invocations, task, ({ resources }) =>
      resourceOf({ resources }, 0).target.endUnfinished(true),
    );
    events.remove();
  });
  const ending = await world.scheduler.run();
  if (comesToItsEnd(stage, ending)) {
    stage.count('copied');
    bothSidesHoldTheSame(stage, 'at the end');
    histories?.assertSame('at the end');
    noUploadIsLeft(stage);
  }
  return stage.result();
}

/** Rounds until nothing is listed any more, and nobody is left who could write. */
async function settleAll(stage: BucketStage, invocations: Invocations, task: Task): Promise<void> {
  const { lists, gate } = stage.journal(task, true);
  const isListed = async () =>
    (await Promise.all((['quarantine', 'recheck', 'in-doubt'] as const).map((kind) => lists.all(kind)))).some(
      (entries) => entries.length > 0,
    );
  do {
    do {
      await withPermit(stage, invocations, task, async (migration, permit) => {
        await recheckRound(migration, permit);
      });
      await task.runtime.sleep(POLL_MILLISECONDS);
    } while (await isListed());
    while ((await gate.permitsOut()).size > 0) await task.runtime.sleep(POLL_MILLISECONDS);
  } while (await isListed());
}

async function compareEverything(stage: BucketStage, invocations: Invocations, task: Task): Promise<void> {
  const all = Array.from({ length: stage.setting.segments }, (_, unit) => unit);
  for (let round = newRound(all, task.runtime.now()); !round.done; )
    round = await withPermit(stage, invocations, task, (migration, permit) =>
      goOn(migration, round, permit, migration.handoverAt),
    );
}

function withPermit<T>(
  stage: BucketStage,
  invocations: Invocations,
  task: Task,
  work: (migration: AuditedMigration, permit: Permit) => Promise<T>,
): Promise<T> {
  return invocations.invoke(task, {
    kind: 'catch up',
    term: 1,
    work: async (self) => {
      const migration = await stage.migration(self);
      const permit = await migration.journal.gate.take('repair', migration.deadline);
      try {
        return await work(migration, permit);
      } finally {
        const resources = [...migration.resources, ...(migration.paced?.resources ?? [])];
        await migration.journal.gate.give(permit, outcomesKnown(resources));
      }
    },
  });
}
