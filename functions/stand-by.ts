import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { alarmLook } from '../shared/alarms.ts';
import { dynamoDBClient } from '../shared/clients.ts';
import { unitsLeft } from '../shared/engine/left.ts';
import { mappingStates } from '../shared/engine/prepare.ts';
import { catchUp, standBy } from '../shared/engine/stand-by.ts';
import { TargetWatch } from '../shared/engine/target-watch.ts';
import { Watchdog } from '../shared/engine/watchdog.ts';
import { environment } from '../shared/environment.ts';
import { Monitoring } from '../shared/monitoring.ts';
import { isUnitPhase, type StandByPhase, type UnitPhase } from '../shared/phases.ts';
import { TableAccount } from '../shared/resources/tables/table-account.ts';
import { TableCaptures } from '../shared/resources/tables/table-captures.ts';
import { TableFitness } from '../shared/resources/tables/table-fitness.ts';
import { TablePolicies } from '../shared/resources/tables/table-policies.ts';
import { TableSettings } from '../shared/resources/tables/table-settings.ts';
import { taskHandler } from './handler.ts';
import { type MigrationEvent, openAudited } from './migration.ts';

interface StandByEvent extends MigrationEvent {
  readonly phase: UnitPhase | 'catch-up' | StandByPhase;
}

const dynamodb = dynamoDBClient();
const tables = new TableAccount({ dynamodb, lambda: new LambdaClient() });
const cloudwatch = new CloudWatchClient();
const captures = { table: new TableCaptures(tables, environment('APPLY_FUNCTION_ARN')) };
const targets = new TargetWatch({ table: new TableFitness(tables, new Monitoring(cloudwatch)) });
const watchdog = new Watchdog({ table: new TableSettings(tables) }, { table: new TablePolicies(dynamodb) });
const alarmFires = alarmLook(cloudwatch);

export const handler = taskHandler(async (event: StandByEvent, context) => {
  const { phase } = event;
  const migration = { ...(await openAudited(event, context)), alarmFires };
  if (phase !== 'sweep') await watchdog.look(migration);
  if (isUnitPhase(phase)) return unitsLeft(migration, phase);
  if (phase === 'catch-up') return catchUp(migration);
  return standBy(migration, phase, {
    mappings: () => mappingStates(migration, captures),
    targets: () => targets.states(migration),
  });
});
