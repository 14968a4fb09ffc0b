import { activeSide, passiveSide, type Side } from '../direction.ts';
import { PermanentError } from '../errors.ts';
import type { PlannedResource } from '../resources/planned-resource.ts';
import type { Feed } from '../stores/feed.ts';
import type { AuditedMigration, Migration, SideFeed } from './migration.ts';
import { type CaptureFact, captureId } from './prepare.ts';

/** The same migration with the feeds of both sides as they are captured, for the auditor. */
export async function withFeeds(
  migration: Migration,
  feedOf: (stream: string, planned: PlannedResource) => Feed,
): Promise<AuditedMigration> {
  const { journal, plan } = migration;
  const feedsOf = (side: Side) =>
    Promise.all(
      plan.resources.map(async (planned, index): Promise<SideFeed | undefined> => {
        const { stream } = (await journal.fact<CaptureFact>(captureId(index, side))) ?? {};
        return stream === undefined ? undefined : { stream, feed: feedOf(stream, planned) };
      }),
    );
  const [active, passiveFeeds] = await Promise.all([
    feedsOf(activeSide(journal.epoch)),
    feedsOf(passiveSide(journal.epoch)),
  ]);
  return { ...migration, feeds: active.map((feed, index) => feed ?? notCaptured(index)), passiveFeeds };
}

/** Stands for a feed that nobody reads: of a target without a way back. */
function notCaptured(index: number): SideFeed {
  const refuse = () => {
    throw new PermanentError(`resource ${index} is not captured`);
  };
  return { stream: '', feed: { shards: refuse, reader: refuse } };
}
