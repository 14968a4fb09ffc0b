import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  type IChainable,
  LogLevel,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

export interface LoggedStateMachineProps {
  readonly name: string;
  readonly comment: string;
  readonly definition: IChainable;
  readonly logRetention: RetentionDays;
  readonly encryptionKey?: IKey | undefined;
}

/** A state machine that logs every event (without data) and is traced. */
export class LoggedStateMachine extends StateMachine {
  constructor(scope: Construct, id: string, props: LoggedStateMachineProps) {
    const { encryptionKey } = props;
    super(scope, id, {
      stateMachineName: props.name,
      comment: props.comment,
      definitionBody: DefinitionBody.fromChainable(props.definition),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(scope, `${id}Logs`, {
          // AWS keeps the policies of log groups of this prefix short (Step Functions, "Logging").
          logGroupName: `/aws/vendedlogs/states/${props.name}`,
          retention: props.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
          ...(encryptionKey && { encryptionKey }),
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
      ...(encryptionKey && {
        encryptionConfiguration: new CustomerManagedEncryptionConfiguration(encryptionKey),
      }),
    });
  }
}
