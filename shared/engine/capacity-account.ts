import type { Runtime } from '../runtime.ts';

/** By what was used in so much time a worker knows how fast it is. */
const SPEED_MILLISECONDS = 10_000;

/** What a worker may use of one kind of capacity, and how fast it has used it lately. */
export class CapacityAccount {
  /** The last of those who ask, one after the other. */
  last: Promise<unknown> = Promise.resolve();
  readonly #runtime: Runtime;
  /** Below zero: more was used than asked for. */
  #units = 0;
  #voidAt = 0;
  /** The pace at which they were taken. */
  #takenAt = 0;
  /** Nothing limits what is used now. */
  #free = true;
  #used = 0;
  /** The same, since it was told last. */
  #untold = 0;
  #since: number;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#since = runtime.now();
  }

  left(): number {
    if (this.#runtime.now() >= this.#voidAt) this.#units = Math.min(0, this.#units);
    return this.#units;
  }

  /** A lease was taken. What is left of one of another pace is void: its units were another span of time. */
  add(units: number, of: { readonly unitsPerSecond: number; readonly milliseconds: number }): void {
    if (of.unitsPerSecond !== this.#takenAt) this.#units = Math.min(0, this.#units);
    this.#units += units;
    this.#takenAt = of.unitsPerSecond;
    this.#voidAt = this.#runtime.now() + of.milliseconds;
  }

  /** @returns what is left of the leases, once. */
  close(): { readonly units: number; readonly unitsPerSecond: number } {
    const units = this.left();
    this.#units = Math.min(0, units);
    return { units, unitsPerSecond: this.#takenAt };
  }

  use(units: number): void {
    this.#free = false;
    this.#units -= units;
    this.#count(units);
  }

  useFreely(units: number): void {
    this.#free = true;
    this.#count(units);
  }

  /** More was used than was said, or less. */
  correct(units: number): void {
    if (this.#free) this.useFreely(units);
    else this.use(units);
  }

  /** @returns what was used since it was asked last. */
  takeUsed(): number {
    const used = this.#untold;
    this.#untold = 0;
    return used;
  }

  /** How fast it is used of late. */
  unitsPerSecond(): number {
    return this.#used / Math.max(1, (this.#runtime.now() - this.#since) / 1_000);
  }

  #count(units: number): void {
    const elapsed = this.#runtime.now() - this.#since;
    // What is long ago counts half, and half as long.
    if (elapsed > SPEED_MILLISECONDS) {
      this.#used /= 2;
      this.#since += elapsed / 2;
    }
    this.#used += units;
    this.#untold += units;
  }
}
