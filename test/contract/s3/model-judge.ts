import type { Faults } from '../../simulation/world/faults.ts';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';
import { togetherIn } from '../together.ts';
import type { Actor, Judge } from './judge.ts';

/** What AWS does every day, and what nobody has to know of to get right answers. */
const EVERYDAY: Faults = { slowRequest: 0.02, slowAnswer: 0.05, interleaved: 0.2, slowCopy: 0.3 };

/** The modelled S3 of the simulation; every run has a world of its own. */
export function modelJudge(): Judge {
  return {
    name: 'model',
    runs: 2,
    races: 200,
    run(body, seed) {
      const world = new World({ seed, faults: EVERYDAY, scheduler: { maxSteps: 1_000_000 } });
      const actor = (task: Task): Actor => ({
        client: world.s3Client(task, { maxAttempts: 5 }),
        runtime: task.runtime,
      });
      return world.run((main) =>
        body({
          ...actor(main),
          together: togetherIn(world, main, actor),
        }),
      );
    },
  };
}
