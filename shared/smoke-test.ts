import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';

/** One call of a user's smoke test. */
export interface SmokeTestCall {
  /** Of a Lambda function or an EXPRESS state machine. */
  readonly arn: string;
  readonly input: object;
  /** How long its answer is waited for. */
  readonly limitMilliseconds: number;
}

/** What came of it. `answer` is what the function returned, or the output of the execution. */
export type SmokeTestOutcome =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly reason: string };

/** Calls a smoke test once and waits for its answer, no longer than it may. Never throws. */
export type CallSmokeTest = (call: SmokeTestCall) => Promise<SmokeTestOutcome>;

export interface SmokeTestClients {
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly sfn: Pick<SFNClient, 'send'>;
}

/**
 * Calls smoke tests of both kinds. What was called and has not answered in time is left to itself: an invocation can't
 * be taken back, nor can a synchronous execution.
 * @param clients must not retry (smokeTestClients): a smoke test runs once.
 */
export function smokeTestCaller(clients: SmokeTestClients): CallSmokeTest {
  return async (call) => {
    const abortSignal = AbortSignal.timeout(call.limitMilliseconds);
    try {
      return call.arn.split(':')[2] === 'lambda'
        ? await invoke(clients.lambda, call, abortSignal)
        : await execute(clients.sfn, call, abortSignal);
    } catch (error) {
      if (abortSignal.aborted) return failed(`no answer within ${call.limitMilliseconds} ms`);
      const { name, message } = error as Error;
      return failed(`it could not be called: ${name}: ${message}`);
    }
  };
}

async function invoke(
  client: SmokeTestClients['lambda'],
  { arn, input }: SmokeTestCall,
  abortSignal: AbortSignal,
): Promise<SmokeTestOutcome> {
  const command = new InvokeCommand({ FunctionName: arn, Payload: JSON.stringify(input) });
  const { FunctionError, Payload } = await client.send(command, { abortSignal });
  const text = Payload === undefined ? '' : new TextDecoder().decode(Payload);
  if (FunctionError === undefined) return { kind: 'answered', answer: parsed(text) };
  const { errorType = FunctionError, errorMessage = text } = (parsed(text) ?? {}) as Record<string, string>;
  return failed(`the function failed: ${errorType}: ${errorMessage}`);
}

async function execute(
  client: SmokeTestClients['sfn'],
  { arn, input }: SmokeTestCall,
  abortSignal: AbortSignal,
): Promise<SmokeTestOutcome> {
  const command = new StartSyncExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input) });
  const { status, output = '', error, cause, executionArn } = await client.send(command, { abortSignal });
  if (status === 'SUCCEEDED') return { kind: 'answered', answer: parsed(output) };
  const why = [error, cause].filter((text) => text).join(': ');
  return failed(`the execution ${executionArn} ended as ${status}${why ? `: ${why}` : ''}`);
}

/** The value of a JSON text; what is none stands for itself. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function failed(reason: string): SmokeTestOutcome {
  return { kind: 'failed', reason };
}
