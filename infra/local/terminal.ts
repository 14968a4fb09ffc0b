import { styleText } from 'node:util';

/** Where there is no terminal to redraw, a line is printed this often at most. */
const PLAIN_MILLISECONDS = 5_000;

/** Prints the story of a run: headings, lines that stay, and one line that is redrawn in place. */
export class Terminal {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedAt = performance.now();
  #drawn = '';
  #plainAt = Number.NEGATIVE_INFINITY;
  #plainTopic = '';
  #headings = 0;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
  }

  get interactive(): boolean {
    return this.#stream.isTTY === true;
  }

  heading(title: string): void {
    this.#headings++;
    this.line('');
    this.line(
      `${this.style('bold', `${this.#headings}. ${title}`)}${this.style('dim', `  ${this.elapsed()}`)}`,
    );
  }

  line(text: string): void {
    this.#erase();
    this.#stream.write(`${text}\n`);
  }

  /**
   * The line that tells how things stand. Without a terminal it is printed now and then, and when its topic changes.
   */
  live(topic: string, text: string): void {
    if (this.interactive) {
      const shown = `   ${text}`.slice(0, Math.max(20, (this.#stream.columns || 80) - 1));
      if (shown === this.#drawn) return;
      this.#erase();
      this.#stream.write(shown);
      this.#drawn = shown;
      return;
    }
    const now = performance.now();
    if (topic === this.#plainTopic && now - this.#plainAt < PLAIN_MILLISECONDS) return;
    this.#plainTopic = topic;
    this.#plainAt = now;
    this.#stream.write(`   ${this.elapsed()}  ${text}\n`);
  }

  /** Text in a style, where the stream shows styles and `NO_COLOR` does not forbid them. */
  style(format: Parameters<typeof styleText>[0], text: string): string {
    return styleText(format, text, { stream: this.#stream });
  }

  elapsed(): string {
    const seconds = Math.floor((performance.now() - this.#startedAt) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }

  #erase(): void {
    if (!this.#drawn) return;
    this.#stream.write('\r\x1b[2K');
    this.#drawn = '';
  }
}
