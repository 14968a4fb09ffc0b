import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { dynamoDBClient } from '../shared/clients.ts';
import { planMigration } from '../shared/engine/plan.ts';
import { Monitoring } from '../shared/monitoring.ts';
import { TableAccount } from '../shared/resources/tables/table-account.ts';
import { TablePlans } from '../shared/resources/tables/table-plans.ts';
import { systemRuntime } from '../shared/runtime.ts';
import { parseSpec } from '../shared/spec.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openJournal } from './migration.ts';

interface PlanEvent extends MigrationEvent {
  readonly spec: unknown;
  readonly notes?: readonly string[];
}

const plans = { table: new TablePlans(new TableAccount({ dynamodb: dynamoDBClient() })) };
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
