import { dynamoDBClient } from '../shared/clients.ts';
import { policyTurn } from '../shared/engine/policy-turn.ts';
import { environment } from '../shared/environment.ts';
import { ResourcePolicies } from '../shared/resource-policies.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

const policies = new ResourcePolicies(dynamoDBClient());

export const handler = taskHandler(async (event: MigrationEvent, context) => {
  const [, partition, , region, account] = context.invokedFunctionArn.split(':');
  return policyTurn({
    migration: await openMigration(event, context),
    policies,
    migratorRoles: JSON.parse(environment('MIGRATOR_ROLES')),
    arnOf: (table) => `arn:${partition}:dynamodb:${region}:${account}:table/${table}`,
  });
});
