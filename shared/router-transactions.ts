import { otherSide, type Side } from './direction.ts';
import { isNamed } from './errors.ts';
import type { Attempt } from './router-attempt.ts';
import type { Runtime } from './runtime.ts';

/** How long DynamoDB knows the token of a transaction (API reference, TransactWriteItems). */
const TOKEN_MILLISECONDS = 10 * 60_000;
/** Errors by which DynamoDB says that a transaction had no effect. */
const WITHOUT_EFFECT = [
  'TransactionCanceledException',
  'ValidationException',
  'AccessDeniedException',
  'ResourceNotFoundException',
];

/**
 * Transactions whose outcome the router does not know, by the side that they were sent to. DynamoDB does a transaction
 * of one token once, and so must its attempts across a switch: the other table's name makes the second attempt another
 * request, which DynamoDB refuses as a mismatch if the first one is done. Then it is on the other side already, for
 * nothing is switched before the active side is drained.
 */
export class UndecidedTransactions {
  readonly #runtime: Runtime;
  /** When an attempt with a token was sent last, by side and token. */
  readonly #sentAt = new Map<string, number>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Sends an attempt to a side, and remembers its token until the outcome is known. */
  async send<T>(side: Side, attempt: Attempt, send: () => Promise<T>): Promise<T> {
    const token = attempt.mentions('ClientRequestToken') ? tokenOf(attempt.json) : undefined;
    if (token === undefined) return send();
    this.#forgetSpent();
    const sent = `${side} ${token}`;
    // The newest last: the map is in the order of sending.
    this.#sentAt.delete(sent);
    this.#sentAt.set(sent, this.#runtime.now());
    try {
      const answer = await send();
      this.#sentAt.delete(sent);
      return answer;
    } catch (error) {
      // Of an earlier attempt of the same token this says nothing: it would have been done, not cancelled.
      if (isNamed(error, ...WITHOUT_EFFECT)) this.#sentAt.delete(sent);
      throw error;
    }
  }

  /**
   * Whether a side's refusal says that the transaction is done: on the other side, before the switch.
   * @param at when the refused attempt was sent.
   */
  isDone(side: Side, attempt: Attempt, error: unknown, at: number): boolean {
    if (!isNamed(error, 'IdempotentParameterMismatchException')) return false;
    const sentAt = this.#sentAt.get(`${otherSide(side)} ${tokenOf(attempt.json)}`);
    return sentAt !== undefined && at - sentAt < TOKEN_MILLISECONDS;
  }

  #forgetSpent(): void {
    for (const [token, sentAt] of this.#sentAt) {
      if (this.#runtime.now() - sentAt < TOKEN_MILLISECONDS) return;
      this.#sentAt.delete(token);
    }
  }
}

function tokenOf({
  ClientRequestToken: token,
  TransactItems: items,
}: Record<string, unknown>): string | undefined {
  return typeof token === 'string' && Array.isArray(items) ? token : undefined;
}
