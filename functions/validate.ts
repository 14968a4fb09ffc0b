import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Account } from '../shared/account.ts';
import { alarmLook } from '../shared/alarms.ts';
import { dynamoDBClient, s3Client } from '../shared/clients.ts';
import { validate } from '../shared/engine/validate.ts';
import { environment, optionalEnvironment } from '../shared/environment.ts';
import { BucketAccount } from '../shared/resources/buckets/bucket-account.ts';
import { BucketProblems } from '../shared/resources/buckets/bucket-problems.ts';
import { BucketSettingsLook } from '../shared/resources/buckets/bucket-settings-look.ts';
import { TableAccount } from '../shared/resources/tables/table-account.ts';
import { TableProblems } from '../shared/resources/tables/table-problems.ts';
import { systemRuntime } from '../shared/runtime.ts';
import { dynamoDBStore } from '../shared/stores/dynamodb.ts';
import { taskHandler } from './handler.ts';
import { openJournal, openRoute } from './journal.ts';

interface ValidateEvent {
  readonly spec: unknown;
  readonly execution: { readonly arn: string };
}

const dynamodb = dynamoDBClient();
const lambda = new LambdaClient();
const look = new Account({ lambda, sfn: new SFNClient() });
const tables = new TableAccount({ dynamodb, lambda });
const s3 = s3Client();
/** Of a stack that was deployed without. */
const NO_BUCKETS =
  '{"sources":[],"targets":[],"acls":false,"objectLock":false,"versions":false,"inventories":[]}';
const alarmFires = alarmLook(new CloudWatchClient());

export const handler = taskHandler(({ spec, execution }: ValidateEvent, context) => {
  const [, , , region = '', account = ''] = context.invokedFunctionArn.split(':');
  return validate({
    input: spec,
    execution: execution.arn,
    region,
    look,
    problems: {
      table: new TableProblems({
        account,
        region,
        allowed: JSON.parse(environment('SEGUE_TABLES')),
        look: tables,
        applier: environment('APPLY_FUNCTION_ARN'),
        storeOf: (table, keyNames, reserved) =>
          dynamoDBStore({ client: dynamodb, runtime: systemRuntime, table, keyNames, reserved }),
      }),
      bucket: new BucketProblems({
        account,
        region,
        allowed: JSON.parse(optionalEnvironment('SEGUE_BUCKETS') ?? NO_BUCKETS),
        buckets: new BucketAccount(s3),
        settings: new BucketSettingsLook(s3),
      }),
    },
    resourcePolicies: environment('SEGUE_RESOURCE_POLICIES') === 'true',
    alarmFires,
    smokeTests: JSON.parse(environment('SEGUE_SMOKE_TESTS')),
    runtime: systemRuntime,
    journalOf: openJournal,
    routeOf: openRoute,
  });
});
