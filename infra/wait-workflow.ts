import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  Choice,
  Condition,
  CustomState,
  JsonPath,
  Pass,
  type StateMachine,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { BRIEF } from './retries.ts';
import { LoggedStateMachine } from './state-machine.ts';

export interface WaitWorkflowProps {
  readonly name: string;
  /** The functions that may be waited for. */
  readonly functions: readonly NodejsFunction[];
  readonly logRetention: RetentionDays;
  readonly encryptionKey?: IKey | undefined;
}

/** Turns of one execution; with every retry used up they stay below AWS's 25,000 events of history. */
export const MAX_TURNS = 1_000;

/**
 * Asks the function of its input whether a phase is done, and waits as long as the answer says, until it is. After
 * enough turns it ends with the last answer, and its caller starts it anew.
 */
export class WaitWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WaitWorkflowProps) {
    super(scope, id);
    const ask = new CustomState(this, 'Ask', {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
        Parameters: {
          'FunctionName.$': '$.function',
          Payload: { 'name.$': '$.name', 'term.$': '$.term', 'phase.$': '$.phase' },
        },
        ResultSelector: { 'output.$': '$.Payload' },
        ResultPath: '$.result',
        TimeoutSeconds: Math.max(...props.functions.map(({ timeout }) => timeout?.toSeconds() ?? 3)) + 5,
      },
    }).addRetry(BRIEF);
    const enough = Condition.or(
      Condition.isPresent('$.result.output.kind'),
      Condition.booleanEquals('$.result.output.done', true),
      Condition.numberGreaterThanEquals('$.turns.taken', MAX_TURNS - 1),
    );
    const again = new Wait(this, 'Wait', { time: WaitTime.secondsPath('$.result.output.waitSeconds') })
      .next(
        new Pass(this, 'Count', {
          parameters: { taken: JsonPath.mathAdd(JsonPath.numberAt('$.turns.taken'), 1) },
          resultPath: '$.turns',
        }),
      )
      .next(ask);
    this.stateMachine = new LoggedStateMachine(this, 'StateMachine', {
      name: props.name,
      comment: 'Waits for a phase of a migration, for a bounded number of turns.',
      definition: ask.next(
        new Choice(this, 'Done?')
          .when(enough, new Succeed(this, 'Answer', { outputPath: '$.result.output' }))
          .otherwise(again),
      ),
      logRetention: props.logRetention,
      encryptionKey: props.encryptionKey,
    });
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: props.functions.map(({ functionArn }) => functionArn),
      }),
    );
  }
}
