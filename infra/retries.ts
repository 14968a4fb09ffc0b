import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

/**
 * How the workflow's tasks are retried: with exponential backoff and full jitter, so that workers that fail together
 * do not come back together. (States.TaskFailed stands for every error but a timeout.)
 */
const backoff = { backoffRate: 2, jitterStrategy: JitterType.FULL } satisfies RetryProps;
const errors = [Errors.TASKS_FAILED, Errors.TIMEOUT];

/** For what may be done again: some minutes of patience. */
export const TRANSIENT: RetryProps = {
  ...backoff,
  errors,
  interval: Duration.seconds(2),
  maxDelay: Duration.minutes(1),
  maxAttempts: 8,
};

/** For a task in a loop: its attempts count against the history of one execution. */
export const BRIEF: RetryProps = { ...backoff, errors, interval: Duration.seconds(1), maxAttempts: 3 };

/** For what must happen: hours of patience. */
export const PERSISTENT: RetryProps = {
  ...backoff,
  errors,
  interval: Duration.seconds(1),
  maxDelay: Duration.seconds(30),
  maxAttempts: 1_000,
};

/** For what must not be done again: an invocation that was throttled has not begun. */
export const THROTTLED: RetryProps = {
  ...backoff,
  errors: ['Lambda.TooManyRequestsException'],
  interval: Duration.seconds(1),
  maxAttempts: 2,
};

/** For units, of which a spec may ask more at a time than the account or the config has concurrency for. */
export const QUEUED: RetryProps = { ...THROTTLED, maxDelay: Duration.seconds(30), maxAttempts: 1_000 };
