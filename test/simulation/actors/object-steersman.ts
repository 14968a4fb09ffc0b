import type { BucketStage } from '../bucket-stage.ts';
import type { Task } from '../world/task.ts';

const LATEST_MILLISECONDS = 5_000;
const LONGEST_PACE_MILLISECONDS = 30_000;

/** Sets a pace at some moment, so small that workers wait within their steps, and takes it back later. */
export async function paceObjects(task: Task, stage: BucketStage): Promise<void> {
  const random = stage.random.fork('pace');
  const { controls } = stage.journal(task, true);
  const set = (limits: object) => controls.setPace({ by: 'steersman', at: task.runtime.now(), limits });
  await task.runtime.sleep(random.int(0, LATEST_MILLISECONDS));
  await set({
    requestsPerSecond: random.pick([5, 20, 100]),
    // Of a few bytes.
    megabytesPerSecond: random.pick([0.000_01, 0.000_1, 1]),
  });
  stage.count('paced');
  await task.runtime.sleep(random.int(0, LONGEST_PACE_MILLISECONDS));
  await set({});
}
