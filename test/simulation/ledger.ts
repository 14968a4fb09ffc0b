import { itemText } from '../../shared/items.ts';
import type { Item, Key } from '../../shared/model.ts';

/** One effect of an application's write, in the order in which the effects came. */
interface Effect {
  readonly side: 'source' | 'target';
  readonly content: string | undefined;
  readonly actor: string;
  /** Its attempt was answered: the application counts on it. */
  acknowledged: boolean;
}

/**
 * What the application did, by the effects of its attempts, and which of them it counts on. It knows nothing of the
 * migrator: what must stand on the target at the end follows from the application's own history.
 */
export class Ledger {
  readonly #effects = new Map<string, Effect[]>();
  readonly #underWay = new Map<string, { readonly key: string; readonly effects: Effect[] }>();
  acknowledged = 0;

  /** A writer sends one attempt of a write. */
  begin(actor: string, key: Key): void {
    this.#underWay.set(actor, { key: itemText(key), effects: [] });
  }

  /** The attempt was answered, or given up. */
  end(actor: string, acknowledged: boolean): void {
    const attempt = this.#underWay.get(actor);
    this.#underWay.delete(actor);
    if (!acknowledged) return;
    this.acknowledged++;
    for (const effect of attempt?.effects ?? []) effect.acknowledged = true;
  }

  /** An effect of a writer's request on an item. */
  effect(side: 'source' | 'target', actor: string, key: Key, after: Item | undefined): void {
    const text = itemText(key);
    const effect = { side, content: after && itemText(after), actor, acknowledged: false };
    this.#effects.set(text, [...(this.#effects.get(text) ?? []), effect]);
    const attempt = this.#underWay.get(actor);
    if (attempt?.key === text) attempt.effects.push(effect);
  }

  /** The content that may stand under a key at the end: the last effect, or, if nobody counts on it and it came to the source, the one before. */
  allowed(key: string, initial: string | undefined): Set<string | undefined> {
    const allowed = new Set<string | undefined>();
    const effects = this.#effects.get(key) ?? [];
    for (let index = effects.length - 1; index >= 0; index--) {
      const effect = effects[index] as Effect;
      allowed.add(effect.content);
      if (effect.acknowledged || effect.side === 'target') return allowed;
    }
    allowed.add(initial);
    return allowed;
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
}
