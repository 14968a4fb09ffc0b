import { otherSide, type Side } from '../../shared/direction.ts';
import type { Item } from '../../shared/model.ts';
import type { RouteState } from '../../shared/route.ts';
import { NAME, type Stage } from './stage.ts';
import type { Task } from './world/task.ts';

type State = RouteState | 'missing';

/** One write of the route. */
export interface RouteWrite {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  readonly actor: string;
}

type RouteListener = (state: State, before: State, write: RouteWrite) => void;

/** The state of the route as the world knows it, for those who act when it changes. */
export class RouteWatch {
  state: State = 'missing';
  /** The side that takes the requests. */
  active: Side = 'source';
  #since = 0;
  readonly #waiting = new Set<() => void>();
  readonly #listeners: RouteListener[] = [];
  readonly #switchListeners: ((to: Side) => void)[] = [];
  readonly #world: Stage['world'];

  constructor({ world }: Pick<Stage, 'world'>) {
    this.#world = world;
    world.onWrite((write) => {
      const { table, key, after } = write;
      if (table !== 'route' || key.name?.S !== NAME || key.sk?.S !== 'route') return;
      const before = this.state;
      this.state = (after?.state?.S as State | undefined) ?? 'missing';
      const left = this.active;
      this.active = (after?.active?.S as Side | undefined) ?? left;
      for (const listener of this.#listeners) listener(this.state, before, write);
      if (this.active !== left) for (const listener of this.#switchListeners) listener(this.active);
      if (this.state === before) return;
      this.#since = world.scheduler.experienced;
      this.wake();
    });
  }

  /** The side that is kept in step. */
  get passive(): Side {
    return otherSide(this.active);
  }

  /** Nothing is announced: the application works on a side. */
  get isQuiet(): boolean {
    return this.state === this.active;
  }

  /** How long it has been in its state; milliseconds. */
  get age(): number {
    return this.#world.scheduler.experienced - this.#since;
  }

  /** Calls back at every write of the route, at the moment of its effect. */
  onWrite(listener: RouteListener): void {
    this.#listeners.push(listener);
  }

  /** Calls back at each switch, at the moment of its effect. */
  onSwitch(listener: (to: Side) => void): void {
    this.#switchListeners.push(listener);
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
      // Whichever comes first: the other resolves nothing any more.
      const goOn = () => {
        this.#waiting.delete(resume);
        resolve();
      };
      const resume = () => task.resumeWith(goOn);
      this.#waiting.add(resume);
      if (milliseconds !== undefined) task.resumeAfter(milliseconds, goOn);
    });
  }
}
