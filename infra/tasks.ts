import { Duration } from 'aws-cdk-lib';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { JsonPath, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

/**
 * The state that travels through the workflow: `migration` and `plan.output` are the answers of validate and plan,
 * `result.output` that of the latest step, `lift.output` that of giving up, `failure` what is reported in the end.
 * The spec stays where it is, in the execution's input.
 */
export const SPEC = JsonPath.objectAt('$$.Execution.Input');
export const MIGRATION = {
  name: JsonPath.stringAt('$.migration.name'),
  term: JsonPath.numberAt('$.migration.term'),
};
export const PLAN = JsonPath.objectAt('$.plan.output.plan');
/** What stands in the place of plan's answer until there is one: a failure may be reported before. */
export const NO_PLAN = { output: { plan: {} } };

export interface InvokeProps {
  readonly function: NodejsFunction;
  readonly payload: Record<string, unknown>;
  readonly resultSelector?: Record<string, unknown>;
  /** Where the state takes the answer, below the key `output`. */
  readonly resultPath?: string;
}

/** Invokes a function and keeps its answer. How it is retried and what catches its errors is the caller's. */
export function invoke(scope: Construct, id: string, props: InvokeProps): LambdaInvoke {
  const { timeout = Duration.seconds(3) } = props.function;
  return new LambdaInvoke(scope, id, {
    lambdaFunction: props.function,
    payload: TaskInput.fromObject(props.payload),
    resultSelector: props.resultSelector ?? { output: JsonPath.objectAt('$.Payload') },
    resultPath: props.resultPath ?? '$.result',
    // A little above the function's own, which ends it properly: a task that times out does not stop its function.
    taskTimeout: Timeout.duration(timeout.plus(Duration.seconds(5))),
    retryOnServiceExceptions: false,
  });
}
