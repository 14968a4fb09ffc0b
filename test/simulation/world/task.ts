import type { Runtime } from '../../../shared/runtime.ts';
import type { Random } from './random.ts';
import type { Timer } from './timers.ts';
import type { Text } from './trace.ts';

/** Something that may happen next. */
export interface Choice {
  readonly run: () => void;
  /** A request whose effect has begun: it goes on even if its sender dies. */
  readonly begun: boolean;
}

/** What a task needs of its scheduler. */
export interface TaskHost {
  readonly clock: number;
  note(actor: string, text: Text): void;
  addTimer(timer: Timer): void;
  removeTimer(timer: Timer): void;
  /** The task can do something now. */
  awake(task: Task): void;
  ended(task: Task): void;
  /** Whether a request that a dying task had sent still arrives. */
  outlives(): boolean;
}

export type Outcome =
  | { readonly kind: 'returned' }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'killed' };

export interface TaskProps {
  readonly name: string;
  /** Runs as long as others do: it does not keep the world going. */
  readonly background: boolean;
  /** How far its clock is ahead of the world's. */
  readonly skewMilliseconds: number;
  readonly random: Random;
  readonly weight: number;
}

/**
 * One process of the world: a worker, a router, an operator. Its code goes on only when the scheduler picks one of
 * its choices. `ready` are the points at which its own code goes on; `wire` holds the requests it has sent, whose
 * effect comes whether the task is paused by then or dead.
 */
export class Task {
  readonly name: string;
  readonly background: boolean;
  readonly runtime: Runtime;
  readonly ready: Choice[] = [];
  readonly wire: Choice[] = [];
  /** How often the scheduler picks it, relative to others. */
  weight: number;
  /** Settles when the task has ended in any way; never rejects. */
  readonly done: Promise<Outcome>;
  readonly #host: TaskHost;
  readonly #timers = new Set<Timer>();
  readonly #followers: (() => void)[] = [];
  #settle: (outcome: Outcome) => void = () => {};
  #outcome: Outcome | undefined;
  #paused = false;
  /** What is to happen to it once its own code has gone on so often. */
  #interruption: { times: number; readonly interrupt: () => void } | undefined;

  constructor(host: TaskHost, { name, background, skewMilliseconds, random, weight }: TaskProps) {
    this.#host = host;
    this.name = name;
    this.background = background;
    this.weight = weight;
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
    let ids = 0;
    this.runtime = {
      now: () => Math.floor(host.clock + skewMilliseconds),
      sleep: (milliseconds, signal) => this.#sleep(milliseconds, signal),
      random: () => random.next(),
      id: () => `${name}.${++ids}`,
    };
  }

  /** How the task ended; undefined while it runs. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  get paused(): boolean {
    return this.#paused && !this.#outcome;
  }

  /** How many things of this task may happen now. */
  get choices(): number {
    return this.wire.length + (this.#paused || this.#outcome ? 0 : this.ready.length);
  }

  /** An await at which any other task may run. */
  point(label: Text): Promise<void> {
    return new Promise((resolve) =>
      this.resumeWith(() => {
        this.#host.note(this.name, label);
        resolve();
      }),
    );
  }

  /** Waits for the end of another task, as a choice of this one. */
  async join(other: Task): Promise<Outcome> {
    await new Promise<void>((resolve) => other.whenEnded(() => this.resumeWith(resolve)));
    return other.outcome as Outcome;
  }

  /** Adds a line to the trace. */
  note(text: Text): void {
    this.#host.note(this.name, text);
  }

  /** Dies where it stands: it is never resumed again. Of its requests, some still arrive. */
  kill(): void {
    if (this.#outcome) return;
    this.note('† killed');
    this.end({ kind: 'killed' });
    const arriving = this.wire.filter(({ begun }) => begun || this.#host.outlives());
    this.wire.splice(0, this.wire.length, ...arriving);
    for (const timer of [...this.#timers].filter(({ wire }) => wire))
      if (!this.#host.outlives()) this.#cancel(timer);
  }

  /** Dies at a time, like an invocation whose timeout is over. */
  killAfter(milliseconds: number): void {
    this.#addTimer(milliseconds, () => this.kill(), false);
  }

  /** Stands still until `resume`; what it sent goes on. The scheduler resumes it once nobody else is left. */
  pause(): void {
    if (this.#outcome || this.#paused) return;
    this.note('paused');
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#outcome) return;
    this.note('resumed');
    this.#host.awake(this);
  }

  /** Lets the task's own code go on here, once it is picked. */
  resumeWith(run: () => void): void {
    if (this.#outcome) return;
    const choice: Choice = {
      run: () => {
        this.#interruptIfDue();
        if (this.#outcome) return;
        if (this.#paused) this.ready.push(choice);
        else run();
      },
      begun: false,
    };
    this.ready.push(choice);
    this.#host.awake(this);
  }

  /** Calls back just before the task's own code would go on for the nth time from now: to kill it, or to pause it. */
  interruptAfter(times: number, interrupt: () => void): void {
    this.#interruption = { times, interrupt };
  }

  /** Puts something on the wire that happens on its own. */
  transmit(run: () => void, begun = false): void {
    if (this.#outcome && !begun) return;
    this.wire.push({ run, begun });
    this.#host.awake(this);
  }

  /** The same, some time later. */
  transmitAfter(milliseconds: number, run: () => void): void {
    this.#addTimer(milliseconds, () => this.transmit(run, true), true);
  }

  /** Lets the task's own code go on here some time later. */
  resumeAfter(milliseconds: number, run: () => void): void {
    this.#addTimer(milliseconds, () => this.resumeWith(run), false);
  }

  /** Called by the scheduler when the task's code has ended, and by `kill`. */
  end(outcome: Outcome): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.ready.length = 0;
    for (const timer of [...this.#timers].filter(({ wire }) => !wire)) this.#cancel(timer);
    this.#host.ended(this);
    this.#settle(outcome);
    for (const follower of this.#followers) follower();
  }

  whenEnded(follower: () => void): void {
    if (this.#outcome) follower();
    else this.#followers.push(follower);
  }

  /** Ends early, without an error, when the signal is aborted, as the system's runtime does. */
  #sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return this.point('wakes at once');
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', early);
        this.resumeWith(resolve);
      };
      const timer = this.#addTimer(milliseconds, wake, false);
      const early = () => {
        this.#cancel(timer);
        this.resumeWith(resolve);
      };
      signal?.addEventListener('abort', early, { once: true });
    });
  }

  #interruptIfDue(): void {
    if (!this.#interruption || --this.#interruption.times > 0) return;
    const { interrupt } = this.#interruption;
    this.#interruption = undefined;
    interrupt();
  }

  #cancel(timer: Timer): void {
    this.#timers.delete(timer);
    this.#host.removeTimer(timer);
  }

  #addTimer(milliseconds: number, then: () => void, wire: boolean): Timer {
    const timer: Timer = {
      at: this.#host.clock + Math.max(0, milliseconds),
      wire,
      fire: () => {
        this.#timers.delete(timer);
        then();
      },
    };
    this.#timers.add(timer);
    this.#host.addTimer(timer);
    return timer;
  }
}
