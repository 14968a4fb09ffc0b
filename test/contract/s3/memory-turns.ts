import type { Turns } from '../../../shared/stores/s3/s3-turns.ts';

/** Turns of workers that share one memory. Who comes while another is at work is sent away. */
export class MemoryTurns implements Turns {
  readonly #taken = new Set<string>();

  async take(key: string) {
    if (this.#taken.has(key)) return undefined;
    this.#taken.add(key);
    return {
      isOver: () => false,
      rest: async () => undefined,
      end: async () => {
        this.#taken.delete(key);
      },
    };
  }
}
