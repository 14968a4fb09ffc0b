import type { Feed } from '../feed.ts';

/** Buckets have no stream of changes that could be read in order: events only hint at keys. */
export const noFeed: Feed = {
  shards: async () => [],
  reader: () => ({ next: async () => ({ changes: [], ended: true }) }),
};
