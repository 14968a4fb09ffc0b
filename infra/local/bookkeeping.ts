import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Item } from './item-text.ts';
import type { Incident, Ledger, LongWrite, Pauses } from './ledger.ts';

/** A write, for the ledger. */
export interface Deed {
  readonly writer: string;
  readonly operation: string;
  readonly key: Item;
}

/** Writes that took this long are kept one by one. */
const LONG_MILLISECONDS = 100;

/** What everything that writes needs. */
export interface Connection {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly books: Bookkeeping;
}

/** What the SDK says of a request: how many attempts it took. */
export interface Answer {
  readonly Attributes?: Item | undefined;
  readonly $metadata: { readonly attempts?: number | undefined };
}

export type Outcome =
  | { readonly kind: 'acknowledged'; readonly attempts: number; readonly item: Item | undefined }
  | { readonly kind: 'refused'; readonly attempts: number; readonly item: Item | undefined }
  | { readonly kind: 'failed' };

/** What a read showed. */
export interface Seen {
  readonly item: Item | undefined;
}

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

  /** Sends a write. Whatever is thrown but a refused condition is a failure that the application got. */
  async write(deed: Deed, send: () => Promise<Answer>): Promise<Outcome> {
    const flight = { at: performance.now() };
    this.#sentAt.add(flight);
    try {
      const answer = await send();
      this.#answered(flight.at);
      this.acknowledged++;
      return { kind: 'acknowledged', attempts: this.#attempts(answer), item: answer.Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        this.#answered(flight.at);
        return { kind: 'refused', attempts: this.#attempts(error), item: error.Item };
      }
      this.#failed(deed, error);
      return { kind: 'failed' };
    } finally {
      this.#sentAt.delete(flight);
    }
  }

  /** Sends a read. @returns undefined when it failed, which is noted. */
  async read(deed: Deed, send: () => Promise<{ Item?: Item | undefined }>): Promise<Seen | undefined> {
    try {
      return { item: (await send()).Item };
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

  close(): Omit<Ledger, 'records' | 'counters' | 'claims'> {
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

  #attempts({ $metadata }: Pick<Answer, '$metadata'>): number {
    const attempts = $metadata.attempts ?? 1;
    if (attempts > 1) this.repeated++;
    return attempts;
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
