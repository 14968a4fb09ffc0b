import type { Terminal } from './terminal.ts';

const UP = (lines: number) => `\x1b[${lines}A`;
const ERASE_BELOW = '\x1b[0J';
/** Without wrapping, a line that is too long is cut by the terminal and still counts as one. */
const WRAP_OFF = '\x1b[?7l';
const WRAP_ON = '\x1b[?7h';

/** Lines at the end of a terminal that are drawn again in place. */
export class LiveBlock {
  readonly #terminal: Terminal;
  #drawn = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Draws the lines in the place of those drawn before. What does not fit the screen is left out. */
  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, Math.max(1, this.#terminal.rows - 1));
    this.#terminal.write(`${this.#home()}${WRAP_OFF}${shown.map((line) => `${line}\n`).join('')}${WRAP_ON}`);
    this.#drawn = shown.length;
  }

  /** Takes the lines away, so that others can be printed in their place. */
  clear(): void {
    this.#terminal.write(this.#home());
    this.#drawn = 0;
  }

  #home(): string {
    return this.#drawn > 0 ? `${UP(this.#drawn)}\r${ERASE_BELOW}` : '';
  }
}
