import { Random } from '../../infra/local/random.ts';
import type { DeployedWorkers } from './deployed-workers.ts';
import { type Victim, type Watched, WRITES } from './moments.ts';
import type { FaultProxy } from './proxy/fault-proxy.ts';
import type { Hold } from './proxy/hold.ts';

/** Writes of a worker that may pass before it is killed. Of some a migration has few. */
const MOST_WRITES_BEFORE: Readonly<Record<Victim, number>> = {
  copy: 8,
  apply: 40,
  verify: 1,
  'stand-by': 1,
  cutover: 1,
  sweep: 40,
};

export interface KillerProps {
  readonly proxy: FaultProxy;
  readonly workers: DeployedWorkers;
  readonly watched: Watched;
  readonly seed: number;
  /** How often each worker is killed. */
  readonly victims: Partial<Record<Victim, number>>;
  readonly tell: (event: string) => void;
}

/** Kills the processes of workers while a write of theirs is on its way: before it takes effect, or before its answer. */
export class Killer {
  /** How often each worker was killed. */
  readonly kills = new Map<Victim, number>();
  readonly #props: KillerProps;
  readonly #holds = new Set<Hold>();
  readonly #done: Promise<unknown>;
  #stopped = false;

  constructor(props: KillerProps) {
    this.#props = props;
    const victims = Object.entries(props.victims) as [Victim, number][];
    this.#done = Promise.all(
      victims.map(([victim, times], index) => this.#kill(victim, times, new Random(props.seed + index))),
    );
    this.#done.catch(() => undefined); // Thrown at the end.
  }

  /** Lets everybody live from now on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const hold of this.#holds) hold.release();
    await this.#done;
  }

  async #kill(victim: Victim, times: number, random: Random): Promise<void> {
    const { proxy, workers, watched, tell } = this.#props;
    while (!this.#stopped && (this.kills.get(victim) ?? 0) < times) {
      const hold = proxy.hold({
        moment: WRITES[victim](watched),
        skip: random.below(MOST_WRITES_BEFORE[victim]),
        tookEffect: random.next() < 0.5,
      });
      this.#holds.add(hold);
      if (!(await hold.isReached())) return;
      try {
        const processes = await workers.kill(victim);
        if (processes === 0) continue;
        this.kills.set(victim, (this.kills.get(victim) ?? 0) + 1);
        tell(
          `killed ${victim} (${processes} process${processes === 1 ? '' : 'es'}), a write of which ${hold.tookEffect ? 'had taken effect' : 'took effect later'}`,
        );
      } finally {
        hold.release();
        this.#holds.delete(hold);
      }
    }
  }
}
