import type { S3 } from '../../../shared/clients.ts';
import type { Runtime } from '../../../shared/runtime.ts';

/** One process: its client, its clock and its chance. */
export interface Actor {
  readonly client: S3;
  readonly runtime: Runtime;
}

/** What one test works with: a process of its own, and others at once with it. */
export interface Bench extends Actor {
  /** Does things at once, each in a process of its own, and waits for all of them. */
  together<T>(...all: readonly ((actor: Actor) => Promise<T>)[]): Promise<PromiseSettledResult<T>[]>;
}

export type JudgeName = 'MiniStack' | 'versitygw' | 'model';

/** An S3 that the contract is held against. */
export interface Judge {
  readonly name: JudgeName;
  /** How often each test is run: more than once only where a seed decides what happens. */
  readonly runs: number;
  /** How often a race is run. */
  readonly races: number;
  /** Runs one test. Where the judge is seeded, the same number gives the same order of events. */
  run(body: (bench: Bench) => Promise<void>, seed: number): Promise<void>;
}

/** How the parts of the contract say what should hold. */
export interface Contract {
  readonly judge: JudgeName;
  it(what: string, body: (bench: Bench) => Promise<void>): void;
  /** What should hold in whatever order things happen that are done at once: it is run many times. */
  always(what: string, body: (bench: Bench) => Promise<void>): void;
}
