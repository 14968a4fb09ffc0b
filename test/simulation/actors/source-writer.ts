import type { Stage } from '../stage.ts';
import { Random } from '../world/random.ts';
import type { Task } from '../world/task.ts';
import { writeOf } from './writes.ts';

/** A comparison looks four times, over 1.4 seconds, before it repairs. */
const AFTER = [0, 0, 1_400, 1_400] as const;
const PHASES = ['copy', 'copy', 'verify', 'verify', 'catch up'] as const;

/** Writes any key of the source without a router. What each attempt did is known from the table itself. */
export async function writeSource(task: Task, stage: Stage): Promise<void> {
  const client = stage.world.client(task);
  const random = new Random(task.name).fork(String(stage.random.int(0, 1e9)));
  for (let count = 1; count <= stage.setting.writes; count++) {
    const write = writeOf(random, stage.setting, stage.keys, `${task.name} ${count}`);
    await client.send(write as never).catch(() => stage.count('write without an answer'));
    if (random.chance(0.6)) {
      // Just when somebody reads or writes the same items.
      await stage.moments.next(task, random.pick(PHASES));
      await task.runtime.sleep(random.pick(AFTER) + random.int(0, random.pick([5, 50, 500])));
    } else if (random.chance(0.5)) await task.runtime.sleep(random.int(0, stage.setting.restMilliseconds));
  }
}
