import { dynamoDBClient, s3Client } from '../shared/clients.ts';
import { policyTurn } from '../shared/engine/policy-turn.ts';
import { environment } from '../shared/environment.ts';
import { BucketPolicies } from '../shared/resources/buckets/bucket-policies.ts';
import { TablePolicies } from '../shared/resources/tables/table-policies.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openMigration } from './migration.ts';

const policies = { table: new TablePolicies(dynamoDBClient()), bucket: new BucketPolicies(s3Client()) };

export const handler = taskHandler(async (event: MigrationEvent, context) => {
  const [, partition = '', , region = '', account = ''] = context.invokedFunctionArn.split(':');
  return policyTurn({
    migration: await openMigration(event, context),
    policies,
    migratorRoles: JSON.parse(environment('MIGRATOR_ROLES')),
    place: { partition, region, account },
  });
});
