import { itemText } from '../../../shared/items.ts';
import type { RouteWatch } from '../route-watch.ts';
import { STRAY_KEY, type Stage } from '../stage.ts';
import { listedKeys } from './cells.ts';

/** The stream's own delay, and clocks that differ. */
const LATEST_MILLISECONDS = 1_500;

/**
 * The keys of the source that somebody has written after the switch, or so late behind the fence that the final
 * recheck may not have seen it: a request whose sender gave up can take effect then. Time to live is nobody.
 */
export class WrittenAstray {
  readonly #keys = new Set<string>();
  #inTime = false;

  constructor({ world, spec }: Stage, route: RouteWatch) {
    route.onWrite((state, before) => {
      if (state === 'fenced' && before !== 'fenced') this.#keys.clear();
    });
    world.onWrite(({ table, key, byTimeToLive }) => {
      if (table !== 'source' || (route.state !== 'fenced' && route.state !== 'target') || byTimeToLive)
        return;
      this.#keys.add(itemText(key));
      // What comes at the very end may show in the stream too late.
      if (key.id?.S === STRAY_KEY.id?.S)
        this.#inTime = route.age < spec.cutover.watchSeconds * 1_000 - LATEST_MILLISECONDS;
    });
  }

  /** Whatever was written past the routers after the switch is listed, and nobody else is accused. */
  assertListed(stage: Stage): void {
    const unwatched = stage.world
      .table('journal')
      .get({ pk: { S: 'migration#m' }, sk: { S: 'fact#unwatched' } });
    if (unwatched) stage.count('unwatched');
    const listed = listedKeys(stage, 'stray');
    if (!unwatched && this.#inTime && !listed.has(itemText(STRAY_KEY)))
      stage.violate('a stray was not listed: written after the switch, before the end of the watch');
    const accused = [...listed].find((key) => !this.#keys.has(key));
    if (accused !== undefined) stage.violate(`a stray that is none was listed: ${accused}`);
  }
}
