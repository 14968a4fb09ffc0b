import type { Bookkeeping, Deed, Outcome } from './bookkeeping.ts';
import { contentDigest, type Item } from './item-text.ts';
import type { LedgerRecord } from './ledger.ts';

/** A write of an own record: what it is called, and what follows from it. */
export interface Change {
  readonly deed: Deed;
  readonly after: Item | undefined;
  /** The write names the version that it replaces: a late attempt of it is refused. */
  readonly guarded: boolean;
}

/** A record that one writer alone writes, so that it knows its content at any moment. */
export class OwnRecord {
  readonly key: Item;
  readonly #states: { readonly digest: string; readonly at: number }[] = [];
  #expected: (Item | undefined)[];
  #leftAlone = false;

  /** @param content what stands there before the first write. */
  constructor(key: Item, content?: Item) {
    this.key = key;
    this.#expected = [content];
    this.#states.push({ digest: contentDigest(content), at: 0 });
  }

  get content(): Item | undefined {
    return this.#expected[0];
  }

  /** Whether it may be written again: not while its content is uncertain or a late attempt could disturb it. */
  get writable(): boolean {
    return !this.#leftAlone;
  }

  /** Takes in the outcome of a write whose condition, if it has one, must hold. */
  apply(books: Bookkeeping, outcome: Outcome, { deed, after, guarded }: Change): void {
    const before = this.content;
    switch (outcome.kind) {
      case 'acknowledged':
        if (outcome.attempts === 1) this.compare(books, deed, outcome.item, 'the old image');
        this.#become(after);
        this.#leftAlone ||= outcome.attempts > 1 && !guarded;
        return;
      case 'refused':
        if (outcome.attempts > 1 && contentDigest(outcome.item) === contentDigest(after)) {
          books.settle();
          this.#become(after);
          this.#leftAlone ||= !guarded;
          return;
        }
        books.contradict(deed, `a condition that holds was refused (${describe(outcome.item)})`);
        this.#leftAlone = true;
        return;
      case 'failed':
        this.#expected = [before, after];
        this.#states.push({ digest: contentDigest(after), at: Date.now() });
        this.#leftAlone = true;
    }
  }

  /** Takes in the outcome of a creation that must be refused, since the record exists. */
  applyRefusal(books: Bookkeeping, outcome: Outcome, change: Change): void {
    if (outcome.kind === 'refused') {
      books.refused++;
      this.compare(books, change.deed, outcome.item, 'the item of the refusal');
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
  compare(books: Bookkeeping, deed: Deed, shown: Item | undefined, what: string): void {
    const digest = contentDigest(shown);
    if (this.#expected.some((content) => contentDigest(content) === digest)) return;
    const earlier = this.#states.some((state) => state.digest === digest)
      ? 'an earlier state'
      : describe(shown);
    books.contradict(deed, `${what} shows ${earlier} instead of ${describe(this.content)}`);
  }

  ledger(): LedgerRecord {
    return { key: this.key, expected: this.#expected, states: this.#states };
  }

  #become(content: Item | undefined): void {
    this.#expected = [content];
    this.#states.push({ digest: contentDigest(content), at: Date.now() });
  }
}

function describe(item: Item | undefined): string {
  return item ? JSON.stringify(item).slice(0, 200) : 'no item';
}
