import { LambdaClient } from '@aws-sdk/client-lambda';
import { Account } from '../shared/account.ts';
import { mappingStates } from '../shared/engine/prepare.ts';
import { catchUp, standBy } from '../shared/engine/stand-by.ts';
import type { StandByPhase } from '../shared/phases.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';

interface StandByEvent extends MigrationEvent {
  readonly phase: 'catch-up' | StandByPhase;
}

const account = new Account({ lambda: new LambdaClient() });

export const handler = taskHandler(async (event: StandByEvent, context) => {
  const migration = await openAudited(event, context);
  if (event.phase === 'catch-up') return catchUp(migration);
  return standBy(migration, event.phase, () => mappingStates(migration, account));
});
