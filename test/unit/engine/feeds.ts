import { ChangesGoneError } from '../../../shared/errors.ts';
import type { Change } from '../../../shared/model.ts';
import type { Feed, Shard } from '../../../shared/stores/feed.ts';

export interface ScriptedShard extends Shard {
  /** The answers of its reader, one after the other; then it has nothing more, or has ended. */
  readonly answers: readonly (readonly Change[])[];
  readonly closed?: boolean;
}

/** A feed that gives what it is told, and notes which shards were asked. */
export function scriptedFeed(...shards: readonly ScriptedShard[]) {
  const asked: string[] = [];
  const feed: Feed = {
    shards: async () => shards,
    reader: ({ id }, after) => {
      const { answers = [], closed = false } = shards.find((shard) => shard.id === id) ?? {};
      let next = answers.findIndex((changes) => changes.some(({ sequence }) => sequence === after)) + 1;
      return {
        async next() {
          asked.push(id);
          const changes = answers[next++] ?? [];
          return { changes, ended: closed && next >= answers.length };
        },
      };
    },
  };
  return { feed, asked };
}

const gone = () => Promise.reject(new ChangesGoneError('changes of a shard are gone'));

/** A feed whose changes are gone unseen. */
export const GONE = { shards: gone, reader: gone as never } satisfies Feed;
