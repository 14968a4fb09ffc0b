const WINDOW_MILLISECONDS = 8_000;

/** Speed of a counter over its last seconds. */
export class Speed {
  readonly #samples: { readonly at: number; readonly count: number }[] = [];

  /**
   * Takes the counter's value into account. One that has gone back begins anew.
   * @param now in milliseconds, of any clock that never goes back.
   * @returns counts a second, over the last 8 s; 0 until there are two values.
   */
  add(count: number, now = performance.now()): number {
    const last = this.#samples.at(-1);
    if (last && count < last.count) this.#samples.length = 0;
    this.#samples.push({ at: now, count });
    while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > WINDOW_MILLISECONDS)
      this.#samples.shift();
    const first = this.#samples[0];
    if (!first || now <= first.at) return 0;
    return ((count - first.count) * 1000) / (now - first.at);
  }
}
