import { itemText } from '../../../shared/items.ts';
import type { RouteWatch } from '../route-watch.ts';
import { STRAY_KEY, type Stage } from '../stage.ts';
import { everListedKeys } from './cells.ts';
import { isStranger } from './permits.ts';

/** The stream's own delay, and clocks that differ. */
const LATEST_MILLISECONDS = 1_500;

/**
 * The keys of a side that somebody has written after it was left, or so late behind the fence that the final recheck
 * may not have seen it: a request whose sender gave up can take effect then. Time to live is nobody.
 */
export class WrittenAstray {
  readonly #keys = new Set<string>();
  #inTime = false;

  constructor(stage: Stage, route: RouteWatch) {
    const { world, spec } = stage;
    const { complete, watchSeconds } = spec.cutover;
    route.onWrite((state, before) => {
      if (state === 'fenced' && before !== 'fenced' && stage.epoch === 1) this.#keys.clear();
    });
    world.onWrite(({ table, key, actor, byTimeToLive }) => {
      if (table !== 'source' && table !== 'target') return;
      if (byTimeToLive || !isStranger(actor) || (table === route.active && route.state !== 'fenced')) return;
      this.#keys.add(itemText(key));
      // What comes at the very end may show in the stream too late.
      if (key.id?.S === STRAY_KEY.id?.S)
        this.#inTime =
          complete === 'automatic' &&
          stage.setting.switches === 1 &&
          route.age < watchSeconds * 1_000 - LATEST_MILLISECONDS;
    });
  }

  /** Whatever was written past the routers after the switch is listed, and nobody else is accused. */
  assertListed(stage: Stage): void {
    const unwatched = stage.world
      .table('journal')
      .items()
      .some(({ sk }) => sk?.S?.endsWith('#unwatched'));
    if (unwatched) stage.count('unwatched');
    const listed = everListedKeys(stage, 'stray');
    if (!unwatched && this.#inTime && !listed.has(itemText(STRAY_KEY)))
      stage.violate('a stray was not listed: written after the switch, before the end of the watch');
    const accused = [...listed].find((key) => !this.#keys.has(key));
    if (accused !== undefined) stage.violate(`a stray that is none was listed: ${accused}`);
  }
}
