import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { outputs, sfn } from './aws.ts';
import { until } from './until.ts';

/** How an execution ended. */
export type Ending = Pick<DescribeExecutionOutput, 'status' | 'output' | 'error' | 'cause'>;

/** One execution of the deployed state machine. */
export class Execution {
  readonly arn: string;

  private constructor(arn: string) {
    this.arn = arn;
  }

  /** `StartExecution` with an input, which is a spec or should be one. */
  static async start(input: unknown, stateMachineArn = outputs.StateMachineArn): Promise<Execution> {
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
    );
    return new Execution(executionArn);
  }

  async stop(): Promise<void> {
    await sfn.send(new StopExecutionCommand({ executionArn: this.arn, cause: 'stopped by a test' }));
  }

  /** @returns undefined while it runs. */
  async ending(): Promise<Ending | undefined> {
    const { status, output, error, cause } = await sfn.send(
      new DescribeExecutionCommand({ executionArn: this.arn }),
    );
    return status === 'RUNNING' ? undefined : { status, output, error, cause };
  }

  ended(seconds?: number): Promise<Ending> {
    return until(`${this.arn} ends`, () => this.ending(), seconds === undefined ? {} : { seconds });
  }

  /** @throws Error when it ends in any other way. */
  async succeeded(seconds?: number): Promise<void> {
    assertSucceeded(await this.ended(seconds));
  }
}

export function assertSucceeded({ status, error, cause }: Ending): void {
  if (status !== 'SUCCEEDED') throw new Error(`the execution ended as ${status}: ${error}\n${cause}`);
}
