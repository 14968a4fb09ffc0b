import { itemText } from '../../../shared/items.ts';
import type { Item, Key } from '../../../shared/model.ts';
import type { RouteWatch } from '../route-watch.ts';
import type { Stage } from '../stage.ts';
import { contentOf, versionOf } from './cells.ts';

/** One state of an item of the source, and the sequence number of the record that tells of it. */
interface State {
  readonly content: string | undefined;
  /** Absent where no record tells of it: the stream was not on yet. */
  readonly sequence: bigint | undefined;
}

/**
 * The heart of convergence, at every write: a version on the target never claims more than the content beside it. If
 * it did, the records in between would be refused, and nobody would notice.
 */
export function versionsClaimNoMore(stage: Stage, route: RouteWatch): void {
  const { world } = stage;
  const history = new Map<string, State[]>();
  for (const { key, item } of world.table('source').entries)
    history.set(itemText(key), [{ content: contentOf(item), sequence: undefined }]);
  world.onWrite(({ table, key, after, actor }) => {
    const text = itemText(key);
    const states = history.get(text) ?? [{ content: undefined, sequence: undefined }];
    if (table === 'source') {
      states.push({ content: contentOf(after), sequence: sequenceOf(stage, key, after) });
      history.set(text, states);
    }
    const version = table === 'target' && route.state !== 'target' ? versionOf(after) : undefined;
    // The numbers of another stream say nothing of this one's.
    if (!version || stage.streamReplaced) return;
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
function sequenceOf({ world }: Stage, key: Key, after: Item | undefined): bigint | undefined {
  const table = world.table('source');
  const { hash } = table.entry(key);
  const last = table.stream?.shards.find((shard) => shard.takes(hash))?.records.at(-1);
  const { Keys, NewImage } = last?.record.dynamodb ?? {};
  if (!last || !Keys || itemText(Keys as Item) !== itemText(key)) return undefined;
  return contentOf(NewImage as Item | undefined) === contentOf(after) ? BigInt(last.sequence) : undefined;
}
