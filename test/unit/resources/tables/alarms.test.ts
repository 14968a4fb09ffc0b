import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import { alarmsLeft } from '../../../../shared/resources/tables/alarms.ts';

const dimensions = (table: string, more: Readonly<Record<string, string>> = {}) =>
  Object.entries({ TableName: table, ...more }).map(([Name, Value]) => ({ Name, Value }));
const metric = (table: string, MetricName: string, more?: Readonly<Record<string, string>>) => ({
  Namespace: 'AWS/DynamoDB',
  MetricName,
  Dimensions: dimensions(table, more),
});
const left = (...alarms: MetricAlarm[]) => alarmsLeft(alarms, 'orders', 'orders-v2');

it('names the alarms of the source that the target has no like of', () => {
  expect(
    left(
      { AlarmName: 'throttled', ...metric('orders', 'WriteThrottleEvents') },
      { AlarmName: 'errors', ...metric('orders', 'SystemErrors', { Operation: 'GetItem' }) },
      { AlarmName: 'errors-v2', ...metric('orders-v2', 'SystemErrors', { Operation: 'GetItem' }) },
    ),
  ).toEqual([
    'orders is watched by alarms, orders-v2 not yet in the same way; at any time: make alarms like throttled for it',
  ]);
});

it('tells apart what has other dimensions', () => {
  expect(
    left(
      { AlarmName: 'gets', ...metric('orders', 'SystemErrors', { Operation: 'GetItem' }) },
      { AlarmName: 'puts-v2', ...metric('orders-v2', 'SystemErrors', { Operation: 'PutItem' }) },
    ),
  ).toEqual([expect.stringContaining('like gets for it')]);
});

it('sees a metric within an expression', () => {
  const MetricStat = { Metric: metric('orders', 'ConsumedWriteCapacityUnits'), Period: 60, Stat: 'Sum' };
  expect(
    left({
      AlarmName: 'busy',
      Metrics: [
        { Id: 'm1', MetricStat },
        { Id: 'e1', Expression: 'm1 / 60' },
      ],
    }),
  ).toEqual([expect.stringContaining('like busy for it')]);
});

it('says nothing of alarms on other tables and other services', () => {
  expect(
    left(
      { AlarmName: 'other', ...metric('orders-archive', 'WriteThrottleEvents') },
      { AlarmName: 'own', ...metric('orders', 'Revenue'), Namespace: 'Shop' },
      { AlarmName: 'target', ...metric('orders-v2', 'WriteThrottleEvents') },
    ),
  ).toEqual([]);
});

it('counts those that are too many to be named', () => {
  const many = Array.from({ length: 12 }, (_, index) => ({
    AlarmName: `a${index}`,
    ...metric('orders', `m${index}`),
  }));
  expect(left(...many)).toEqual([expect.stringMatching(/like a0, .*, a9 and 2 more for it$/)]);
});
