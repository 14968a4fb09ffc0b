import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { isNamed } from '../../shared/errors.ts';
import type { Spec } from '../../shared/spec.ts';
import { CliError } from './cli-error.ts';
import type { AwsClients } from './context.ts';

type StepFunctions = AwsClients['stepFunctions'];

/** How an execution stands. */
export type ExecutionState =
  | { readonly kind: 'running' }
  /** With the location of its report. */
  | { readonly kind: 'succeeded'; readonly report: string }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string }
  /** Step Functions forgets an execution 90 days after its end. */
  | { readonly kind: 'forgotten' };

interface StartProps {
  readonly stateMachineArn: string;
  readonly spec: Spec;
  readonly input: object;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Starts an execution. Its name carries the time, since none can be used twice within 90 days. @returns its ARN. */
export async function startExecution(
  client: StepFunctions,
  { stateMachineArn, spec, input, now }: StartProps,
): Promise<string> {
  const suffix = new Date(now).toISOString().replaceAll(/[-:.]/g, '');
  const { executionArn } = await client.send(
    new StartExecutionCommand({
      stateMachineArn,
      name: `${spec.name}-${suffix}`,
      input: JSON.stringify(input),
    }),
  );
  if (!executionArn) throw new CliError('Step Functions did not answer with the ARN of the execution');
  return executionArn;
}

export async function executionState(client: StepFunctions, executionArn: string): Promise<ExecutionState> {
  try {
    const { status, error, cause, output } = await client.send(
      new DescribeExecutionCommand({ executionArn }),
    );
    switch (status) {
      case 'RUNNING':
      case 'PENDING_REDRIVE':
        return { kind: 'running' };
      case 'SUCCEEDED':
        return { kind: 'succeeded', report: (JSON.parse(output ?? '{}') as { html?: string }).html ?? '' };
      default:
        return { kind: 'failed', error: error ?? status ?? 'unknown', cause: cause ?? STOPPED };
    }
  } catch (error) {
    if (isNamed(error, 'ExecutionDoesNotExist')) return { kind: 'forgotten' };
    throw error;
  }
}

const STOPPED = 'the execution was stopped or ran out of time';

/** Where the AWS console shows an execution, by the partition and Region of its ARN. */
export function consoleLink(executionArn: string): string {
  const [, partition = 'aws', , region = ''] = executionArn.split(':');
  const host =
    { 'aws-cn': 'console.amazonaws.cn', 'aws-us-gov': 'console.amazonaws-us-gov.com' }[partition] ??
    `${region}.console.aws.amazon.com`;
  return `https://${host}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}
