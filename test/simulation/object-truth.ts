import type { Side } from '../../shared/direction.ts';
import { type BucketStage, LOCATIONS } from './bucket-stage.ts';
import { historyOf, isEqual, isWithin, textsOf, type Version } from './invariants/histories.ts';
import { isCopyOf, objectText } from './object-text.ts';
import type { RouteWatch } from './route-watch.ts';

/** Longer than any request of the application is on its way. */
const LATE_MILLISECONDS = 3_000;

/** A write that an application has begun. */
interface Begun {
  readonly name: string;
  readonly key: string;
  endedAt: number | undefined;
  /** On which sides it took effect. */
  readonly effects: Set<Side>;
}

/**
 * What the application has made of its objects, by the effects of its own requests: each effect on the side that is
 * active is the truth. Nobody but the application writes that side, and what it was told to be done was done there.
 */
export class ObjectTruth {
  acknowledged = 0;
  readonly #stage: BucketStage;
  readonly #truth = new Map<string, string>();
  /** All versions that it has made, the current one last. */
  readonly #histories = new Map<string, Version[]>();
  /** Keys that had versions of the target's own before, and where these may stand. */
  readonly #replaced = new Map<string, readonly Side[]>();
  /** Keys of which something was written where the application did not work any more. */
  readonly #strayed = new Set<string>();
  readonly #begun: Begun[] = [];
  readonly #away = new Set<string>();

  constructor(stage: BucketStage, route: RouteWatch) {
    this.#stage = stage;
    for (const key of stage.keys) {
      this.#truth.set(key, textAt(stage, 'source', key));
      this.#histories.set(key, [...historyOf(stage, 'source', key)]);
      if (historyOf(stage, 'target', key).length > 0) {
        const isNew = historyOf(stage, 'source', key).length === 0;
        this.#replaced.set(key, isNew ? ['source', 'target'] : ['target']);
      }
    }
    stage.world.onObject(({ bucket, key: whole, before, after }) => {
      const side = bucket as Side;
      const key = whole.slice(LOCATIONS[side].prefix.length);
      if (!whole.startsWith(LOCATIONS[side].prefix)) return;
      const own = this.#open(key).find(({ name }) => after === undefined || isBy(objectText(after), name));
      if (side !== route.active) {
        // An attempt that was given up may still take effect where it was sent.
        if (own) this.#strayed.add(key);
        if (own && route.state !== 'announced') own.effects.add(side);
        if (own) this.#away.add(key);
        return;
      }
      if (!own) stage.violate(`somebody else wrote "${key}" on the active ${side}: ${objectText(after)}`);
      own?.effects.add(side);
      this.#truth.set(key, objectText(after));
      const history = this.#histories.get(key) ?? [];
      // Other tags make no other version.
      if (after && after.versionId === before?.versionId) history.pop();
      history.push(after ?? { key, versionId: '', lastModifiedMilliseconds: 0 });
    });
  }

  /** A write begins. @returns what is to be called with its answer. */
  begin(name: string, key: string): (answered: boolean, active: Side) => void {
    const begun: Begun = { name, key, endedAt: undefined, effects: new Set() };
    this.#begun.push(begun);
    return (answered, active) => {
      begun.endedAt = this.#stage.world.scheduler.clock;
      if (!answered) return;
      this.acknowledged++;
      if (begun.effects.size === 0) this.#stage.count('write without an effect');
      else if (!begun.effects.has(active) && !begun.effects.has(active === 'source' ? 'target' : 'source'))
        this.#stage.violate(`${name} was acknowledged, and had no effect`);
    };
  }

  /** Whether a request of the application for a key has taken effect on a side that was not active. */
  tookEffectAway(key: string): boolean {
    return this.#away.has(key);
  }

  /** What the active side holds is what the application has made of it. */
  assertOn(side: Side, when: string): void {
    for (const [key, expected] of this.#truth) {
      const found = textAt(this.#stage, side, key);
      if (!isCopyOf(found, expected))
        this.#stage.violate(
          `"${key}" is lost or resurrected ${when}: ${found} at the ${side}, expected ${expected}`,
        );
      if (this.#stage.setting.versions) this.#assertHistory(side, key, when);
    }
  }

  #assertHistory(side: Side, key: string, when: string): void {
    const expected = textsOf(this.#stage, this.#histories.get(key) ?? []);
    const found = textsOf(this.#stage, historyOf(this.#stage, side, key));
    // What the application has not made stands before or between. It is not carried back, but under a key of which the
    // source has nothing: whether it is new nobody can tell.
    const hasOthers = this.#strayed.has(key) || (this.#replaced.get(key)?.includes(side) ?? false);
    if (hasOthers ? isWithin(expected, found) : isEqual(expected, found)) return;
    this.#stage.violate(
      `versions of "${key}" are lost, new or in disorder ${when}: ${found.join(' ')} at the ${side}, expected ${expected.join(' ')}`,
    );
  }

  #open(key: string): Begun[] {
    const now = this.#stage.world.scheduler.clock;
    return this.#begun.filter(
      (write) =>
        write.key === key && (write.endedAt === undefined || now - write.endedAt < LATE_MILLISECONDS),
    );
  }
}

function isBy(text: string, name: string): boolean {
  return text.includes(JSON.stringify(name));
}

function textAt(stage: BucketStage, side: Side, key: string): string {
  const { bucket, prefix } = LOCATIONS[side];
  return objectText(stage.world.bucket(bucket).current(`${prefix}${key}`));
}
