import { LambdaClient } from '@aws-sdk/client-lambda';
import { dynamoDBClient } from '../shared/clients.ts';
import { backUp, captureOn, prepareTargets, prepareWayBack } from '../shared/engine/prepare.ts';
import { environment } from '../shared/environment.ts';
import { StreamBindings } from '../shared/journal/journal.ts';
import { TableAccount } from '../shared/resources/tables/table-account.ts';
import { TableBackups } from '../shared/resources/tables/table-backups.ts';
import { TableCaptures } from '../shared/resources/tables/table-captures.ts';
import { TableTargets } from '../shared/resources/tables/table-targets.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

interface PrepareEvent extends MigrationEvent {
  readonly phase: 'target' | 'backup' | 'capture' | 'way-back';
}

const dynamodb = dynamoDBClient();
const tables = new TableAccount({ dynamodb, lambda: new LambdaClient() });
const targets = { table: new TableTargets(tables) };
const backups = { table: new TableBackups(tables) };
const capture = {
  bindings: new StreamBindings(dynamodb, environment('JOURNAL_TABLE')),
  captures: { table: new TableCaptures(tables, environment('APPLY_FUNCTION_ARN')) },
};

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
