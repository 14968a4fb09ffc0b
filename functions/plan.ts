import { Account } from '../shared/account.ts';
import { dynamoDBClient } from '../shared/clients.ts';
import { planMigration } from '../shared/engine/plan.ts';
import { systemRuntime } from '../shared/runtime.ts';
import { parseSpec } from '../shared/spec.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openJournal } from './migration.ts';

interface PlanEvent extends MigrationEvent {
  readonly spec: unknown;
  readonly notChecked?: readonly string[];
}

const look = new Account({ dynamodb: dynamoDBClient() });

export const handler = taskHandler(async ({ name, term, spec, notChecked = [] }: PlanEvent) => {
  const journal = openJournal(name);
  const plan = await planMigration({
    spec: parseSpec(spec),
    look,
    journal,
    migration: { journal, runtime: systemRuntime, term },
    notChecked,
  });
  return { plan };
});
