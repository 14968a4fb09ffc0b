import { LambdaClient } from '@aws-sdk/client-lambda';
import { Account } from '../shared/account.ts';
import { dynamoDBClient } from '../shared/clients.ts';
import { backUp, captureOn, prepareTargets, prepareWayBack } from '../shared/engine/prepare.ts';
import { environment } from '../shared/environment.ts';
import { StreamBindings } from '../shared/journal/journal.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

interface PrepareEvent extends MigrationEvent {
  readonly phase: 'target' | 'backup' | 'capture' | 'way-back';
}

const dynamodb = dynamoDBClient();
const account = new Account({ dynamodb, lambda: new LambdaClient() });
const bindings = new StreamBindings(dynamodb, environment('JOURNAL_TABLE'));

export const handler = taskHandler(async (event: PrepareEvent, context) => {
  const migration = await openMigration(event, context);
  const capture = { bindings, applier: environment('APPLY_FUNCTION_ARN') };
  switch (event.phase) {
    case 'target':
      return prepareTargets(migration, account);
    case 'backup':
      return backUp(migration, account);
    case 'capture':
      return captureOn(migration, account, capture);
    case 'way-back':
      return prepareWayBack(migration, account, capture);
  }
});
