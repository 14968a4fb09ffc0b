import { LambdaClient } from '@aws-sdk/client-lambda';
import { Account } from '../shared/account.ts';
import { mappingStates } from '../shared/engine/prepare.ts';
import { catchUp, standReady } from '../shared/engine/ready.ts';
import { watchForStrays } from '../shared/engine/watch.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';

interface StandByEvent extends MigrationEvent {
  readonly phase: 'catch-up' | 'ready' | 'watch';
}

const account = new Account({ lambda: new LambdaClient() });

export const handler = taskHandler(async (event: StandByEvent, context) => {
  const migration = await openAudited(event, context);
  switch (event.phase) {
    case 'catch-up':
      return catchUp(migration);
    case 'ready':
      return standReady(migration, () => mappingStates(migration, account));
    case 'watch':
      return watchForStrays(migration);
  }
});
