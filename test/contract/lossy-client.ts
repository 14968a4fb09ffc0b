import {
  BatchExecuteStatementCommand,
  type BatchExecuteStatementCommandOutput,
  type BatchStatementResponse,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDB } from '../../shared/clients.ts';
import type { Actor } from './judge.ts';

interface Command {
  readonly constructor: { readonly name: string };
}
type Send = (command: Command) => Promise<{ readonly $metadata?: object }>;

/** What may befall the first request of a kind; all others are sent as they are. */
type Mishap = (send: Send, command: Command) => ReturnType<Send>;

/** The SDK's own retry: the first answer is lost on its way, so that the caller gets that of a second attempt. */
const answerLost: Mishap = async (send, command) => {
  await send(command);
  try {
    const answer = await send(command);
    return { ...answer, $metadata: { ...answer.$metadata, attempts: 2 } };
  } catch (error) {
    throw Object.assign(error as Error, { $metadata: { attempts: 2 } });
  }
};

/** The connection breaks after the request has had its effect. */
const connectionBroken: Mishap = async (send, command) => {
  await send(command);
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
};

/** Every other statement of a batch is throttled, inside an answer that is a success: the SDK does not see it. */
const halfThrottled: Mishap = async (send, command) => {
  const { Statements = [] } = (command as BatchExecuteStatementCommand).input;
  const passing = new BatchExecuteStatementCommand({
    Statements: Statements.filter((_, index) => index % 2 === 0),
  });
  const { Responses = [], ...answer } = (await send(passing)) as BatchExecuteStatementCommandOutput;
  const throttled: BatchStatementResponse = { Error: { Code: 'ThrottlingError', Message: 'slow down' } };
  return {
    ...answer,
    Responses: Statements.map((_, index) => (index % 2 === 0 ? Responses[index / 2] : throttled)),
  };
};

/** A process of whose first batch of statements every other one is throttled. */
export function throttledByHalf<A extends Actor>(actor: A): A {
  return { ...actor, client: meeting(halfThrottled, actor.client, 'BatchExecuteStatement') };
}

/** A process that gets the answer to the second attempt of its first request of a kind: the first answer was lost. */
export function losingAnswer<A extends Actor>(actor: A, operation: string): A {
  return { ...actor, client: meeting(answerLost, actor.client, operation) };
}

/** A process whose connection breaks after its first request of a kind. */
export function losingConnection<A extends Actor>(actor: A, operation: string): A {
  return { ...actor, client: meeting(connectionBroken, actor.client, operation) };
}

function meeting(mishap: Mishap, client: DynamoDB, operation: string): DynamoDB {
  const send = client.send.bind(client) as unknown as Send;
  let met = false;
  return {
    send: ((command: Command) => {
      if (met || command.constructor.name !== `${operation}Command`) return send(command);
      met = true;
      return mishap(send, command);
    }) as unknown as DynamoDB['send'],
  };
}
