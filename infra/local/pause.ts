/** A rest that some take together: it has begun when each of them has come to it. */
export class Pause {
  readonly #members: number;
  #resting = 0;
  #all: PromiseWithResolvers<void> | undefined;
  #end: PromiseWithResolvers<void> | undefined;

  constructor(members: number) {
    this.#members = members;
  }

  /** Asks for a rest, and waits until everybody rests. */
  async begin(): Promise<void> {
    if (this.#members === 0) return;
    this.#all = Promise.withResolvers();
    this.#end = Promise.withResolvers();
    await this.#all.promise;
  }

  end(): void {
    this.#end?.resolve();
    this.#end = undefined;
  }

  /** A member comes by: it rests for as long as the others are to. */
  async over(): Promise<void> {
    if (!this.#end) return;
    const { promise } = this.#end;
    if (++this.#resting === this.#members) this.#all?.resolve();
    await promise;
    this.#resting--;
  }
}
