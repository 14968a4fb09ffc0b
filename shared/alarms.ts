import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';

/**
 * Tells whether an alarm of CloudWatch fires, of a metric or composed of others; undefined where there is none of that
 * name.
 */
export function alarmLook(
  client: Pick<CloudWatchClient, 'send'>,
): (name: string) => Promise<boolean | undefined> {
  return async (name) => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    const [alarm] = [...MetricAlarms, ...CompositeAlarms];
    return alarm && alarm.StateValue === 'ALARM';
  };
}
