import type { Random } from '../../../infra/local/random.ts';
import type { ApiAnswer, ApiCall } from './api-call.ts';

/** One call that a fault has met. */
export interface Passage {
  readonly call: ApiCall;
  readonly random: Random;
  readonly latest: Lateness;
  /** Sends the call on, as it is or altered. It takes effect as often as it is sent. */
  forward(call?: ApiCall): Promise<ApiAnswer>;
}

/** How late an effect or an answer may come at most. */
export interface Lateness {
  readonly effectMilliseconds: number;
  readonly answerMilliseconds: number;
}

/** What the sender of a call gets: an answer, or a connection that breaks. */
export type Fate = ApiAnswer | 'reset';
