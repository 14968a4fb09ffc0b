import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { isNamed } from './errors.ts';

interface AccountClients {
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
}

/** The account of the stack, whatever is moved in it: its quotas and the executions of its workflow. */
export class Account {
  readonly #lambda: LambdaClient;
  readonly #sfn: SFNClient;

  constructor({ lambda, sfn }: AccountClients) {
    this.#lambda = lambda;
    this.#sfn = sfn;
  }

  /** How many executions of functions without a reservation of their own can run at one time. */
  async unreservedConcurrency(): Promise<number | undefined> {
    const { AccountLimit } = await this.#lambda.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions;
  }

  /** Whether an execution runs; one that is too old to be known does not. */
  async isRunning(executionArn: string): Promise<boolean> {
    try {
      const { status } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING' || status === 'PENDING_REDRIVE';
    } catch (error) {
      if (isNamed(error, 'ExecutionDoesNotExist')) return false;
      throw error;
    }
  }
}
