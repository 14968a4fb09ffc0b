import type { Side } from '../../../shared/direction.ts';
import { itemText } from '../../../shared/items.ts';
import type { Item, Key } from '../../../shared/model.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { contentOf, versionOf } from './cells.ts';

/** One state of an item of the active side, and the sequence number of the record that tells of it. */
interface State {
  readonly content: string | undefined;
  /** Absent where no record tells of it: the stream was not on yet. */
  readonly sequence: bigint | undefined;
}

/**
 * The heart of convergence, at every write: a version on the passive side never claims more than the content beside it. If
 * it did, the records in between would be refused, and nobody would notice.
 */
export function versionsClaimNoMore(stage: Stage, route: RouteWatch): void {
  const { world } = stage;
  const history = { source: new Map<string, State[]>(), target: new Map<string, State[]>() };
  for (const side of ['source', 'target'] as const)
    for (const { key, item } of world.table(side).entries)
      history[side].set(itemText(key), [{ content: contentOf(item), sequence: undefined }]);
  world.onWrite(({ table, key, after, actor }) => {
    if (table !== 'source' && table !== 'target') return;
    const text = itemText(key);
    const own = history[table].get(text) ?? [{ content: undefined, sequence: undefined }];
    own.push({ content: contentOf(after), sequence: sequenceOf(stage, table, key, after) });
    history[table].set(text, own);
    const version = table === route.passive ? versionOf(after) : undefined;
    // The numbers of another stream say nothing of this one's.
    if (version?.epoch !== stage.epoch || stage.streamReplaced) return;
    const states = history[route.active].get(text) ?? [{ content: undefined, sequence: undefined }];
    const content = contentOf(after);
    const newest = states.findLastIndex((state) => state.content === content);
    const claimed = states.findLastIndex(
      ({ sequence }) => sequence !== undefined && sequence <= BigInt(version.prefix.slice(2)),
    );
    if (newest < claimed)
      stage.violate(
        `a version claims more than its content: ${actor} wrote ${content ?? 'a removal'} under ${text}, as if it were ${states[claimed]?.content ?? 'removed'}`,
      );
  });
}

/** The sequence number of the record of the change that has just been made, if the stream has one. */
function sequenceOf({ world }: Stage, side: Side, key: Key, after: Item | undefined): bigint | undefined {
  const table = world.table(side);
  const { hash } = table.entry(key);
  const last = table.stream?.shards.find((shard) => shard.takes(hash))?.records.at(-1);
  const { Keys, NewImage } = last?.record.dynamodb ?? {};
  if (!last || !Keys || itemText(Keys as Item) !== itemText(key)) return undefined;
  return contentOf(NewImage as Item | undefined) === contentOf(after) ? BigInt(last.sequence) : undefined;
}
