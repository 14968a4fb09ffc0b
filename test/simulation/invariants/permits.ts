import { itemText } from '../../../shared/items.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { contentOf } from './cells.ts';

interface StandingPermit {
  readonly id: string;
  readonly kind: string;
  /** The floor at the moment at which it was written. */
  readonly floor: number;
  /** The gate was open at some moment since then. */
  wasOpen: boolean;
  /** The gate was moved since then: who reads it only now is refused, but this one may have read it before. */
  gateMoved: boolean;
}

/** The permits that are out, as the journal has them at each moment. */
export class Permits {
  readonly #out = new Map<string, StandingPermit>();
  #gate = { open: false, floor: 0, revision: 0 };

  constructor({ world }: Stage) {
    world.onWrite(({ table, key, before, after }) => {
      if (table !== 'journal') return;
      if (key.pk?.S?.startsWith('permit#')) {
        const id = key.sk?.S as string;
        if (!after) this.#out.delete(id);
        else if (!before)
          this.#out.set(id, {
            id,
            kind: after.kind?.S as string,
            wasOpen: this.#gate.open,
            gateMoved: false,
            floor: this.#gate.floor,
          });
      }
      if (key.pk?.S?.startsWith('gate#') && after) {
        const revision = Number(after.revision?.N);
        const moved = revision !== this.#gate.revision;
        this.#gate = { open: after.open?.BOOL === true, floor: Number(after.floor?.N), revision };
        for (const permit of this.#out.values()) {
          permit.wasOpen ||= this.#gate.open;
          permit.gateMoved ||= moved;
        }
      }
    });
  }

  get out(): StandingPermit[] {
    return [...this.#out.values()];
  }

  of(actor: string): StandingPermit[] {
    return this.out.filter(({ id }) => id.startsWith(`${actor}.`));
  }

  others(actor: string): StandingPermit[] {
    return this.out.filter(({ id }) => !id.startsWith(`${actor}.`));
  }
}

/** Who is none of the migrator's: the application, and whoever writes without a router or filled the table. */
export function isStranger(actor: string): boolean {
  return actor.startsWith('writer') || actor.startsWith('stray writer') || actor === 'load';
}

/**
 * Whatever the migrator writes to the passive side is covered by a permit of its own at the moment of its effect. None
 * takes effect that was asked for at a shut gate, and none is out once the direction is closed, or at the switch.
 */
export function writesArePermitted(stage: Stage, route: RouteWatch, permits: Permits): void {
  const { world } = stage;
  let closed: string | undefined;
  route.onSwitch(() => {
    // One that was asked for at the shut gate, or by a final recheck after the switch's step has moved it, will be refused.
    const granted = permits.out.filter(
      ({ wasOpen, gateMoved, kind }) => wasOpen || (kind === 'recheck' && gateMoved),
    );
    if (granted.length > 0)
      stage.violate(`a permit is out at the switch: ${granted.map(({ id }) => id).join(', ')}`);
  });
  world.onWrite(({ table, key, before, after, actor, byTimeToLive }) => {
    if (table === 'journal' && key.pk?.S?.startsWith('gate#')) {
      if (before?.sealed?.BOOL && after?.open?.BOOL)
        stage.violate(`a sealed direction was opened: by ${actor}`);
      if (Number(after?.epoch?.N) < Number(before?.epoch?.N ?? 0))
        stage.violate(`an epoch went back: by ${actor}`);
    }
    const begins = (phase: string) => after?.phase?.S === phase && before?.phase?.S !== phase;
    if (table === 'journal' && key.sk?.S === 'coordinator' && begins('sweep')) {
      const late = permits.out.find(({ wasOpen }) => wasOpen);
      if (late) stage.violate(`swept while a permit is out: ${late.id}`);
    }
    if (table === 'journal' && key.sk?.S === 'coordinator' && route.state === 'fenced') {
      const { done, attempt } = after?.cutover?.M ?? {};
      const late = permits.out.find(({ wasOpen }) => wasOpen);
      if (done?.S === 'close' && attempt?.N !== closed && late)
        stage.violate(`closed while a permit is out: ${late.id}`);
      if (done?.S === 'close') closed = attempt?.N;
    }
    if (table !== route.passive || isStranger(actor) || byTimeToLive) return;
    const own = permits.of(actor);
    // After the end what is left of the migrator is removed, without a permit.
    if (stage.sealed && contentOf(before) === contentOf(after)) return;
    if (before && actor.startsWith('copy'))
      stage.violate(`a copied item overwrote: ${actor} wrote ${itemText(key)}`);
    else if (own.length === 0 && after)
      stage.violate(`written without a permit: ${actor} wrote ${itemText(key)}`);
    else if (after && !own.some(({ wasOpen, kind }) => wasOpen || kind === 'recheck'))
      stage.violate(`written although the gate was shut: ${actor} wrote ${itemText(key)}`);
  });
}
