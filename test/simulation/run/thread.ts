import { Worker } from 'node:worker_threads';
import type { Job, Outcome, Report } from './outcome.ts';

/** What a thread is told at its start. */
export interface WorkerData {
  readonly mutant: string | undefined;
}

/** A job, and who waits for its outcome. */
export interface Ticket {
  readonly job: Job;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export interface ThreadProps extends WorkerData {
  /** Longest time that one schedule may take. */
  readonly hangMilliseconds: number;
  /** The thread has room for another job. */
  readonly onRoom: () => void;
  /** The thread is gone, and `left` was not run; with an error if it could not even start. */
  readonly onGone: (thread: Thread, left: readonly Ticket[], error?: unknown) => void;
}

/** A second job waits inside the thread, so that it need not wait for the main thread between two. */
export const MOST_TICKETS = 2;
/** Generous: the modules are loaded in less than a second. */
const START_MILLISECONDS = 60_000;
/** A schedule that eats memory ends its own thread, not all of them. */
const MEMORY_MEGABYTES = 1_024;

/** A thread that runs schedules, one at a time. One that crashes it or never ends is reported by its seed. */
export class Thread {
  readonly #props: ThreadProps;
  readonly #worker: Worker;
  readonly #tickets: Ticket[] = [];
  #ready = false;
  #ended = false;
  #hung = false;
  #error: unknown;
  #watch: NodeJS.Timeout | undefined;

  constructor(props: ThreadProps) {
    this.#props = props;
    const { mutant } = props;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { mutant } satisfies WorkerData,
      // Under vitest the parent's own would load vitest into every thread.
      execArgv: mutant === undefined ? [] : ['--no-warnings'],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MEGABYTES },
    });
    this.#worker.on('message', (message: 'ready' | Report) => this.#heard(message));
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    this.#worker.on('exit', (code) => this.#gone(code));
  }

  get room(): number {
    return MOST_TICKETS - this.#tickets.length;
  }

  send(ticket: Ticket): void {
    this.#tickets.push(ticket);
    this.#worker.postMessage(ticket.job);
    if (this.#tickets.length === 1) this.#watchFirst();
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#watch);
    await this.#worker.terminate();
  }

  #heard(message: 'ready' | Report): void {
    if (message === 'ready') {
      this.#ready = true;
      this.#watchFirst();
      return;
    }
    const ticket = this.#tickets.shift() as Ticket;
    this.#watchFirst();
    this.#props.onRoom();
    ticket.resolve({ ...ticket.job, ...message });
  }

  #watchFirst(): void {
    clearTimeout(this.#watch);
    if (this.#tickets.length === 0) return;
    this.#watch = setTimeout(
      () => {
        this.#hung = true;
        void this.#worker.terminate();
      },
      this.#ready ? this.#props.hangMilliseconds : START_MILLISECONDS,
    );
  }

  #gone(code: number): void {
    clearTimeout(this.#watch);
    if (this.#ended) return;
    if (!this.#ready) {
      this.#props.onGone(this, this.#tickets, this.#error ?? new Error(`a thread ended with code ${code}`));
      return;
    }
    const [culprit, ...left] = this.#tickets;
    culprit?.resolve({
      ...culprit.job,
      violations: [this.#epitaph(code)],
      steps: 0,
      coverage: {},
      trace: [],
    });
    this.#props.onGone(this, left);
  }

  #epitaph(code: number): string {
    if (this.#hung) return `hangs: no answer within ${this.#props.hangMilliseconds / 1000} s`;
    const { name, stack } =
      this.#error instanceof Error ? this.#error : { name: 'an exit', stack: `code ${code}` };
    return `ended its thread with ${name}: ${stack}`;
  }
}
