import { availableParallelism } from 'node:os';
import type { Job, Outcome } from './outcome.ts';
import { MOST_TICKETS, Thread, type Ticket } from './thread.ts';

/** Generous: a schedule takes milliseconds, on a machine with other work to do some seconds. */
const HANG_MILLISECONDS = 60_000;

export interface PoolProps {
  /** @default one for each core */
  readonly threads?: number;
  /** Run the engine with this mutant installed. @default the engine as it is */
  readonly mutant?: string;
  /** Longest time that one schedule may take. @default 60 seconds */
  readonly hangMilliseconds?: number;
}

/** Threads that run schedules. A thread that is lost is replaced; only one that can't start is an error. */
export class Pool implements AsyncDisposable {
  readonly threads: number;
  readonly #props: PoolProps;
  readonly #alive: Thread[] = [];
  #waiting: Ticket[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(props: PoolProps = {}) {
    this.#props = props;
    this.threads = props.threads ?? availableParallelism();
    for (let count = 0; count < this.threads; count++) this.#startThread();
  }

  /** How many jobs it takes at a time. */
  get capacity(): number {
    return this.threads * MOST_TICKETS;
  }

  /** Runs one schedule on the next free thread. Whatever the schedule does is an outcome. */
  run(job: Job): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure.error);
      this.#waiting.push({ job, resolve, reject });
      this.#assign();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#alive.map((thread) => thread.end()));
  }

  #startThread(): void {
    const { mutant, hangMilliseconds = HANG_MILLISECONDS } = this.#props;
    this.#alive.push(
      new Thread({
        mutant,
        hangMilliseconds,
        onRoom: () => this.#assign(),
        onGone: (thread, left, error) => this.#replace(thread, left, error),
      }),
    );
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#alive.reduce((one, other) => (other.room > one.room ? other : one));
      if (thread.room === 0) return;
      thread.send(this.#waiting.shift() as Ticket);
    }
  }

  #replace(gone: Thread, left: readonly Ticket[], error?: unknown): void {
    this.#alive.splice(this.#alive.indexOf(gone), 1);
    this.#waiting.unshift(...left);
    if (error !== undefined) this.#fail(error);
    else {
      this.#startThread();
      this.#assign();
    }
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
