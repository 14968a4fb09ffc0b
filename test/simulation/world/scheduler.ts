import { Random } from './random.ts';
import { type Choice, Task, type TaskHost } from './task.ts';
import { type Timer, Timers } from './timers.ts';
import { type Text, Trace } from './trace.ts';

/** 2026-11-01T00:00:00Z: any fixed moment does. */
export const START_MILLISECONDS = 1_793_491_200_000;
/** Timeouts and leases are further ahead than this; sleeps between two tries are not. */
const FAR_MILLISECONDS = 2_000;
const WEIGHTS = [1, 1, 2, 4, 16] as const;

export interface SchedulerProps {
  readonly seed: string | number;
  /** @default 100,000 */
  readonly maxSteps?: number;
  /** A step takes up to this long. @default 2 */
  readonly stepMilliseconds?: number;
  /** Chance, at each step, that time jumps to the next timer although others could run; rarely to a far one. @default 0.02 */
  readonly jumpChance?: number;
  /** Chance, at each step, that one task becomes faster or slower than others. @default 0.02 */
  readonly moodChance?: number;
  /** Each task's clock differs from the world's by at most this. @default 0 */
  readonly skewMilliseconds?: number;
  /** Chance that a request which a killed task had sent still takes effect. @default 0.5 */
  readonly outliveChance?: number;
  /** Whether to keep what happened. @default true */
  readonly traced?: boolean;
}

export interface SpawnOptions {
  readonly background?: boolean;
  readonly skewMilliseconds?: number;
  /** Killed after this time, paused or not, like a Lambda invocation. */
  readonly timeoutMilliseconds?: number;
}

/**
 * How a run ended. `deadlock`: somebody waits for what can't come; `exhausted`: the bound on steps is reached;
 * `stopped`: somebody has seen enough.
 * `threw` names the foreground tasks that ended with an error.
 */
export interface Ending {
  readonly kind: 'done' | 'deadlock' | 'exhausted' | 'stopped';
  readonly steps: number;
  readonly waiting: readonly string[];
  readonly threw: readonly { readonly task: string; readonly error: unknown }[];
}

/**
 * A seeded scheduler of promises. One step picks a task by weight, then one of its choices, and waits until every
 * microtask that this caused is over: a tick that is queued from a microtask runs when none is left, so the order of
 * microtasks inside the code under test never decides anything that the seed does not.
 */
export class Scheduler implements TaskHost {
  readonly trace: Trace;
  clock = START_MILLISECONDS;
  steps = 0;
  readonly #random: Random;
  readonly #taskRandom: Random;
  readonly #props: Required<SchedulerProps>;
  readonly #names = new Map<string, number>();
  /** Tasks that may have a choice; cleaned up lazily. */
  #awake: Task[] = [];
  readonly #foreground = new Set<Task>();
  readonly #threw: { task: string; error: unknown }[] = [];
  readonly #timers = new Timers();
  #finish: ((kind: Ending['kind']) => void) | undefined;
  #stopped = false;
  #leapt = 0;

  constructor(props: SchedulerProps) {
    const random = new Random(props.seed);
    this.#random = random.fork('schedule');
    this.#taskRandom = random.fork('tasks');
    this.#props = {
      maxSteps: 100_000,
      stepMilliseconds: 2,
      traced: true,
      jumpChance: 0.02,
      moodChance: 0.02,
      skewMilliseconds: 0,
      outliveChance: 0.5,
      ...props,
    };
    this.trace = new Trace(this.#props.traced);
  }

  /** A task that has not begun: its runtime and clients can be handed out before `start`. */
  task(name: string, options: SpawnOptions = {}): Task {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    const unique = count === 1 ? name : `${name} (${count})`;
    const random = this.#taskRandom.fork(unique);
    const bound = this.#props.skewMilliseconds;
    const task = new Task(this, {
      name: unique,
      background: options.background ?? false,
      skewMilliseconds: options.skewMilliseconds ?? (bound > 0 ? random.int(-bound, bound) : 0),
      random,
      weight: random.pick(WEIGHTS),
    });
    if (options.timeoutMilliseconds !== undefined) task.killAfter(options.timeoutMilliseconds);
    return task;
  }

  /** Begins a task's code, at a step of its own. */
  start(task: Task, code: (task: Task) => Promise<unknown>): Task {
    if (!task.background) this.#foreground.add(task);
    task.resumeWith(() => {
      this.note(task.name, 'begins');
      (async () => code(task))().then(
        () => {
          this.note(task.name, 'ends');
          task.end({ kind: 'returned' });
        },
        (error: unknown) => {
          this.note(task.name, () => `✗ throws ${errorText(error)}`);
          task.end({ kind: 'threw', error });
        },
      );
    });
    return task;
  }

  spawn(name: string, code: (task: Task) => Promise<unknown>, options: SpawnOptions = {}): Task {
    return this.start(this.task(name, options), code);
  }

  /**
   * Runs until every foreground task has ended, and what they had sent has arrived. May be called again after more
   * tasks were spawned.
   */
  async run(): Promise<Ending> {
    const first = this.steps;
    // One turn of the event loop for each run, so that a loop over many seeds leaves room for timers and signals.
    await new Promise((resolve) => setImmediate(resolve));
    const kind = await new Promise<Ending['kind']>((resolve) => {
      this.#finish = resolve;
      this.#decide(first + this.#props.maxSteps);
    });
    const waiting = kind === 'done' ? [] : [...this.#foreground].map(({ name }) => name);
    return { kind, steps: this.steps - first, waiting, threw: this.#threw.splice(0) };
  }

  /** Ends the run after this step. */
  stop(): void {
    this.#stopped = true;
  }

  note(actor: string, text: Text): void {
    this.trace.add(this.clock - START_MILLISECONDS, actor, text);
  }

  /** Lets much time go by at once: whatever waits for it is due, and nobody has done anything. */
  leap(milliseconds: number): void {
    this.note('time', `${milliseconds / 3_600_000} hours go by`);
    this.clock += milliseconds;
    this.#leapt += milliseconds;
  }

  /** Milliseconds in which anybody could have done something. */
  get experienced(): number {
    return this.clock - this.#leapt;
  }

  /** Calls back some time later, whoever runs then. */
  after(milliseconds: number, then: () => void): void {
    this.addTimer({ at: this.clock + milliseconds, wire: false, fire: then });
  }

  addTimer(timer: Timer): void {
    this.#timers.add(timer);
  }

  removeTimer(timer: Timer): void {
    this.#timers.remove(timer);
  }

  awake(task: Task): void {
    if (!this.#awake.includes(task)) this.#awake.push(task);
  }

  ended(task: Task): void {
    this.#foreground.delete(task);
    if (task.outcome?.kind === 'threw' && !task.background)
      this.#threw.push({ task: task.name, error: task.outcome.error });
  }

  outlives(): boolean {
    return this.#random.chance(this.#props.outliveChance);
  }

  #decide(lastStep: number): void {
    const choice = this.#stopped ? 'stopped' : this.#choose();
    if (typeof choice === 'string') this.#finish?.(choice);
    else if (this.steps >= lastStep) this.#finish?.('exhausted');
    else {
      this.steps++;
      choice.run();
      queueMicrotask(() => process.nextTick(() => this.#decide(lastStep)));
    }
  }

  /** The next thing to happen; time moves here and nowhere else. */
  #choose(): Choice | 'done' | 'deadlock' {
    if (this.#props.stepMilliseconds > 0) this.clock += this.#random.int(0, this.#props.stepMilliseconds);
    this.#jumpAhead();
    this.#timers.fireDue(this.clock);
    for (;;) {
      const over = this.#foreground.size === 0;
      if (!over) this.#resumeTheLast();
      const candidates = this.#candidates(over);
      if (candidates.length > 0) return this.#pickChoice(this.#pickTask(candidates));
      if (over && !this.#timers.anyOnWire) return 'done';
      if (!this.#timers.next) return 'deadlock';
      this.#jump();
      this.#timers.fireDue(this.clock);
    }
  }

  /** At the end only what is on the wire still counts. */
  #candidates(over: boolean): Task[] {
    this.#awake = this.#awake.filter((task) => task.choices > 0);
    return over ? this.#awake.filter((task) => task.wire.length > 0) : this.#awake;
  }

  #pickTask(candidates: readonly Task[]): Task {
    if (this.#random.chance(this.#props.moodChance))
      this.#random.pick(candidates).weight = this.#random.pick(WEIGHTS);
    let rest = this.#random.next() * candidates.reduce((sum, { weight }) => sum + weight, 0);
    for (const task of candidates) {
      rest -= task.weight;
      if (rest < 0) return task;
    }
    return candidates.at(-1) as Task;
  }

  #pickChoice(task: Task): Choice {
    const over = this.#foreground.size === 0;
    const index = this.#random.int(0, (over ? task.wire.length : task.choices) - 1);
    const [list, position] =
      index < task.wire.length ? [task.wire, index] : [task.ready, index - task.wire.length];
    const choice = list[position] as Choice;
    const last = list.pop() as Choice;
    if (position < list.length) list[position] = last;
    return choice;
  }

  /** Paused tasks that nobody is left to resume go on: the latest zombie there can be. */
  #resumeTheLast(): void {
    for (const task of this.#foreground) if (!task.paused) return;
    for (const task of this.#foreground) task.resume();
  }

  #jumpAhead(): void {
    const { next } = this.#timers;
    if (!next) return;
    const far = next.at - this.clock > FAR_MILLISECONDS;
    if (this.#random.chance(far ? this.#props.jumpChance / 50 : this.#props.jumpChance)) this.#jump();
  }

  #jump(): void {
    this.clock = Math.max(this.clock, this.#timers.next?.at ?? 0);
  }
}

export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
