import { setTimeout as delay } from 'node:timers/promises';
import { LocalError } from '../../infra/local/local-error.ts';
import type { Ending, LocalMigration } from '../../infra/local/migration.ts';
import type { Random } from '../../infra/local/random.ts';
import { type Phase, phaseTitle } from '../../shared/phases.ts';
import { phaseBegins, type Watched } from './moments.ts';
import type { FaultProxy } from './proxy/fault-proxy.ts';
import type { Hold } from './proxy/hold.ts';

const POLL_MILLISECONDS = 300;
const MOST_FAILURES = 10;
/** For how long the worker of a stopped execution may be held after its successor has been started. */
const ZOMBIE_MILLISECONDS = 3_000;

export interface OperatorProps {
  readonly migration: LocalMigration;
  readonly spec: object;
  readonly proxy: FaultProxy;
  readonly watched: Watched;
  readonly random: Random;
  /** Phases in which the execution is stopped, in their order. */
  readonly stopIn: readonly Phase[];
  readonly tell: (event: string) => void;
}

/**
 * Starts a migration, and stops and starts it again in every phase: the worker that tells the journal of the phase is
 * held up while the execution is stopped, and goes on as a zombie when its successor has been started already. What
 * fails is started again, as a person would.
 */
export class Operator {
  readonly stopped: Phase[] = [];
  readonly failures: string[] = [];
  readonly #props: OperatorProps;
  readonly #zombies: Promise<void>[] = [];

  constructor(props: OperatorProps) {
    this.#props = props;
  }

  /**
   * Brings the migration to its end.
   * @throws LocalError when it fails again and again, or ends before it came to a phase.
   */
  async run(): Promise<void> {
    const { migration, spec, stopIn, random, tell } = this.#props;
    let next = this.#holdAt(stopIn[0]);
    await migration.start(spec);
    for (const [index, phase] of stopIn.entries()) {
      const hold = next as Hold;
      if (!(await this.#untilEither(hold)))
        throw new LocalError(`the migration has succeeded before it came to: ${phaseTitle(phase)}`);
      if (!(await migration.ending())) await migration.stop();
      // Before this worker goes on: it may come to the next phase by itself.
      next = this.#holdAt(stopIn[index + 1]);
      await migration.start(spec);
      this.stopped.push(phase);
      tell(`stopped in "${phaseTitle(phase)}" and started again`);
      this.#zombies.push(delay(random.below(ZOMBIE_MILLISECONDS)).then(() => hold.release()));
    }
    await this.#untilEither();
    await Promise.all(this.#zombies);
  }

  #holdAt(phase: Phase | undefined): Hold | undefined {
    const { proxy, watched, random } = this.#props;
    return phase && proxy.hold({ moment: phaseBegins(watched, phase), tookEffect: random.next() < 0.5 });
  }

  /** Waits until a worker is held, or the migration has succeeded. @returns whether one is held. */
  async #untilEither(hold?: Hold): Promise<boolean> {
    let held = false;
    void hold?.reached.then(() => {
      held = true;
    });
    while (!held) {
      const ending = await this.#props.migration.ending();
      if (held) break;
      if (ending?.status === 'SUCCEEDED') return false;
      if (ending) await this.#startAgain(ending);
      await Promise.race([delay(POLL_MILLISECONDS), ...(hold ? [hold.reached] : [])]);
    }
    return true;
  }

  async #startAgain({ status, error = '', cause = '' }: Ending): Promise<void> {
    const { migration, spec, tell } = this.#props;
    const reason = `${status}: ${error}: ${cause}`;
    this.failures.push(reason);
    if (this.failures.length > MOST_FAILURES)
      throw new LocalError(`the migration failed ${this.failures.length} times, the last time ${reason}`);
    tell(`failed and started again: ${reason}`);
    await migration.start(spec);
  }
}
