import type { RouteState } from '../../shared/route.ts';
import { NAME, type Stage } from './stage.ts';
import type { Task } from './world/task.ts';

/** The state of the route as the world knows it, for those who act when it changes. */
export class RouteWatch {
  state: RouteState | 'missing' = 'missing';
  #since = 0;
  readonly #waiting = new Set<() => void>();
  readonly #listeners: ((state: RouteState | 'missing', before: RouteState | 'missing') => void)[] = [];

  readonly #world: Stage['world'];

  constructor({ world }: Stage) {
    this.#world = world;
    world.onWrite(({ table, key, after }) => {
      if (table !== 'route' || key.name?.S !== NAME || key.sk?.S !== 'route') return;
      const before = this.state;
      this.state = (after?.state?.S as RouteState | undefined) ?? 'missing';
      for (const listener of this.#listeners) listener(this.state, before);
      if (this.state === before) return;
      this.#since = world.scheduler.experienced;
      this.wake();
    });
  }

  /** How long it has been in its state; milliseconds. */
  get age(): number {
    return this.#world.scheduler.experienced - this.#since;
  }

  /** Calls back at every write of the route, at the moment of its effect. */
  onWrite(listener: (state: RouteState | 'missing', before: RouteState | 'missing') => void): void {
    this.#listeners.push(listener);
  }

  /** Lets everybody who waits go on. */
  wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resume of waiting) resume();
  }

  /** Waits for the next change of the route, or for some time. */
  changeOr(task: Task, milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      let over = false;
      const once = () => {
        if (over) return;
        over = true;
        this.#waiting.delete(resume);
        resolve();
      };
      const resume = () => task.resumeWith(once);
      this.#waiting.add(resume);
      if (milliseconds !== undefined) task.resumeAfter(milliseconds, once);
    });
  }
}
