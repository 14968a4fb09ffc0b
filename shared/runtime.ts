import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Everything the engine and the router know of time and chance. They use nothing else of the kind (no timer, no
 * `Date`, no `Math.random`), so that a seeded scheduler can take its place and replay any order of events.
 */
export interface Runtime {
  /** Milliseconds since the epoch, by the local clock. */
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** An identifier that no other call returns. */
  id(): string;
}

export const systemRuntime: Runtime = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    });
  },
  random: () => Math.random(),
  id: () => randomUUID(),
};
