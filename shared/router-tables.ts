import type { Side } from './direction.ts';
import type { Limited, RoutedRequest, Routing } from './request-router.ts';
import type { Attempt } from './router-attempt.ts';
import { answerFor, hideReserved, type Json, renamed, renameTable } from './router-request.ts';
import type { UndecidedTransactions } from './router-transactions.ts';
import type { Runtime } from './runtime.ts';

export interface TableAnswer {
  readonly output: Json;
}

/** Sends an attempt: as the application made it, or with another body. */
export type SendBody<T extends TableAnswer> = (changed?: Json) => Promise<T>;

interface TableRequestProps<T extends TableAnswer> {
  readonly attempt: Attempt;
  readonly transactions: UndecidedTransactions;
  readonly runtime: Runtime;
  readonly send: SendBody<T>;
}

/** One attempt of a request to DynamoDB. */
export class TableRequest<T extends TableAnswer> implements RoutedRequest<T> {
  readonly mayTakeLong = false;
  readonly #attempt: Attempt;
  readonly #transactions: UndecidedTransactions;
  readonly #runtime: Runtime;
  readonly #send: SendBody<T>;

  constructor({ attempt, transactions, runtime, send }: TableRequestProps<T>) {
    this.#attempt = attempt;
    this.#transactions = transactions;
    this.#runtime = runtime;
    this.#send = send;
  }

  kindIn({ tables }: Routing): 'read' | 'write' | undefined {
    const { kind } = this.#attempt;
    const named = this.#attempt.names(tables);
    return named && (kind === 'read' || kind === 'write') ? kind : undefined;
  }

  pass(): Promise<T> {
    return this.#send();
  }

  async sendTo(side: Side, routing: Routing, limited: Limited): Promise<T> {
    const attempt = this.#attempt;
    const timed: SendBody<T> = (changed) => limited(() => this.#send(changed));
    // Before the first switch the source is as it always was: nothing is renamed, and there is nothing to hide.
    const asItIs = side === 'source' && routing.switchedAt === undefined;
    const sentAt = this.#runtime.now();
    try {
      return await this.#transactions.send(side, attempt, () =>
        asItIs ? timed() : sendRenamed(side, routing, attempt.json, timed),
      );
    } catch (error) {
      if (this.#transactions.isDone(side, attempt, error, sentAt)) return done();
      hideReserved(error, routing.reserved);
      throw error;
    }
  }
}

/** Sends a request to one side's tables, and answers under the names that the application knows, without versions. */
async function sendRenamed<T extends TableAnswer>(
  side: Side,
  { tables, reserved }: Routing,
  body: Json,
  send: SendBody<T>,
): Promise<T> {
  const toSide = new Map(tables.map(({ source, [side]: table }) => [source, table]));
  const asAsked = new Map(tables.map(({ source, [side]: table }) => [table, source]));
  const sent = renamed(body, (table) => renameTable(table, toSide));
  const answer = await send(sent);
  const output = answerFor(answer.output, reserved, (table) => renameTable(table, asAsked));
  return { ...answer, output };
}

/** The answer of a transaction that was done before. */
function done<T extends TableAnswer>(): T {
  return { output: { $metadata: {} } } as unknown as T;
}
