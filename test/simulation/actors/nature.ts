import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { RouteWatch } from '../route-watch.ts';
import { STRAY_KEY, type Stage } from '../stage.ts';
import { POISON } from './writes.ts';

const LONGEST_MILLISECONDS = 60_000;
const STRAY_MILLISECONDS = 2_000;
const PASSING_MILLISECONDS = 300;

/** Time to live removes some items of the source, at any time until it is over. */
export function expireItems(stage: Stage, route: RouteWatch, isOver = () => false): void {
  const { world, setting, random, ledger, keys } = stage;
  for (let expiry = 0; expiry < setting.expiries; expiry++) {
    const key = random.pick(keys);
    world.scheduler.after(random.int(0, LONGEST_MILLISECONDS), () => {
      const source = world.table('source');
      // Once the source is left, what its time to live removes there is nobody's truth.
      if (isOver() || !source.get(key) || route.active !== 'source') return;
      stage.count('expired');
      source.expire(key);
      // Behind the fence it is too late for the target: its own time to live will remove the item.
      ledger.expired('source', key, route.isQuiet || route.state === 'missing');
    });
  }
}

/** Behind each fence time to live removes one item after the other, which is no reason to wait. */
export function expireSteadily(stage: Stage, route: RouteWatch): void {
  const left = [...stage.passing];
  const { scheduler } = stage.world;
  const next = () => {
    const key = left.pop();
    if (route.state !== 'fenced' || route.active !== 'source' || !key) return;
    stage.count('expired behind the fence');
    stage.world.table('source').expire(key);
    scheduler.after(PASSING_MILLISECONDS, next);
  };
  route.onWrite((state, before) => {
    if (state === 'fenced' && before !== 'fenced') scheduler.after(PASSING_MILLISECONDS, next);
  });
}

/** The target refuses some items until somebody mends it, at the latest when the application is to write it. */
export function poisonTarget(stage: Stage, route: RouteWatch): void {
  if (stage.setting.poison === 0) return;
  const target = stage.world.table('target');
  // Of one key everything is refused, tombstones too, as by a full item collection.
  const full = stage.random.pick(stage.keys).id?.S;
  target.refuses = ({ id, v }) => {
    if (id?.S !== full && !v?.S?.startsWith(POISON)) return undefined;
    stage.count('refused by the target');
    return 'One or more parameter values were invalid: Type mismatch for Index Key';
  };
  const mend = () => {
    target.refuses = () => undefined;
  };
  stage.world.scheduler.after(stage.random.int(0, LONGEST_MILLISECONDS), mend);
  route.onSwitch(mend);
}

/** Somebody replaces the stream of the source: what it does not tell any more must not be missed in silence. */
export function replaceStream(stage: Stage): void {
  if (!stage.setting.streamReplaced) return;
  stage.world.scheduler.after(stage.random.int(0, LONGEST_MILLISECONDS), () => {
    stage.streamReplaced = stage.world.replaceStream('source');
  });
}

/** Somebody without a router writes the source after the switch. */
export function writeAstray(stage: Stage, route: RouteWatch): void {
  let left = stage.setting.strays;
  route.onSwitch((to) => {
    if (to !== 'target' || left-- <= 0) return;
    stage.world.scheduler.spawn(
      'stray writer',
      async (task) => {
        await task.runtime.sleep(stage.random.int(0, STRAY_MILLISECONDS));
        await stage.world
          .client(task)
          .send(new PutItemCommand({ TableName: 'source', Item: { ...STRAY_KEY, v: { S: 'astray' } } }))
          .then(
            () => stage.count('stray write'),
            () => stage.count('stray write without an answer'),
          );
      },
      { background: true },
    );
  });
}
