/**
 * Lets one worker at a time add to the history of a key. Preconditions go by ETags, and do not tell versions of the same
 * bytes apart: two workers at once, or a request that comes late, would add a version twice.
 */
export interface Turns {
  /** @returns undefined while somebody else has it, or may still have a request under way. */
  take(key: string): Promise<Turn | undefined>;
}

export interface Turn {
  /** Nothing may be sent any more. */
  isOver(): boolean;
  /** Waits for a while, longer with each attempt, because S3 has asked for it. */
  rest(attempt: number): Promise<void>;
  /** @param outcomesKnown whether it is known of all requests what became of them: else nobody has a turn for a while. */
  end(outcomesKnown: boolean): Promise<void>;
}
