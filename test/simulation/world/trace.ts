/** Text that is only made when somebody reads it: most schedules are never looked at. */
export type Text = string | (() => string);

interface Event {
  readonly milliseconds: number;
  readonly actor: string;
  readonly text: Text;
}

/** What happened in a world, in order, if anybody wants to know. */
export class Trace {
  readonly #events: Event[] = [];
  readonly #kept: boolean;

  constructor(kept: boolean) {
    this.#kept = kept;
  }

  add(milliseconds: number, actor: string, text: Text): void {
    if (this.#kept) this.#events.push({ milliseconds, actor, text });
  }

  get length(): number {
    return this.#events.length;
  }

  /** One line an event: seconds since the start, who, what. */
  lines(): string[] {
    const width = this.#events.reduce((widest, { actor }) => Math.max(widest, actor.length), 0);
    return this.#events.map(
      ({ milliseconds, actor, text }) =>
        `${(milliseconds / 1000).toFixed(3).padStart(10)}  ${actor.padEnd(width)}  ${typeof text === 'string' ? text : text()}`,
    );
  }
}
