import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { dynamoDBClient } from '../shared/clients.ts';
import { activeSide } from '../shared/direction.ts';
import { applyChanges } from '../shared/engine/apply.ts';
import { resourceOf } from '../shared/engine/migration.ts';
import { environment } from '../shared/environment.ts';
import { PermanentError } from '../shared/errors.ts';
import { StreamBindings } from '../shared/journal/journal.ts';
import { changeOfEvent } from '../shared/stores/dynamodb-feed.ts';
import { reservedAttribute } from '../shared/version.ts';
import { logger, metrics } from './handler.ts';
import { openMigration } from './migration.ts';

const bindings = new StreamBindings(dynamoDBClient(), environment('JOURNAL_TABLE'));

/** Every error is thrown: the batch comes again. A partial answer would not say which records are safe. */
export const handler = middy<DynamoDBStreamEvent, void, Error, Context>()
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .use(logMetrics(metrics, { throwOnEmptyMetrics: false }))
  .onError(({ error }) => {
    logger.error('the batch failed and will come again', error as Error);
  })
  .handler(async ({ Records }, context) => {
    const stream = Records[0]?.eventSourceARN ?? '';
    const binding = await bindings.read(stream);
    if (!binding) throw new PermanentError(`no migration is bound to the stream ${stream}`);
    logger.appendKeys({ migration: binding.migration, resource: binding.resource });
    const migration = await openMigration({ name: binding.migration, term: 0 }, context);
    const reserved = reservedAttribute(binding.migration);
    const changes = Records.map((record) => changeOfEvent(record, reserved));
    await applyChanges(migration, resourceOf(migration, binding.resource), binding.side, changes);
    // What the passive side tells is let go, however old it is.
    if (binding.side !== activeSide(migration.journal.epoch)) return;
    const oldest = Math.min(...changes.map(({ createdSecond }) => createdSecond));
    metrics.addMetric('Lag', MetricUnit.Seconds, Math.max(0, Date.now() / 1000 - oldest));
    metrics.addMetric('RecordsApplied', MetricUnit.Count, changes.length);
  });
