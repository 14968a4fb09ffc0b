import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDB } from '../clients.ts';
import { isNamed } from '../errors.ts';

/** Errors by which DynamoDB says that a request had no effect. */
const WITHOUT_EFFECT = [
  'ConditionalCheckFailedException',
  'ValidationException',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'ItemCollectionSizeLimitExceededException',
  'TransactionConflictException',
  'ResourceNotFoundException',
  'AccessDeniedException',
];

/**
 * Sends writes and remembers whether the outcome of one is not known: a connection that broke, a server's error, or an
 * answer to a second attempt, of which the first may still be on its way.
 */
export class TrackedWrites implements DynamoDB {
  outcomesKnown = true;
  readonly send: DynamoDB['send'];

  constructor(client: DynamoDB) {
    const send = async (...args: Parameters<DynamoDBClient['send']>) => {
      try {
        const answer = await (client.send as (...same: typeof args) => Promise<Attempted>)(...args);
        if (attemptsOf(answer) > 1) this.outcomesKnown = false;
        return answer;
      } catch (error) {
        if (attemptsOf(error) > 1 || !isNamed(error, ...WITHOUT_EFFECT)) this.outcomesKnown = false;
        throw error;
      }
    };
    this.send = send as unknown as DynamoDB['send'];
  }
}

interface Attempted {
  readonly $metadata?: { readonly attempts?: number };
}

function attemptsOf(answer: unknown): number {
  return (answer as Attempted).$metadata?.attempts ?? 1;
}
