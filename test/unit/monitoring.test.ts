import type {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { Monitoring } from '../../shared/monitoring.ts';

const HOUR = 3_600_000;

type Command = DescribeAlarmsCommand | GetMetricDataCommand;

/** A client that gives one answer after the other, and keeps what it was sent. */
function answering(...answers: readonly object[]) {
  const sent: Command['input'][] = [];
  const send = async ({ input }: Command) => answers[sent.push(input) - 1];
  return { sent, monitoring: new Monitoring({ send } as unknown as CloudWatchClient) };
}

describe('alarms', () => {
  it('come from every page', async () => {
    const { sent, monitoring } = answering(
      { MetricAlarms: [{ AlarmName: 'a' }], NextToken: 'more' },
      { MetricAlarms: [{ AlarmName: 'b' }] },
    );
    expect(await Array.fromAsync(monitoring.alarms())).toEqual([{ AlarmName: 'a' }, { AlarmName: 'b' }]);
    expect(sent[1]).toMatchObject({ AlarmTypes: ['MetricAlarm'], NextToken: 'more' });
  });
});

describe('the traffic', () => {
  const spans = [
    { from: 0, to: HOUR },
    { from: 5 * HOUR, to: 6 * HOUR },
  ];

  it('is the busiest minute of all spans and pages, in units a second', async () => {
    const { sent, monitoring } = answering(
      { MetricDataResults: [{ Id: 'm0', Values: [60, 600] }], NextToken: 'more' },
      { MetricDataResults: [{ Id: 'm1', Values: [90] }] },
      {
        MetricDataResults: [
          { Id: 'm0', Values: [120] },
          { Id: 'm3', Values: [6] },
        ],
      },
    );
    const traffic = await monitoring.traffic('orders', ['by-name'], spans);
    expect(Object.fromEntries(traffic)).toEqual({
      undefined: { read: 10, write: 1.5 },
      'by-name': { write: 0.1 },
    });
    expect(sent).toHaveLength(3);
    expect(sent[1]).toMatchObject({ NextToken: 'more', StartTime: new Date(0), EndTime: new Date(HOUR) });
    expect(sent[2]).toMatchObject({ StartTime: new Date(5 * HOUR), EndTime: new Date(6 * HOUR) });
  });

  it('is asked for the table and for each index, as sums of minutes', async () => {
    const { sent, monitoring } = answering({}, {});
    expect(await monitoring.traffic('orders', ['by-name'], spans)).toEqual(new Map());
    const { MetricDataQueries = [] } = sent[0] as { MetricDataQueries?: MetricDataQuery[] };
    const table = { Name: 'TableName', Value: 'orders' };
    const index = { Name: 'GlobalSecondaryIndexName', Value: 'by-name' };
    expect(
      MetricDataQueries.map(({ MetricStat }) => [
        MetricStat?.Metric?.MetricName,
        MetricStat?.Metric?.Dimensions,
      ]),
    ).toEqual([
      ['ConsumedReadCapacityUnits', [table]],
      ['ConsumedWriteCapacityUnits', [table]],
      ['ConsumedReadCapacityUnits', [table, index]],
      ['ConsumedWriteCapacityUnits', [table, index]],
    ]);
    for (const { MetricStat } of MetricDataQueries)
      expect(MetricStat).toMatchObject({ Metric: { Namespace: 'AWS/DynamoDB' }, Period: 60, Stat: 'Sum' });
  });
});
