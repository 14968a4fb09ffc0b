import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { alarmLook } from '../shared/alarms.ts';
import { dynamoDBClient, s3Client } from '../shared/clients.ts';
import { UNITS_AT_ONCE } from '../shared/engine/full-round.ts';
import { isHinted } from '../shared/engine/hinted.ts';
import { unitsLeft } from '../shared/engine/left.ts';
import type { Migration, PacedResources } from '../shared/engine/migration.ts';
import { Pacer } from '../shared/engine/pacer.ts';
import { mappingStates } from '../shared/engine/prepare.ts';
import { catchUp, standBy } from '../shared/engine/stand-by.ts';
import { TargetWatch } from '../shared/engine/target-watch.ts';
import { uploadsOfOthers } from '../shared/engine/unrouted.ts';
import { Watchdog } from '../shared/engine/watchdog.ts';
import { environment } from '../shared/environment.ts';
import { BucketBindings } from '../shared/journal/bucket-bindings.ts';
import { Monitoring } from '../shared/monitoring.ts';
import { isUnitPhase, type StandByPhase, type UnitPhase } from '../shared/phases.ts';
import { BucketAccount } from '../shared/resources/buckets/bucket-account.ts';
import { BucketFitness } from '../shared/resources/buckets/bucket-fitness.ts';
import { BucketPolicies } from '../shared/resources/buckets/bucket-policies.ts';
import { BucketSettings } from '../shared/resources/buckets/bucket-settings.ts';
import { BucketSettingsLook } from '../shared/resources/buckets/bucket-settings-look.ts';
import { BucketUploads } from '../shared/resources/buckets/bucket-uploads.ts';
import { TableAccount } from '../shared/resources/tables/table-account.ts';
import { TableFitness } from '../shared/resources/tables/table-fitness.ts';
import { TablePolicies } from '../shared/resources/tables/table-policies.ts';
import { TableSettings } from '../shared/resources/tables/table-settings.ts';
import { openCaptures } from './captures.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';
import { openResources } from './resources.ts';

interface StandByEvent extends MigrationEvent {
  readonly phase: UnitPhase | 'catch-up' | StandByPhase;
}

const dynamodb = dynamoDBClient();
const tables = new TableAccount({ dynamodb, lambda: new LambdaClient() });
const cloudwatch = new CloudWatchClient();
const s3 = s3Client();
const buckets = new BucketAccount(s3);
const look = new BucketSettingsLook(s3);
const { captures } = openCaptures(dynamodb, tables, buckets);
const uploads = { bucket: new BucketUploads(buckets, s3) };
const targets = new TargetWatch({
  table: new TableFitness(tables, new Monitoring(cloudwatch)),
  bucket: new BucketFitness(),
});
const bound = new BucketBindings(dynamodb, environment('JOURNAL_TABLE'));
const watchdog = new Watchdog(
  { table: new TableSettings(tables), bucket: new BucketSettings({ account: buckets, look, bound }) },
  { table: new TablePolicies(dynamodb), bucket: new BucketPolicies(s3) },
);
const alarmFires = alarmLook(cloudwatch);

export const handler = taskHandler(async (event: StandByEvent, context) => {
  const { phase } = event;
  const migration = { ...(await openAudited(event, context)), alarmFires };
  if (phase !== 'sweep') await watchdog.look(migration);
  if (isUnitPhase(phase)) return unitsLeft(migration, phase);
  if (phase === 'catch-up') return catchUp(migration);
  return standBy({ ...migration, paced: await openPaced(migration) }, phase, {
    mappings: () => mappingStates(migration, captures),
    targets: () => targets.states(migration),
    uploads: () => uploadsOfOthers(migration, uploads),
  });
});

/** What is compared to the end before a cutover is held back by the pace as the full comparison is. */
async function openPaced(migration: Migration): Promise<PacedResources | undefined> {
  if (!isHinted(migration)) return undefined;
  const pacer = new Pacer({ ...migration, phase: 'verify', alone: UNITS_AT_ONCE });
  return { pacer, resources: await openResources(migration, { meter: pacer }) };
}
