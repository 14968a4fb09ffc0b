import type { Task } from '../simulation/world/task.ts';
import type { World } from '../simulation/world/world.ts';

/** Does things at once in a modelled world, each in a process of its own, and waits for all of them. */
export function togetherIn<A>(world: World, main: Task, actor: (task: Task) => A) {
  return <T>(...all: readonly ((actor: A) => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> =>
    Promise.all(all.map((code) => settled(world, main, actor, code)));
}

async function settled<A, T>(
  world: World,
  main: Task,
  actor: (task: Task) => A,
  code: (actor: A) => Promise<T>,
): Promise<PromiseSettledResult<T>> {
  let value: T | undefined;
  const task = world.scheduler.spawn('actor', async (self) => {
    value = await code(actor(self));
  });
  const outcome = await main.join(task);
  return outcome.kind === 'threw'
    ? { status: 'rejected', reason: outcome.error }
    : { status: 'fulfilled', value: value as T };
}
