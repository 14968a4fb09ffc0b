import { Random } from '../../../infra/local/random.ts';
import type { ApiCall } from './api-call.ts';
import { canMeet, FAULT_KINDS, type FaultKind, fits } from './fault.ts';
import type { Lateness } from './passage.ts';

export interface FaultPlanProps {
  readonly seed: number;
  readonly latest: Lateness;
  /** Kinds that must not happen here, because AWS does not do that to this sender. */
  readonly without?: readonly FaultKind[];
  /** Share of the calls between two storms, in which nothing happens. @default 0 */
  readonly calm?: number;
}

/** Faults come in storms: so many calls of all operations together, the calm after them included. */
const STORM_CALLS = 1_000;

/** So many calls of an operation meet each kind of fault once. There are few batches of statements, and fewer transactions. */
const CALLS = 60;
const CALLS_OF: Readonly<Record<string, number>> = { BatchExecuteStatement: 24, TransactWriteItems: 12 };
/** What only batches can meet comes more often. */
const TIMES: Partial<Record<FaultKind, number>> = {
  'keys held back': 12,
  'statement refused': 2,
  'statement of unknown outcome': 2,
};

type Card = FaultKind | 'none';

/**
 * Which call meets which fault. For each operation the faults are dealt like cards from a shuffled deck, so that every
 * kind comes, and no more often than planned. The seed decides everything: the n-th call of an operation meets the same
 * fault in every run. Which call is the n-th is up to those who make them, so a run can't be repeated exactly.
 */
export class FaultPlan {
  readonly latest: Lateness;
  readonly #seed: number;
  readonly #kinds: readonly FaultKind[];
  readonly #calm: number;
  #calls = 0;
  readonly #dealers = new Map<string, { readonly random: Random; deck: Card[] }>();

  constructor({ seed, latest, without = [], calm = 0 }: FaultPlanProps) {
    this.latest = latest;
    this.#seed = seed;
    this.#calm = calm;
    this.#kinds = FAULT_KINDS.filter((kind) => !without.includes(kind));
  }

  /** The fault that a call meets, if any, with the randomness of its details. */
  deal(call: ApiCall): { readonly kind: FaultKind; readonly random: Random } | undefined {
    const { operation } = call;
    if (this.#calls++ % STORM_CALLS >= STORM_CALLS * (1 - this.#calm)) return undefined;
    const dealer = this.#dealers.get(operation) ?? { random: new Random(this.#seedOf(operation)), deck: [] };
    this.#dealers.set(operation, dealer);
    // A card that does not fit this call waits for one that it fits.
    const suits = (card: Card) => card === 'none' || fits(card, call);
    if (!dealer.deck.some(suits)) dealer.deck = [...dealer.deck, ...this.#shuffled(operation, dealer.random)];
    const [card = 'none'] = dealer.deck.splice(dealer.deck.findIndex(suits), 1);
    return card === 'none' ? undefined : { kind: card, random: new Random(dealer.random.below(2 ** 32)) };
  }

  #shuffled(operation: string, random: Random): Card[] {
    const cards: Card[] = this.#kinds
      .filter((kind) => canMeet(operation, kind))
      .flatMap((kind) => new Array<Card>(TIMES[kind] ?? 1).fill(kind));
    while (cards.length < (CALLS_OF[operation] ?? CALLS)) cards.push('none');
    for (let last = cards.length - 1; last > 0; last--) {
      const other = random.below(last + 1);
      [cards[last], cards[other]] = [cards[other] as Card, cards[last] as Card];
    }
    return cards;
  }

  #seedOf(operation: string): number {
    return [...operation].reduce(
      (sum, character) => Math.imul(sum, 31) + character.charCodeAt(0),
      this.#seed,
    );
  }
}
