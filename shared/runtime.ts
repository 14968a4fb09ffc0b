import { randomUUID } from 'node:crypto';

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
  // Routers sleep beside each request of an application: the promise of node:timers would make an error each time.
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(wake, milliseconds);
      function wake() {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      }
      signal?.addEventListener('abort', wake, { once: true });
    }),
  random: () => Math.random(),
  id: () => randomUUID(),
};

/**
 * Ends one sleep early. Of an `AbortSignal` a sleep uses no more than this; an `AbortController` takes longer to make
 * than all else that a router does for a request.
 */
export class Waker {
  aborted = false;
  #listener: (() => void) | undefined;

  get signal(): AbortSignal {
    return this as unknown as AbortSignal;
  }

  wake(): void {
    this.aborted = true;
    this.#listener?.();
  }

  addEventListener(_event: 'abort', listener: () => void): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = undefined;
  }
}
