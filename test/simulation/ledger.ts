import { itemText } from '../../shared/items.ts';
import type { Item, Key } from '../../shared/model.ts';

export type Side = 'source' | 'target';

/** One effect on an item, in the order in which the effects came. */
interface Effect {
  readonly side: Side;
  readonly content: string | undefined;
  /** The application counts on it: its attempt was answered. */
  acknowledged: boolean;
}

/** One attempt of a write of one or several items, and what it has effected so far. */
export interface Attempt {
  readonly keys: ReadonlySet<string>;
  readonly effects: { readonly key: string; readonly effect: Effect }[];
  /** Its sender waits for an answer. */
  underWay: boolean;
}

/**
 * What the application did, by the effects of its attempts, and which of them it counts on. It knows nothing of the
 * migrator: what must stand on the target at the end follows from the application's own history.
 */
export class Ledger {
  acknowledged = 0;
  readonly #effects = new Map<string, Effect[]>();
  readonly #touched = new Set<string>();
  /** The last attempt of each writer. */
  readonly #latest = new Map<string, Attempt>();

  /** @param initial items of the source before anybody wrote. */
  constructor(initial: readonly { readonly key: Key; readonly item: Item }[]) {
    for (const { key, item } of initial)
      this.#effects.set(itemText(key), [{ side: 'source', content: itemText(item), acknowledged: true }]);
  }

  /** A writer sends one attempt of a write. */
  begin(actor: string, keys: readonly Key[]): Attempt {
    const attempt: Attempt = { keys: new Set(keys.map(itemText)), effects: [], underWay: true };
    this.#latest.set(actor, attempt);
    return attempt;
  }

  /** The application counts on what these attempts did, but to items that came back as unprocessed. */
  acknowledge(attempts: readonly Attempt[], unprocessed: readonly Key[] = []): void {
    const left = new Set(unprocessed.map(itemText));
    this.acknowledged++;
    for (const { effects } of attempts)
      for (const { key, effect } of effects) if (!left.has(key)) effect.acknowledged = true;
  }

  /** An effect of a writer's request on an item. */
  effect(side: Side, actor: string, key: Key, after: Item | undefined): void {
    const text = itemText(key);
    const effect = this.#add(text, side, after && itemText(after), false);
    const attempt = this.#latest.get(actor);
    if (attempt?.keys.has(text)) attempt.effects.push({ key: text, effect });
  }

  /** A removal by time to live, which nobody asked for and nobody is told of. */
  expired(side: Side, key: Key, counts: boolean): void {
    this.#add(itemText(key), side, undefined, counts);
  }

  /** Whether a writer still waits for an answer. */
  isUnderWay(actor: string): boolean {
    return this.#latest.get(actor)?.underWay === true;
  }

  /** What the application would read now. */
  truth(key: Key): string | undefined {
    return this.#effects.get(itemText(key))?.at(-1)?.content;
  }

  /**
   * What may stand under a key on the target: the last effect, or, while nobody counts on it and it came to the
   * source, the one before.
   */
  allowed(key: Key): Set<string | undefined> {
    const allowed = new Set<string | undefined>();
    const effects = this.#effects.get(itemText(key)) ?? [];
    for (let index = effects.length - 1; index >= 0; index--) {
      const effect = effects[index] as Effect;
      allowed.add(effect.content);
      if (effect.acknowledged || effect.side === 'target') return allowed;
    }
    allowed.add(undefined);
    return allowed;
  }

  /** Whether anybody but the start has changed the key. */
  isTouched(key: Key): boolean {
    return this.#touched.has(itemText(key));
  }

  /** Acknowledged effects on the source that came after the first effect on the target: accepted by both sides. */
  acceptedLate(): number {
    let late = 0;
    for (const effects of this.#effects.values()) {
      const first = effects.findIndex(({ side }) => side === 'target');
      if (first >= 0)
        late += effects
          .slice(first)
          .filter(({ side, acknowledged }) => side === 'source' && acknowledged).length;
    }
    return late;
  }

  #add(key: string, side: Side, content: string | undefined, acknowledged: boolean): Effect {
    const effect = { side, content, acknowledged };
    this.#touched.add(key);
    const effects = this.#effects.get(key);
    if (effects) effects.push(effect);
    else this.#effects.set(key, [effect]);
    return effect;
  }
}
