import type { BucketStage } from '../bucket-stage.ts';
import { historyOf } from '../invariants/histories.ts';
import { Random } from '../world/random.ts';
import { idOf } from '../world/s3/bucket.ts';
import type { Task } from '../world/task.ts';

/** Earlier versions expire; seldom somebody takes back the current one, or a deletion. */
const CURRENT_CHANCE = 0.2;

/** Deletes versions of the source for good: a lifecycle rule, or somebody who names them. */
export async function removeVersions(task: Task, stage: BucketStage): Promise<void> {
  const random = new Random(task.name).fork(String(stage.random.int(0, 1e9)));
  for (let left = stage.setting.expiries; left > 0; left--) {
    await task.runtime.sleep(random.int(0, random.pick([500, 5_000, 20_000])));
    const key = random.pick(stage.keys);
    const versions = historyOf(stage, 'source', key);
    const chosen = random.chance(CURRENT_CHANCE) ? versions.at(-1) : versions[random.int(0, versions.length)];
    if (!chosen) continue;
    stage.world
      .bucket('source')
      .removeVersion(stage.key('source', key), idOf(chosen), 'Lifecycle Expiration');
    stage.count('version deleted for good');
  }
}
