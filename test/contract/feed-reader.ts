import type { Change } from '../../shared/model.ts';
import type { Feed, ShardReader } from '../../shared/stores/feed.ts';
import type { Actor } from './judge.ts';

/** Readings of all shards without a change: after what is wanted, and before all of it has come. */
const SILENCE = 3;
const PATIENCE = 400;
const PAUSE_MILLISECONDS = 25;

/** A change, and the shard that had it. */
export interface ShardChange extends Change {
  readonly shard: string;
}

/**
 * Reads a feed until it has given `wanted` changes and is silent then: every shard from its start, or from after a
 * sequence number; a child only once its parent has ended, which may even be listed after it.
 */
export async function changesOf(
  { runtime }: Actor,
  feed: Feed,
  wanted: number,
  {
    after = new Map(),
    patience = PATIENCE,
  }: { readonly after?: ReadonlyMap<string, string>; readonly patience?: number } = {},
): Promise<ShardChange[]> {
  const readers = new Map<string, ShardReader>();
  const ended = new Set<string>();
  const changes: ShardChange[] = [];
  for (let silent = 0; silent < (changes.length < wanted ? patience : SILENCE); ) {
    const before = changes.length;
    for (const shard of await feed.shards()) {
      if (ended.has(shard.id) || (shard.parent !== undefined && !ended.has(shard.parent))) continue;
      const reader = readers.get(shard.id) ?? feed.reader(shard, after.get(shard.id));
      readers.set(shard.id, reader);
      const answer = await reader.next();
      if (answer.ended) ended.add(shard.id);
      changes.push(...answer.changes.map((change) => ({ ...change, shard: shard.id })));
    }
    silent = changes.length === before ? silent + 1 : 0;
    if (silent > 0) await runtime.sleep(PAUSE_MILLISECONDS);
  }
  return changes;
}
