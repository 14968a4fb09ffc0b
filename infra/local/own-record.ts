import type { Bookkeeping, Deed, Outcome, Seen } from './bookkeeping.ts';
import type { LedgerRecord } from './ledger.ts';

/** A write of an own record: what it is called, and what follows from it. */
export interface Change<Content> {
  readonly deed: Deed;
  readonly after: Content | undefined;
  /** The write names the version that it replaces: a late attempt of it is refused. */
  readonly guarded: boolean;
}

export interface OwnRecordProps<Key, Content> {
  readonly key: Key;
  /** The key in the ledger. */
  readonly text: string;
  /** What stands there before the first write. */
  readonly content?: Content | undefined;
  /** The same for equal contents alone. */
  readonly digest: (content: Content | undefined) => string;
}

/** A record that one writer alone writes, so that it knows its content at any moment. */
export class OwnRecord<Key, Content> {
  readonly key: Key;
  readonly text: string;
  readonly #digest: (content: Content | undefined) => string;
  readonly #states: { readonly digest: string; readonly at: number }[] = [];
  #expected: (Content | undefined)[];
  #leftAlone = false;

  constructor({ key, text, content, digest }: OwnRecordProps<Key, Content>) {
    this.key = key;
    this.text = text;
    this.#digest = digest;
    this.#expected = [content];
    this.#states.push({ digest: digest(content), at: 0 });
  }

  get content(): Content | undefined {
    return this.#expected[0];
  }

  /** Whether it may be written again: not while its content is uncertain or a late attempt could disturb it. */
  get writable(): boolean {
    return !this.#leftAlone;
  }

  /** Takes in the outcome of a write whose condition, if it has one, must hold. */
  apply(books: Bookkeeping, outcome: Outcome<Content>, { deed, after, guarded }: Change<Content>): void {
    const before = this.content;
    switch (outcome.kind) {
      case 'acknowledged':
        if (outcome.attempts === 1 && outcome.shown)
          this.compare(books, deed, outcome.shown, 'the old image');
        this.#become(after);
        this.#leftAlone ||= outcome.attempts > 1 && !guarded;
        return;
      case 'refused':
        if (
          outcome.attempts > 1 &&
          outcome.shown &&
          this.#digest(outcome.shown.content) === this.#digest(after)
        ) {
          books.settle();
          this.#become(after);
          this.#leftAlone ||= !guarded;
          return;
        }
        books.contradict(deed, `a condition that holds was refused (${describe(outcome.shown?.content)})`);
        this.#leftAlone = true;
        return;
      case 'failed':
        this.#expected = [before, after];
        this.#states.push({ digest: this.#digest(after), at: Date.now() });
        this.#leftAlone = true;
    }
  }

  /** Takes in the outcome of a creation that must be refused, since the record exists. */
  applyRefusal(books: Bookkeeping, outcome: Outcome<Content>, change: Change<Content>): void {
    if (outcome.kind === 'refused') {
      books.refused++;
      if (outcome.shown) this.compare(books, change.deed, outcome.shown, 'what the refusal shows');
      return;
    }
    if (outcome.kind === 'acknowledged') {
      books.happenedTwice(change.deed, 'created although it stood there');
      this.#become(change.after);
      this.#leftAlone = true;
      return;
    }
    this.apply(books, outcome, change);
  }

  /** Holds what the application was shown against what it knows. */
  compare(books: Bookkeeping, deed: Deed, { content }: Seen<Content>, what: string): void {
    const digest = this.#digest(content);
    if (this.#expected.some((one) => this.#digest(one) === digest)) return;
    const earlier = this.#states.some((state) => state.digest === digest)
      ? 'an earlier state'
      : describe(content);
    books.contradict(deed, `${what}: ${earlier} instead of ${describe(this.content)}`);
  }

  ledger(): LedgerRecord {
    return { key: this.text, expected: this.#expected.map(this.#digest), states: this.#states };
  }

  #become(content: Content | undefined): void {
    this.#expected = [content];
    this.#states.push({ digest: this.#digest(content), at: Date.now() });
  }
}

function describe(content: unknown): string {
  return content ? JSON.stringify(content).slice(0, 200) : 'nothing';
}
