import type { Faults } from '../simulation/world/faults.ts';
import type { Task } from '../simulation/world/task.ts';
import { World } from '../simulation/world/world.ts';
import type { Actor, Judge } from './judge.ts';
import { togetherIn } from './together.ts';

/** What AWS does every day, and what nobody has to know of to get right answers. */
const EVERYDAY: Faults = {
  slowRequest: 0.02,
  slowAnswer: 0.05,
  unprocessed: 0.1,
  interleaved: 0.2,
  staleRead: 1,
  emptyRecords: 0.2,
  shardSplit: 0.05,
};

/** The modelled DynamoDB of the simulation; every run has a world of its own. */
export function modelJudge(): Judge {
  return {
    name: 'model',
    runs: 4,
    races: 200,
    run(body, seed) {
      const world = new World({ seed, faults: EVERYDAY, scheduler: { maxSteps: 1_000_000 } });
      const actor = (task: Task): Actor => ({
        client: world.client(task, { maxAttempts: 5 }),
        streams: world.streamsClient(task),
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
