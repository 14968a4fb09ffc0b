import { LambdaClient } from '@aws-sdk/client-lambda';
import { dynamoDBClient, s3Client } from '../shared/clients.ts';
import { backUp, captureOn, prepareTargets, prepareWayBack } from '../shared/engine/prepare.ts';
import { BucketAccount } from '../shared/resources/buckets/bucket-account.ts';
import { BucketBackups } from '../shared/resources/buckets/bucket-backups.ts';
import { BucketTargets } from '../shared/resources/buckets/bucket-targets.ts';
import { TableAccount } from '../shared/resources/tables/table-account.ts';
import { TableBackups } from '../shared/resources/tables/table-backups.ts';
import { TableTargets } from '../shared/resources/tables/table-targets.ts';
import { openCaptures } from './captures.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

interface PrepareEvent extends MigrationEvent {
  readonly phase: 'target' | 'backup' | 'capture' | 'way-back';
}

const dynamodb = dynamoDBClient();
const tables = new TableAccount({ dynamodb, lambda: new LambdaClient() });
const targets = { table: new TableTargets(tables), bucket: new BucketTargets() };
const backups = { table: new TableBackups(tables), bucket: new BucketBackups() };
const capture = openCaptures(dynamodb, tables, new BucketAccount(s3Client()));

export const handler = taskHandler(async (event: PrepareEvent, context) => {
  const migration = await openMigration(event, context);
  switch (event.phase) {
    case 'target':
      return prepareTargets(migration, targets);
    case 'backup':
      return backUp(migration, backups);
    case 'capture':
      return captureOn(migration, capture);
    case 'way-back':
      return prepareWayBack(migration, capture);
  }
});
