import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Choice, Fail, JsonPath, type StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { failed } from './answers.ts';
import { TRANSIENT } from './retries.ts';
import { LoggedStateMachine } from './state-machine.ts';
import { invoke } from './tasks.ts';

export interface SteeringProps {
  readonly name: string;
  readonly function: NodejsFunction;
  readonly logRetention: RetentionDays;
  readonly encryptionKey?: IKey | undefined;
}

/**
 * Steers migrations from the console: one execution is one action, its input names migration, action and person. It
 * succeeds with the effect in words, or fails with everything that speaks against it.
 */
export class Steering extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: SteeringProps) {
    super(scope, id);
    const steer = invoke(this, 'Steer', {
      function: props.function,
      payload: { input: JsonPath.objectAt('$$.Execution.Input'), id: JsonPath.stringAt('$$.Execution.Id') },
    });
    const refused = new Fail(this, 'Refused', {
      errorPath: JsonPath.stringAt('$.result.output.error'),
      causePath: JsonPath.stringAt('$.result.output.message'),
    });
    const done = new Succeed(this, 'Done', { outputPath: '$.result.output' });
    this.stateMachine = new LoggedStateMachine(this, 'StateMachine', {
      name: props.name,
      comment: 'One execution is one action: {"migration": "orders", "action": "pause", "by": "alice"}',
      definition: steer
        .addRetry(TRANSIENT)
        .next(new Choice(this, 'Done?').when(failed('$.result.output'), refused).otherwise(done)),
      logRetention: props.logRetention,
      encryptionKey: props.encryptionKey,
    });
  }
}
