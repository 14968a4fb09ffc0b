import { isNamed } from '../../../shared/errors.ts';
import type { BucketStage } from '../bucket-stage.ts';
import type { ObjectTruth } from '../object-truth.ts';
import type { RouteWatch } from '../route-watch.ts';
import { Random } from '../world/random.ts';
import type { Task } from '../world/task.ts';
import { writeObject } from './object-writer.ts';

const ATTEMPTS = 25;
const REQUEST_MILLISECONDS = 2_000;
const SLOW_CHANCE = 0.3;
const MOMENTS = ['copy', 'verify', 'ready'] as const;
const LONG_REST_MILLISECONDS = 20_000;
const BUSY_REST_MILLISECONDS = 500;
const MOST_BUSY_WRITES = 10;
/** Where each is a version that stays: a history that grows faster than it is carried over never comes to its end. */
const MOST_VERSIONS = 20;

/**
 * An application's process: writes its objects, which nobody else writes, through a client of its own with the router in
 * it. It is busy while the route changes, and goes on for a while after the switch.
 */
export async function workOnObjects(
  task: Task,
  stage: BucketStage,
  props: {
    readonly keys: readonly string[];
    readonly route: RouteWatch;
    readonly truth: ObjectTruth;
    readonly isOver: () => boolean;
  },
): Promise<void> {
  const { route, truth, isOver, keys } = props;
  const { setting } = stage;
  const random = new Random(task.name).fork(String(stage.random.int(0, 1e9)));
  const client = stage.routedClient(task, {
    maxAttempts: ATTEMPTS,
    requestMilliseconds: REQUEST_MILLISECONDS,
    slow: { chance: SLOW_CHANCE, milliseconds: setting.slowMilliseconds },
  });
  let busyWrites = 0;
  route.onWrite((state, before) => {
    if (state !== before) busyWrites = MOST_BUSY_WRITES;
  });
  for (let left = setting.writes, count = 1; !isOver(); count++) {
    const key = random.pick(keys);
    const name = `${task.name} ${count}`;
    const answer = truth.begin(name, key);
    try {
      // Whatever it does, it is seen to be its own.
      await writeObject(client, random, { Bucket: 'source', Key: stage.key('source', key) }, name, setting);
      answer(true, route.active);
    } catch (error) {
      answer(false, route.active);
      stage.count(isNamed(error, 'NoSuchUpload', 'NoSuchKey') ? 'refused by S3' : 'write without an answer');
    }
    if (isOver()) return;
    const mayGoOn = !setting.versions || count < MOST_VERSIONS;
    const busy = mayGoOn && (route.state === 'announced' || route.state === 'fenced') && busyWrites-- > 0;
    if (!busy) left--;
    if (busy) await route.changeOr(task, random.int(0, BUSY_REST_MILLISECONDS));
    else if (left > 0 && random.chance(0.3)) {
      await stage.moments.next(task, random.pick(MOMENTS), LONG_REST_MILLISECONDS);
      await task.runtime.sleep(random.int(0, random.pick([5, 50, 500])));
    } else {
      const rest = random.int(0, random.chance(0.3) ? LONG_REST_MILLISECONDS : setting.restMilliseconds);
      await route.changeOr(task, left > 0 ? rest : undefined);
    }
  }
}
