import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Account } from '../shared/account.ts';
import { dynamoDBClient } from '../shared/clients.ts';
import { mappingStates } from '../shared/engine/prepare.ts';
import { catchUp, standReady } from '../shared/engine/ready.ts';
import { TargetWatch } from '../shared/engine/target-watch.ts';
import { watchForStrays } from '../shared/engine/watch.ts';
import { Monitoring } from '../shared/monitoring.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';

interface StandByEvent extends MigrationEvent {
  readonly phase: 'catch-up' | 'ready' | 'watch';
}

const account = new Account({ dynamodb: dynamoDBClient(), lambda: new LambdaClient() });
const targets = new TargetWatch(account, new Monitoring(new CloudWatchClient()));

export const handler = taskHandler(async (event: StandByEvent, context) => {
  const migration = await openAudited(event, context);
  switch (event.phase) {
    case 'catch-up':
      return catchUp(migration);
    case 'ready':
      return standReady(
        migration,
        () => mappingStates(migration, account),
        () => targets.states(migration),
      );
    case 'watch':
      return watchForStrays(migration);
  }
});
