import { InvalidInputError } from '../../../shared/errors.ts';
import type { ActionName } from '../../../shared/steering/actions.ts';
import { steer } from '../../../shared/steering/steer.ts';
import { NAME, type Stage } from '../stage.ts';
import type { Task } from '../world/task.ts';

const LATEST_MILLISECONDS = 40_000;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

/** Sets a pace, pauses the migration, and resumes it, which he tries until it is done: nobody else would. */
export async function steerAtTimes(task: Task, stage: Stage, isOver: () => boolean): Promise<void> {
  const { random } = stage;
  await task.runtime.sleep(random.int(0, LATEST_MILLISECONDS));
  const limits = {
    readUnits: random.pick([60, 600, 6_000]),
    writeUnits: random.pick([10, 100, 1_000]),
    workers: random.int(1, 3),
  };
  if (!isOver() && (await done(task, stage, 'pace', limits))) stage.count('paced');
  await task.runtime.sleep(random.int(0, LATEST_MILLISECONDS));
  if (isOver() || !(await done(task, stage, 'pause'))) return;
  stage.count('paused');
  await task.runtime.sleep(random.int(0, LONGEST_PAUSE_MILLISECONDS));
  while (!(await done(task, stage, 'resume'))) await task.runtime.sleep(1_000);
  stage.count('resumed');
}

/** Does an action. @returns false when it was refused: the migration has not begun, or is over. */
async function done(task: Task, stage: Stage, action: ActionName, parameters: object = {}): Promise<boolean> {
  const id = task.runtime.id();
  for (;;) {
    try {
      await steer({
        input: { migration: NAME, action, by: 'steersman', ...parameters },
        id,
        journalOf: () => stage.journal(task),
        runtime: task.runtime,
      });
      return true;
    } catch (error) {
      if (error instanceof InvalidInputError) return false;
      await task.runtime.sleep(random(stage));
    }
  }
}

function random(stage: Stage): number {
  return stage.random.int(10, 1_000);
}
