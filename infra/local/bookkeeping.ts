import type { Incident, Ledger, LongWrite, Pauses } from './ledger.ts';

/** A write or a read, for the ledger. */
export interface Deed {
  readonly writer: string;
  readonly operation: string;
  readonly key: string;
}

/** What stood under a key when somebody looked. */
export interface Seen<Content> {
  readonly content: Content | undefined;
}

/** What a service has answered to a write: it is done, or a condition of it did not hold. */
export interface Reply<Content> {
  readonly kind: 'acknowledged' | 'refused';
  /** How many attempts the SDK has made. */
  readonly attempts: number;
  /** What came with the answer: what was replaced, or what stands in the way. Absent where nothing is shown. */
  readonly shown?: Seen<Content>;
}

export type Outcome<Content> = Reply<Content> | { readonly kind: 'failed' };

/** Writes that took this long are kept one by one. */
const LONG_MILLISECONDS = 100;

/** Counts and times every write of the application, and keeps what went wrong. */
export class Bookkeeping {
  acknowledged = 0;
  refused = 0;
  repeated = 0;
  settledByReading = 0;
  readonly failures: Incident[] = [];
  readonly contradictions: Incident[] = [];
  readonly twice: Incident[] = [];
  readonly #durations: number[] = [];
  readonly #sentAt = new Set<{ readonly at: number }>();
  readonly #long: LongWrite[] = [];
  #longest = 0;

  /** Sends a write. Whatever is thrown is a failure that the application got. */
  async write<Content>(deed: Deed, send: () => Promise<Reply<Content>>): Promise<Outcome<Content>> {
    const flight = { at: performance.now() };
    this.#sentAt.add(flight);
    try {
      const reply = await send();
      this.#answered(flight.at);
      if (reply.kind === 'acknowledged') this.acknowledged++;
      if (reply.attempts > 1) this.repeated++;
      return reply;
    } catch (error) {
      this.#failed(deed, error);
      return { kind: 'failed' };
    } finally {
      this.#sentAt.delete(flight);
    }
  }

  /** Sends a read. @returns undefined when it failed, which is noted. */
  async read<Content>(
    deed: Deed,
    send: () => Promise<Content | undefined>,
  ): Promise<Seen<Content> | undefined> {
    try {
      return { content: await send() };
    } catch (error) {
      this.#failed(deed, error);
      return undefined;
    }
  }

  /** A refused write turned out to be an acknowledged one whose answer was lost. */
  settle(): void {
    this.acknowledged++;
    this.settledByReading++;
  }

  contradict(deed: Deed, detail: string): void {
    this.contradictions.push(incident(deed, detail));
  }

  happenedTwice(deed: Deed, detail: string): void {
    this.twice.push(incident(deed, detail));
  }

  /** The longest pause so far, a write that still waits included. */
  longestPauseMilliseconds(): number {
    return Math.max(this.#longest, this.waitingMilliseconds());
  }

  /** How long the oldest write without an answer has been waiting. */
  waitingMilliseconds(): number {
    const now = performance.now();
    return Math.max(0, ...[...this.#sentAt].map(({ at }) => now - at));
  }

  close(): Omit<Ledger, 'records'> {
    return {
      acknowledged: this.acknowledged,
      refused: this.refused,
      repeated: this.repeated,
      settledByReading: this.settledByReading,
      failures: this.failures,
      contradictions: this.contradictions,
      twice: this.twice,
      pauses: this.#pauses(),
    };
  }

  #answered(sentAt: number): void {
    const duration = performance.now() - sentAt;
    this.#durations.push(duration);
    this.#longest = Math.max(this.#longest, duration);
    if (duration >= LONG_MILLISECONDS)
      this.#long.push({ sentAt: Date.now() - duration, milliseconds: duration });
  }

  #failed(deed: Deed, error: unknown): void {
    this.failures.push(
      incident(deed, error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    );
  }

  #pauses(): Pauses {
    const sorted = this.#durations.toSorted((a, b) => a - b);
    const quantile = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
    return {
      medianMilliseconds: quantile(0.5),
      p99Milliseconds: quantile(0.99),
      longestMilliseconds: this.#longest,
      long: this.#long,
    };
  }
}

function incident(deed: Deed, detail: string): Incident {
  return { at: Date.now(), ...deed, detail };
}
