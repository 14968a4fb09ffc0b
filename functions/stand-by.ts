import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Account } from '../shared/account.ts';
import { alarmLook } from '../shared/alarms.ts';
import { unitsLeft } from '../shared/engine/left.ts';
import { mappingStates } from '../shared/engine/prepare.ts';
import { catchUp, standReady } from '../shared/engine/ready.ts';
import { watchForStrays } from '../shared/engine/watch.ts';
import { UNIT_PHASES, type UnitPhase } from '../shared/phases.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';

interface StandByEvent extends MigrationEvent {
  readonly phase: UnitPhase | 'catch-up' | 'ready' | 'watch';
}

const account = new Account({ lambda: new LambdaClient() });
const alarmFires = alarmLook(new CloudWatchClient());

export const handler = taskHandler(async (event: StandByEvent, context) => {
  const phase = UNIT_PHASES.find((unitPhase) => unitPhase === event.phase);
  const migration = { ...(await openAudited(event, context)), alarmFires };
  if (phase) return unitsLeft(migration, phase);
  switch (event.phase) {
    case 'catch-up':
      return catchUp(migration);
    case 'ready':
      return standReady(migration, () => mappingStates(migration, account));
    case 'watch':
      return watchForStrays(migration);
  }
});
