import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { BucketEvents } from './bucket-events.ts';
import type { WorkerFunctions } from './workers.ts';

export interface AlarmsProps {
  readonly stateMachine: StateMachine;
  readonly functions: WorkerFunctions;
  readonly bucketEvents?: BucketEvents | undefined;
  readonly lagSeconds: number;
  /** Is told of every alarm. Without it alarms only show in CloudWatch. */
  readonly topic?: ITopic | undefined;
}

const PERIOD = Duration.minutes(1);

/** What an operator must hear of: a migration that failed, functions that err or are throttled, changes that lag. */
export class Alarms extends Construct {
  private readonly topic: ITopic | undefined;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { stateMachine, functions, bucketEvents, lagSeconds } = props;
    this.topic = props.topic;
    const sum = { period: PERIOD, statistic: Stats.SUM };

    this.alarm('MigrationFailed', {
      metric: stateMachine.metricFailed(sum),
      description: 'A migration was refused or failed. The execution says why; started again it resumes.',
    });
    this.alarm('Lag', {
      metric: functions.apply.metric('IteratorAge', { period: PERIOD, statistic: Stats.MAXIMUM }),
      threshold: lagSeconds * 1000,
      minutes: 3,
      description: `Captured changes wait longer than ${lagSeconds} s to be applied. The stream keeps them for 24 h.`,
    });
    if (bucketEvents) this.watchEvents(bucketEvents, lagSeconds);
    for (const [name, worker] of Object.entries(functions)) {
      this.alarm(`Errors-${name}`, {
        metric: worker.metricErrors(sum),
        description: `The function "${name}" ended with an error. It is retried; look at its log if this goes on.`,
      });
      this.alarm(`Throttles-${name}`, {
        metric: worker.metricThrottles(sum),
        minutes: 3,
        description: `The function "${name}" lacks concurrency.`,
      });
    }
  }

  private watchEvents({ queue, deadLetterQueue, rules }: BucketEvents, lagSeconds: number): void {
    const most = { period: PERIOD, statistic: Stats.MAXIMUM };
    this.alarm('EventLag', {
      metric: queue.metricApproximateAgeOfOldestMessage(most),
      threshold: lagSeconds,
      minutes: 3,
      description: `Events of buckets wait longer than ${lagSeconds} s. The queue keeps them for 14 days.`,
    });
    this.alarm('EventsGivenUp', {
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible(most),
      description:
        'Events of buckets failed too often. Their keys are found by the comparison before the cutover. Look at the log of the function "hint", then move them back.',
    });
    for (const [index, rule] of rules.entries())
      this.alarm(`EventsLost${index}`, {
        metric: new Metric({
          namespace: 'AWS/Events',
          metricName: 'FailedInvocations',
          dimensionsMap: { RuleName: rule.ruleName },
          period: PERIOD,
          statistic: Stats.SUM,
        }),
        description:
          "EventBridge could not put events of buckets into the queue: mostly for want of a right to use the queue's key.",
      });
  }

  private alarm(
    id: string,
    props: {
      readonly metric: IMetric;
      readonly description: string;
      readonly threshold?: number;
      readonly minutes?: number;
    },
  ): void {
    const alarm = new Alarm(this, id, {
      metric: props.metric,
      alarmDescription: props.description,
      threshold: props.threshold ?? 1,
      evaluationPeriods: props.minutes ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Nothing runs between migrations.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.topic) alarm.addAlarmAction(new SnsAction(this.topic));
  }
}
