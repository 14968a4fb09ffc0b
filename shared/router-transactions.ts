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
 * Transactions that were sent to the source and whose outcome the router does not know. DynamoDB does a transaction
 * of one token once, and so must its attempts across the switch: the target's name makes the second attempt another
 * request, which DynamoDB refuses as a mismatch if the first one is done. Then it is on the target already, for
 * nothing is switched before the source is drained.
 */
export class UndecidedTransactions {
  readonly #runtime: Runtime;
  /** When an attempt with this token was sent last. */
  readonly #sentAt = new Map<string, number>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Sends an attempt to the source, and remembers its token until the outcome is known. */
  async send<T>(attempt: Attempt, send: () => Promise<T>): Promise<T> {
    const token = attempt.mentions('ClientRequestToken') ? tokenOf(attempt.json) : undefined;
    if (token === undefined) return send();
    this.#forgetSpent();
    // The newest last: the map is in the order of sending.
    this.#sentAt.delete(token);
    this.#sentAt.set(token, this.#runtime.now());
    try {
      const answer = await send();
      this.#sentAt.delete(token);
      return answer;
    } catch (error) {
      // Of an earlier attempt of the same token this says nothing: it would have been done, not cancelled.
      if (isNamed(error, ...WITHOUT_EFFECT)) this.#sentAt.delete(token);
      throw error;
    }
  }

  /**
   * Whether the target's refusal says that the transaction is done: on the source, before the switch.
   * @param at when the refused attempt was sent.
   */
  isDone(body: Record<string, unknown>, error: unknown, at: number): boolean {
    const sentAt = this.#sentAt.get(tokenOf(body) ?? '');
    return (
      isNamed(error, 'IdempotentParameterMismatchException') &&
      sentAt !== undefined &&
      at - sentAt < TOKEN_MILLISECONDS
    );
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
