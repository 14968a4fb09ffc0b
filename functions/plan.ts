import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { dynamoDBClient, s3Client } from '../shared/clients.ts';
import { planMigration } from '../shared/engine/plan.ts';
import { Monitoring } from '../shared/monitoring.ts';
import { BucketAccount } from '../shared/resources/buckets/bucket-account.ts';
import { BucketPlans } from '../shared/resources/buckets/bucket-plans.ts';
import { BucketSettingsLook } from '../shared/resources/buckets/bucket-settings-look.ts';
import { TableAccount } from '../shared/resources/tables/table-account.ts';
import { TablePlans } from '../shared/resources/tables/table-plans.ts';
import { systemRuntime } from '../shared/runtime.ts';
import { parseSpec } from '../shared/spec.ts';
import { taskHandler } from './handler.ts';
import { openJournal } from './journal.ts';
import type { MigrationEvent } from './migration.ts';

interface PlanEvent extends MigrationEvent {
  readonly spec: unknown;
  readonly notes?: readonly string[];
}

const s3 = s3Client();
const plans = {
  table: new TablePlans(new TableAccount({ dynamodb: dynamoDBClient() })),
  bucket: new BucketPlans({
    client: s3,
    account: new BucketAccount(s3),
    look: new BucketSettingsLook(s3),
  }),
};
const monitoring = new Monitoring(new CloudWatchClient());

export const handler = taskHandler(async ({ name, term, spec, notes = [] }: PlanEvent) => {
  const journal = openJournal(name);
  const plan = await planMigration({
    spec: parseSpec(spec),
    plans,
    monitoring,
    journal,
    migration: { journal, runtime: systemRuntime, term },
    notes,
  });
  return { plan };
});
