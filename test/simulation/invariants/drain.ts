import type { Stage } from '../stage.ts';

/** Of the pause of 10 seconds, more than a drain may take for what was on its way. */
const SILENCE_MILLISECONDS = 6_000;

/**
 * A drain that has heard no silence: somebody has written the active side behind the fence. Time to live is nobody. One
 * that stood still itself, or had to wait for answers, has not listened, and is not judged.
 */
export function assertNoise(stage: Stage): void {
  const { world, lastWriteAt, setting } = stage;
  const { slowAnswer = 0, slowRequest = 0 } = setting.faults;
  if (setting.slowMilliseconds + slowAnswer + slowRequest > 0) return;
  if (setting.disturbances.some(({ invocation }) => invocation === 'drain')) return;
  stage.count('drain heard no silence');
  if (lastWriteAt < world.scheduler.experienced - SILENCE_MILLISECONDS)
    stage.violate('silence was not heard: nobody has written the active side for seconds');
}
