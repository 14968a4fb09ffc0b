import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { DYNAMODB_METRICS } from '../../monitoring.ts';

/** More of them are counted, not named. */
const MOST_NAMED = 10;

/** What an alarm watches: a metric of a table, or of one of its indexes or operations. */
interface Watched {
  readonly table: string;
  /** The metric with its other dimensions: the same text for the same metric of another table. */
  readonly metric: string;
}

/** The alarms that watch a source, where none watches the same of its target. */
export function alarmsLeft(alarms: readonly MetricAlarm[], source: string, target: string): string[] {
  const watched = alarms.map((alarm) => ({ name: alarm.AlarmName ?? '', metrics: watchedBy(alarm) }));
  const atTarget = new Set(
    watched
      .flatMap(({ metrics }) => metrics.filter(({ table }) => table === target))
      .map(({ metric }) => metric),
  );
  const left = watched.filter(({ metrics }) =>
    metrics.some(({ table, metric }) => table === source && !atTarget.has(metric)),
  );
  if (left.length === 0) return [];
  const names = left.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : '';
  return [
    `${source} is watched by alarms, ${target} not yet in the same way; at any time: make alarms like ${names.join(', ')}${more} for it`,
  ];
}

function watchedBy({ Namespace, MetricName, Dimensions, Metrics = [] }: MetricAlarm): Watched[] {
  return [{ Namespace, MetricName, Dimensions }, ...Metrics.map(({ MetricStat }) => MetricStat?.Metric ?? {})]
    .filter((metric) => metric.Namespace === DYNAMODB_METRICS)
    .flatMap(({ MetricName: name, Dimensions: dimensions = [] }) => {
      const others = dimensions.filter(({ Name }) => Name !== 'TableName');
      const table = dimensions.find(({ Name }) => Name === 'TableName')?.Value;
      const metric = [name, ...others.map(({ Name, Value }) => `${Name}=${Value}`).sort()].join(' ');
      return table === undefined ? [] : [{ table, metric }];
    });
}
