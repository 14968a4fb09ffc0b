import type { Runtime } from './runtime.ts';

/** A read without an answer for so long may never get one. */
const HUNG_MILLISECONDS = 2_000;

/**
 * A read that serves everybody who waits for it. One that hangs is overtaken: whoever comes later begins another, and
 * the first answer serves all.
 */
export class SharedRead {
  readonly #read: () => Promise<void>;
  readonly #runtime: Runtime;
  #answer: Promise<void> | undefined;
  #settle: (read: Promise<void>) => void = () => {};
  #sentAt = 0;

  constructor(read: () => Promise<void>, runtime: Runtime) {
    this.#read = read;
    this.#runtime = runtime;
  }

  /** Settles as the first read that is answered. */
  answer(): Promise<void> {
    const now = this.#runtime.now();
    if (this.#answer && now - this.#sentAt < HUNG_MILLISECONDS) return this.#answer;
    this.#answer ??= new Promise<void>((resolve, reject) => {
      this.#settle = (read) => void read.then(resolve, reject);
    }).finally(() => {
      this.#answer = undefined;
    });
    this.#sentAt = now;
    this.#settle(this.#read());
    return this.#answer;
  }
}
