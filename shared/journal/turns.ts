import { createHash } from 'node:crypto';
import type { Runtime } from '../runtime.ts';
import type { RecordKey, RecordTable } from './table.ts';

/** Longer than a request that was sent at the last moment may still take, and clocks may differ. */
const DECIDED_MILLISECONDS = 10_000;
const FIRST_REST_MILLISECONDS = 50;
/** Most turns are short. */
const ATTEMPTS = 5;

interface TurnRecord {
  readonly token: string;
  /** From then on another may take it; milliseconds since the epoch. */
  readonly until: number;
}

/** Milliseconds since the epoch. */
export interface InvocationTimes {
  /** From then on nothing more is begun. */
  readonly handoverAt: number;
  readonly deadline: number;
}

/** Who is at work on a key of one side of a resource: one at a time, under a lease that ends with his invocation. */
export class KeyTurns {
  readonly #table: RecordTable;
  readonly #runtime: Runtime;
  readonly #partition: string;
  readonly #times: InvocationTimes;

  /**
   * @param side names the side, its resource and its migration.
   * @param times of the invocation that takes turns.
   */
  constructor(table: RecordTable, runtime: Runtime, side: string, times: InvocationTimes) {
    this.#table = table;
    this.#runtime = runtime;
    this.#partition = `turn#${side}`;
    this.#times = times;
  }

  /** @returns undefined while somebody else has it, or may still have a request under way. */
  async take(key: string) {
    const record = this.#keyOf(key);
    const token = this.#runtime.id();
    for (let attempt = 1; !(await this.#isTaken(record, token)); attempt++) {
      if (attempt === ATTEMPTS) return undefined;
      await this.#rest(attempt);
    }
    const own = { expression: '#token = :token', values: { token } };
    return {
      isOver: () => this.#runtime.now() >= this.#times.handoverAt,
      rest: (attempt: number) => this.#rest(attempt),
      end: async (outcomesKnown: boolean) => {
        if (outcomesKnown) await this.#table.delete(record, own);
        else {
          const until = this.#runtime.now() + DECIDED_MILLISECONDS;
          await this.#table.update(record, 'SET #until = :until', { until }, own);
        }
      },
    };
  }

  async #isTaken(record: RecordKey, token: string): Promise<boolean> {
    const taken = await this.#table.put(
      record,
      { token, until: this.#times.deadline + DECIDED_MILLISECONDS },
      {
        expression: 'attribute_not_exists(#pk) OR #until < :now',
        values: { now: this.#runtime.now() },
      },
    );
    // The answer of an earlier attempt may have been lost.
    return taken || (await this.#table.get<TurnRecord>(record))?.token === token;
  }

  #rest(attempt: number): Promise<void> {
    const longest = FIRST_REST_MILLISECONDS * 2 ** attempt;
    return this.#runtime.sleep(Math.ceil(longest * this.#runtime.random()));
  }

  /** A key can be longer than a sort key may be: its hash stands for it, and spreads the turns. */
  #keyOf(key: string) {
    return { pk: `${this.#partition}#${createHash('sha256').update(key).digest('hex')}`, sk: 'turn' };
  }
}
