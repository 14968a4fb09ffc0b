import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { alarmLook } from '../shared/alarms.ts';
import { dynamoDBClient, s3Client } from '../shared/clients.ts';
import type { UnitMigration } from '../shared/engine/migration.ts';
import { Pacer } from '../shared/engine/pacer.ts';
import type { UnitPhase } from '../shared/phases.ts';
import { type MigrationEvent, openMigration, type Remaining } from './migration.ts';
import { openResources } from './resources.ts';

export interface UnitEvent extends MigrationEvent {
  readonly unit: number;
  /** Workers of the Map Run. */
  readonly workers: number;
  /** When it ends, done or not; milliseconds since the epoch. */
  readonly until: number;
}

/** Of tables and buckets. The pacer goes on with the attempts, by what has throttled them. */
const client = dynamoDBClient({ maxAttempts: 3 });
const s3 = s3Client({ maxAttempts: 3 });
const alarmFires = alarmLook(new CloudWatchClient());

/** A migration as the worker of one unit sees it, with its resources behind the budget of all. */
export async function openUnit(
  event: UnitEvent,
  context: Remaining,
  phase: UnitPhase,
): Promise<UnitMigration> {
  const migration = { ...(await openMigration(event, context)), alarmFires };
  const { workers, until } = event;
  const pacer = new Pacer({ ...migration, phase, workers, until });
  return {
    ...migration,
    pacer,
    resources: await openResources(migration, { client, s3, meter: pacer }),
  };
}
