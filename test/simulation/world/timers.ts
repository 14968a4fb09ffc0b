export interface Timer {
  readonly at: number;
  readonly fire: () => void;
  /** Something on its way, which arrives even after the end of all tasks. */
  readonly wire: boolean;
}

/** What is to happen at some time, in the order of time; of the same time, in the order of adding. */
export class Timers {
  /** The next one last. */
  readonly #timers: Timer[] = [];
  #wires = 0;

  get next(): Timer | undefined {
    return this.#timers.at(-1);
  }

  /** Whether anything is still on its way. */
  get anyOnWire(): boolean {
    return this.#wires > 0;
  }

  add(timer: Timer): void {
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1] as Timer).at <= timer.at) index--;
    this.#timers.splice(index, 0, timer);
    if (timer.wire) this.#wires++;
  }

  remove(timer: Timer): void {
    const index = this.#timers.indexOf(timer);
    if (index < 0) return;
    this.#timers.splice(index, 1);
    if (timer.wire) this.#wires--;
  }

  /** Fires all that are due. Firing may add and remove others. */
  fireDue(now: number): void {
    for (let timer = this.next; timer && timer.at <= now; timer = this.next) {
      this.remove(timer);
      timer.fire();
    }
  }
}
