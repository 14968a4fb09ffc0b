import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Account } from '../shared/account.ts';
import { dynamoDBClient } from '../shared/clients.ts';
import { mappingStates } from '../shared/engine/prepare.ts';
import { catchUp, standBy } from '../shared/engine/stand-by.ts';
import { TargetWatch } from '../shared/engine/target-watch.ts';
import { Monitoring } from '../shared/monitoring.ts';
import type { StandByPhase } from '../shared/phases.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';

interface StandByEvent extends MigrationEvent {
  readonly phase: 'catch-up' | StandByPhase;
}

const account = new Account({ dynamodb: dynamoDBClient(), lambda: new LambdaClient() });
const targets = new TargetWatch(account, new Monitoring(new CloudWatchClient()));

export const handler = taskHandler(async (event: StandByEvent, context) => {
  const migration = await openAudited(event, context);
  if (event.phase === 'catch-up') return catchUp(migration);
  return standBy(migration, event.phase, {
    mappings: () => mappingStates(migration, account),
    targets: () => targets.states(migration),
  });
});
