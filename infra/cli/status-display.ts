import type { Status } from '../../shared/status.ts';
import { headline } from './headline.ts';
import { LiveBlock } from './live-block.ts';
import { RateMeter } from './rates.ts';
import { statusLines } from './status-lines.ts';
import type { Terminal } from './terminal.ts';

/** Without news a line is printed this often, to show that the watch goes on. */
const HEARTBEAT_MILLISECONDS = 60_000;

/**
 * Shows a migration as it goes on: in a terminal as lines drawn again in place, elsewhere as a line whenever there is
 * news.
 */
export class StatusDisplay {
  readonly #terminal: Terminal;
  readonly #block: LiveBlock;
  readonly #meter = new RateMeter();
  #news = '';
  #printedAt = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#block = new LiveBlock(terminal);
  }

  /** @param now milliseconds since the epoch. */
  show(status: Status, now: number): void {
    const rates = this.#meter.measure(status, now);
    if (this.#terminal.live) {
      this.#block.draw(statusLines(status, { now, rates, paint: this.#terminal.paint }));
      return;
    }
    const { text, news } = headline(status, rates);
    this.#printOnNews(text, news, now);
  }

  /** What there is to say while no status can be shown. */
  note(text: string, now: number): void {
    if (this.#terminal.live) this.#block.draw([this.#terminal.paint('dim', text)]);
    else this.#printOnNews(text, text, now);
  }

  /** Takes away what is drawn, so that something can be printed; the next `show` draws it again. */
  clear(): void {
    if (this.#terminal.live) this.#block.clear();
  }

  #printOnNews(text: string, news: string, now: number): void {
    if (news === this.#news && now < this.#printedAt + HEARTBEAT_MILLISECONDS) return;
    this.#news = news;
    this.#printedAt = now;
    this.#terminal.write(`${new Date(now).toISOString().slice(11, 19)}  ${text}\n`);
  }
}
