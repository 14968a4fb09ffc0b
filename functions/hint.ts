import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import { dynamoDBClient } from '../shared/clients.ts';
import { activeSide } from '../shared/direction.ts';
import { settleHints } from '../shared/engine/hint.ts';
import { resourceOf } from '../shared/engine/migration.ts';
import { environment } from '../shared/environment.ts';
import { type BucketBinding, BucketBindings } from '../shared/journal/bucket-bindings.ts';
import { inParallel } from '../shared/parallel.ts';
import { hintedChanges, type ObjectEvent, objectEvents } from '../shared/stores/s3/s3-events.ts';
import { logger, metrics } from './handler.ts';
import { openMigration, type Remaining } from './migration.ts';

const bindings = new BucketBindings(dynamoDBClient(), environment('JOURNAL_TABLE'));

/**
 * Every error is thrown: the batch comes again. But all whom it concerns have had it before, so that no migration waits
 * for another one that fails. The events of a bucket that none is bound to concern nobody.
 */
export const handler = middy<SQSEvent, void, Error, Context>()
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .use(logMetrics(metrics, { throwOnEmptyMetrics: false }))
  .onError(({ error }) => {
    logger.error('the batch failed and will come again', error as Error);
  })
  .handler(async ({ Records }, context) => {
    const events = objectEvents(Records);
    const buckets = [...new Set(events.map(({ bucket }) => bucket))];
    const bound = (await Promise.all(buckets.map((bucket) => bindings.of(bucket)))).flat();
    await inParallel(bound, bound.length, (binding) => settle(binding, events, context));
  });

async function settle(
  { migration: name, resource, side, location }: BucketBinding,
  events: readonly ObjectEvent[],
  context: Remaining,
): Promise<void> {
  const changes = events.flatMap((event) => hintedChanges(location, event));
  if (changes.length === 0) return;
  const migration = await openMigration({ name, term: 0 }, context);
  await settleHints(migration, resourceOf(migration, resource), { side, changes });
  // Nobody waits for what the passive side tells, however old it is.
  if (side !== activeSide(migration.journal.epoch)) return;
  const since = Math.min(...changes.map(({ at }) => at));
  metrics.addMetric('Lag', MetricUnit.Seconds, Math.max(0, (Date.now() - since) / 1_000));
  metrics.addMetric('HintsSettled', MetricUnit.Count, changes.length);
}
