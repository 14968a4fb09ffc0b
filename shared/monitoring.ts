import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';

/** Most units a second that were consumed, as the mean of a minute. Absent where nothing was measured. */
export interface Traffic {
  readonly read?: number;
  readonly write?: number;
}

/** A time that is measured; milliseconds since the epoch. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** Namespace of DynamoDB's metrics. */
export const DYNAMODB_METRICS = 'AWS/DynamoDB';
const PERIOD_SECONDS = 60;
const KINDS = [
  { kind: 'read', metric: 'ConsumedReadCapacityUnits' },
  { kind: 'write', metric: 'ConsumedWriteCapacityUnits' },
] as const;

/** What CloudWatch knows of tables: their traffic, and who watches them. */
export class Monitoring {
  readonly #client: Pick<CloudWatchClient, 'send'>;

  constructor(client: Pick<CloudWatchClient, 'send'>) {
    this.#client = client;
  }

  /** The alarms on metrics, all of the account and Region. */
  async *alarms(): AsyncGenerator<MetricAlarm> {
    let token: string | undefined;
    do {
      const { MetricAlarms = [], NextToken } = await this.#client.send(
        new DescribeAlarmsCommand({
          AlarmTypes: ['MetricAlarm'],
          MaxRecords: 100,
          ...(token ? { NextToken: token } : {}),
        }),
      );
      yield* MetricAlarms;
      token = NextToken;
    } while (token);
  }

  /** The traffic of a table and of its indexes within some spans of time; the table's own has no index. */
  async traffic(
    table: string,
    indexes: readonly string[],
    spans: readonly TimeSpan[],
  ): Promise<Map<string | undefined, Traffic>> {
    const metrics = [undefined, ...indexes].flatMap((index) =>
      KINDS.map(({ kind, metric }) => ({ index, kind, query: query(table, index, metric) })),
    );
    const queries = metrics.map(({ query }, number) => ({ ...query, Id: `m${number}` }));
    const most = new Map<string | undefined, Traffic>();
    for (const span of spans)
      for await (const { Id = '', Values = [] } of this.#results(queries, span)) {
        const { index, kind } = metrics[Number(Id.slice(1))] ?? {};
        const sum = Math.max(...Values);
        if (!kind || Values.length === 0) continue;
        const traffic = most.get(index) ?? {};
        most.set(index, { ...traffic, [kind]: Math.max(traffic[kind] ?? 0, sum / PERIOD_SECONDS) });
      }
    return most;
  }

  async *#results(MetricDataQueries: MetricDataQuery[], { from, to }: TimeSpan) {
    let token: string | undefined;
    do {
      const { MetricDataResults = [], NextToken } = await this.#client.send(
        new GetMetricDataCommand({
          MetricDataQueries,
          StartTime: new Date(from),
          EndTime: new Date(to),
          ...(token ? { NextToken: token } : {}),
        }),
      );
      yield* MetricDataResults;
      token = NextToken;
    } while (token);
  }
}

function query(
  table: string,
  index: string | undefined,
  MetricName: string,
): Pick<MetricDataQuery, 'MetricStat'> {
  const Dimensions = [
    { Name: 'TableName', Value: table },
    ...(index === undefined ? [] : [{ Name: 'GlobalSecondaryIndexName', Value: index }]),
  ];
  return {
    MetricStat: {
      Metric: { Namespace: DYNAMODB_METRICS, MetricName, Dimensions },
      Period: PERIOD_SECONDS,
      Stat: 'Sum',
    },
  };
}
