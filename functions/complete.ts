import { LambdaClient } from '@aws-sdk/client-lambda';
import { dynamoDBClient } from '../shared/clients.ts';
import { completeMigration } from '../shared/engine/complete.ts';
import { environment } from '../shared/environment.ts';
import { TableAccount } from '../shared/resources/tables/table-account.ts';
import { TableCaptures } from '../shared/resources/tables/table-captures.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

const account = new TableAccount({ dynamodb: dynamoDBClient(), lambda: new LambdaClient() });
const captures = { table: new TableCaptures(account, environment('APPLY_FUNCTION_ARN')) };

export const handler = taskHandler(async (event: MigrationEvent, context) =>
  completeMigration(await openMigration(event, context), captures),
);
