import { LambdaClient } from '@aws-sdk/client-lambda';
import { Account } from '../shared/account.ts';
import { dynamoDBClient } from '../shared/clients.ts';
import { completeMigration } from '../shared/engine/complete.ts';
import { environment } from '../shared/environment.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

const account = new Account({ dynamodb: dynamoDBClient(), lambda: new LambdaClient() });

export const handler = taskHandler(async (event: MigrationEvent, context) =>
  completeMigration(await openMigration(event, context), account, {
    applier: environment('APPLY_FUNCTION_ARN'),
  }),
);
