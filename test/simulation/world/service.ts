import type { FaultDice } from './faults.ts';
import type { Random } from './random.ts';

/** A request as a middleware sees it. */
export interface WireRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** The input's parameters, of a service that does not have them in the body. */
  readonly query?: object;
  readonly body?: unknown;
}

/** A modelled service, as far as a request on its way needs it. */
export interface Service {
  readonly now: number;
  readonly random: Random;
  readonly dice: FaultDice;
  /** Whether it refuses every request for now, of whoever sends it. */
  isBusy?(): boolean;
  /** How it refuses a request that is one too many. */
  overloaded(operation: string): Error;
  /** How it says that it has failed. */
  failed(operation: string): Error;
  /** Makes a request of a command's input, as far as a middleware depends on its parts. */
  requestOf(input: object): WireRequest;
  /** The input that a request stands for. */
  inputOf(request: WireRequest): Record<string, unknown>;
  /** Gives a request an id, which the events of what it changes name; of a service whose events do. */
  named?(effect: () => object | Effect<object>): object | Effect<object>;
  /** One line about a request, for the trace. */
  requestText(operation: string, input: object): string;
  /** What came of a request, in a few words. */
  resultText(result: object): string;
}

/** Who sends a request. */
export interface Caller {
  /** The task. */
  readonly name: string;
  readonly role: string;
}

/**
 * The effect of a request, in parts between which others may go. A `divisible` one may stop half way, like a batch;
 * a `whole` one is done or not, like a transaction; a `lasting` one always takes effect at a later step than it
 * begins, like a copy.
 */
export type Effect<T> = Generator<'divisible' | 'whole' | 'lasting', T>;

/** An answer as the SDK gives it, but for the metadata, which the client adds. */
export type Answer<T> = Omit<T, '$metadata'>;

/** Does what a command asks, at once or in parts. */
export type Execute<S extends Service> = (
  service: S,
  input: never,
  caller: Caller,
) => object | Effect<object>;

export type Commands<S extends Service> = ReadonlyMap<unknown, Execute<S>>;
