import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Account } from '../shared/account.ts';
import { alarmLook } from '../shared/alarms.ts';
import { dynamoDBClient } from '../shared/clients.ts';
import { unitsLeft } from '../shared/engine/left.ts';
import { mappingStates } from '../shared/engine/prepare.ts';
import { catchUp, standBy } from '../shared/engine/stand-by.ts';
import { TargetWatch } from '../shared/engine/target-watch.ts';
import { Watchdog } from '../shared/engine/watchdog.ts';
import { Monitoring } from '../shared/monitoring.ts';
import { isUnitPhase, type StandByPhase, type UnitPhase } from '../shared/phases.ts';
import { ResourcePolicies } from '../shared/resource-policies.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';

interface StandByEvent extends MigrationEvent {
  readonly phase: UnitPhase | 'catch-up' | StandByPhase;
}

const dynamodb = dynamoDBClient();
const account = new Account({ dynamodb, lambda: new LambdaClient() });
const cloudwatch = new CloudWatchClient();
const targets = new TargetWatch(account, new Monitoring(cloudwatch));
const watchdog = new Watchdog(account, new ResourcePolicies(dynamodb));
const alarmFires = alarmLook(cloudwatch);

export const handler = taskHandler(async (event: StandByEvent, context) => {
  const { phase } = event;
  const migration = { ...(await openAudited(event, context)), alarmFires };
  if (phase !== 'sweep') await watchdog.look(migration);
  if (isUnitPhase(phase)) return unitsLeft(migration, phase);
  if (phase === 'catch-up') return catchUp(migration);
  return standBy(migration, phase, {
    mappings: () => mappingStates(migration, account),
    targets: () => targets.states(migration),
  });
});
