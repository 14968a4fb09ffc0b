import { PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  EnableKinesisStreamingDestinationCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { cityItems, KEY_SCHEMA, KEY_TYPES } from '../../infra/local/cities/cities.ts';
import { createTable, loadItems } from '../../infra/local/cities/city-table.ts';
import type { MigrationReport } from '../../shared/report/report.ts';
import type { Status } from '../../shared/status.ts';
import { cloudwatch, dynamodb } from './aws.ts';
import { Execution } from './execution.ts';
import { reportOf } from './left-behind.ts';
import { TestMigration } from './migration.ts';
import { tablePair } from './tables.ts';
import { tag } from './tags.ts';

const pair = tablePair('side-effects');
const migration = new TestMigration('side-effects', pair);
const KINESIS = 'arn:aws:kinesis:us-east-1:000000000000:stream/cities';
const METRIC = { Namespace: 'AWS/DynamoDB', Dimensions: [{ Name: 'TableName', Value: pair.source }] };
const provisioned = (units: number) => ({
  ProvisionedThroughput: { ReadCapacityUnits: units, WriteCapacityUnits: units },
});

/** A source with all that does not travel with items, a busy minute, and a target that is small and has none of it. */
async function createTables(): Promise<void> {
  await createTable(dynamodb, pair.source);
  await loadItems(dynamodb, pair.source, await cityItems(50));
  await tag(pair.source, [{ Key: 'team', Value: 'data' }]);
  const TableName = pair.source;
  await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  await dynamodb.send(
    new UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    }),
  );
  await dynamodb.send(
    new UpdateContinuousBackupsCommand({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    }),
  );
  await dynamodb.send(new EnableKinesisStreamingDestinationCommand({ TableName, StreamArn: KINESIS }));
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...METRIC,
      AlarmName: 'cities-throttled',
      MetricName: 'WriteThrottleEvents',
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      Period: 60,
      Statistic: 'Sum',
      Threshold: 0,
    }),
  );
  const { Namespace, Dimensions } = METRIC;
  const MetricData = [
    {
      MetricName: 'ConsumedWriteCapacityUnits',
      Dimensions,
      Value: 6_000,
      Timestamp: new Date(Date.now() - 120_000),
    },
  ];
  await cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
  await dynamodb.send(
    new CreateTableCommand({
      TableName: pair.target,
      KeySchema: [...KEY_SCHEMA],
      AttributeDefinitions: [...KEY_TYPES],
      ...provisioned(5),
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 60, minDelay: 1 }, { TableName: pair.target });
}

const capacityOf = ({ standBy }: Status) => standBy?.gates.find(({ name }) => name === 'capacity');

describe('a migration of a table with much beside its items', () => {
  let short: Status;
  let ready: Status;
  let report: MigrationReport;

  beforeAll(async () => {
    await createTables();
    await migration.createBriefRoute();
    const execution = await Execution.start({
      ...migration.spec({ cutover: { routers: 0 } }),
      resources: [{ source: { table: pair.source }, target: { table: pair.target } }],
    });
    short = await migration.reaches(
      'is short of capacity',
      execution,
      (status) => capacityOf(status)?.holds === false,
    );
    await dynamodb.send(new UpdateTableCommand({ TableName: pair.target, ...provisioned(100) }));
    ready = await migration.standsReady(execution);
    await migration.approve(execution);
    await execution.succeeded();
    report = (await reportOf(migration.name)).json;
  });

  it('waits until the target takes what its source was measured to take', () => {
    expect(capacityOf(short)?.detail).toMatch(
      /: write 5\/s \(provisioned capacity\), source up to 100\/s; raise it: aws dynamodb update-table .*WriteCapacityUnits=100/,
    );
    expect(capacityOf(ready)?.detail).toMatch(/: write 100\/s .*; read 100\/s .*, source not measured$/);
  });

  it('is told to give the target what does not travel with the items', () => {
    expect(report.toDo).toEqual([
      expect.stringMatching(/lets items expire .*'Enabled=true,AttributeName=expiresAt'$/),
      expect.stringContaining(`sends its changes to ${KINESIS}`),
      expect.stringMatching(/has point-in-time recovery for 35 days/),
      expect.stringMatching(/is protected from deletion/),
      expect.stringMatching(/has the tags team=data/),
      expect.stringMatching(/make alarms like cities-throttled/),
    ]);
    expect(report.notes).toEqual([
      `billing mode: PAY_PER_REQUEST at ${pair.source}, PROVISIONED at ${pair.target}`,
      expect.stringMatching(/an export to S3/),
      expect.stringMatching(/^not compared: /),
    ]);
    expect(report.outcome.next).toEqual([expect.stringContaining('6 things')]);
  });

  it('leaves time to live off on the target', async () => {
    const { TimeToLiveDescription } = await dynamodb.send(
      new DescribeTimeToLiveCommand({ TableName: pair.target }),
    );
    expect(TimeToLiveDescription?.TimeToLiveStatus).toBe('DISABLED');
  });
});
