import { otherSide, type Side } from '../../shared/direction.ts';
import { itemText } from '../../shared/items.ts';
import type { Item, Key } from '../../shared/model.ts';

/** One effect on an item, in the order in which the effects came. */
interface Effect {
  readonly side: Side;
  readonly content: string | undefined;
  /** The application counts on it: its attempt was answered. */
  acknowledged: boolean;
  /** It came to a side that was left already, or a switch has left it behind: nobody may count on it any more. */
  leftBehind: boolean;
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
 * migrator: what must stand on the active side follows from the application's own history.
 */
export class Ledger {
  acknowledged = 0;
  #active: Side = 'source';
  readonly #effects = new Map<string, Effect[]>();
  readonly #touched = new Set<string>();
  /** The last attempt of each writer. */
  readonly #latest = new Map<string, Attempt>();

  /** @param initial items of the source before anybody wrote. */
  constructor(initial: readonly { readonly key: Key; readonly item: Item }[]) {
    for (const { key, item } of initial)
      this.#effects.set(itemText(key), [
        { side: 'source', content: itemText(item), acknowledged: true, leftBehind: false },
      ]);
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

  /**
   * What the application may find under a key: the last effect, or, while nobody counts on it, the one before. On the
   * side that is active there is no such doubt.
   * @param side where it looks. @default the other side, which may not have got what nobody counts on
   */
  allowed(key: Key, side: Side = otherSide(this.#active)): Set<string | undefined> {
    const allowed = new Set<string | undefined>();
    const effects = this.#standing(itemText(key));
    for (let index = effects.length - 1; index >= 0; index--) {
      const effect = effects[index] as Effect;
      allowed.add(effect.content);
      if (effect.acknowledged || effect.side === side) return allowed;
    }
    allowed.add(undefined);
    return allowed;
  }

  /** The application works on the other side from now on, and this is what it finds there under a key. */
  found(side: Side, key: Key, content: string | undefined): void {
    this.#active = side;
    const text = itemText(key);
    for (const effect of this.#standing(text).reverse()) {
      if (effect.acknowledged || effect.content === content) break;
      effect.leftBehind = true;
    }
    this.#add(text, side, content, true);
  }

  /** Whether anybody but the start has changed the key. */
  isTouched(key: Key): boolean {
    return this.#touched.has(itemText(key));
  }

  /** Effects that somebody counts on although a switch has left them behind: accepted by a side that was left. */
  acceptedLate(): number {
    return [...this.#effects.values()]
      .flat()
      .filter(({ leftBehind, acknowledged }) => leftBehind && acknowledged).length;
  }

  #standing(key: string): Effect[] {
    return (this.#effects.get(key) ?? []).filter(({ leftBehind }) => !leftBehind);
  }

  #add(key: string, side: Side, content: string | undefined, acknowledged: boolean): Effect {
    const effect = { side, content, acknowledged, leftBehind: side !== this.#active };
    this.#touched.add(key);
    const effects = this.#effects.get(key);
    if (effects) effects.push(effect);
    else this.#effects.set(key, [effect]);
    return effect;
  }
}
