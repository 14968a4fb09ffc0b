import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  ResourceInUseException,
  ResourceNotFoundException,
  ThrottlingException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/model.ts';

const answered = (httpStatusCode: number) => ({ httpStatusCode, requestId: 'simulated' });

export function validationError(message: string): DynamoDBServiceException {
  return new DynamoDBServiceException({
    name: 'ValidationException',
    $fault: 'client',
    $metadata: answered(400),
    message,
  });
}

export function accessDenied(message: string): DynamoDBServiceException {
  return new DynamoDBServiceException({
    name: 'AccessDeniedException',
    $fault: 'client',
    $metadata: answered(400),
    message,
  });
}

export function conditionFailed(item: Item | undefined): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: answered(400),
    ...(item ? { Item: item } : {}),
  });
}

export function notFound(message: string): ResourceNotFoundException {
  return new ResourceNotFoundException({ message, $metadata: answered(400) });
}

export function inUse(message: string): ResourceInUseException {
  return new ResourceInUseException({ message, $metadata: answered(400) });
}

export function throughputExceeded(): ProvisionedThroughputExceededException {
  return new ProvisionedThroughputExceededException({
    message:
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    $metadata: answered(400),
  });
}

export function throttled(): ThrottlingException {
  return new ThrottlingException({
    message: 'Throughput exceeds the current capacity of your table',
    $metadata: answered(400),
  });
}

export function transactionConflict(): TransactionConflictException {
  return new TransactionConflictException({
    message: 'Transaction is ongoing for the item',
    $metadata: answered(400),
  });
}

export function internalError(): InternalServerError {
  return new InternalServerError({ message: 'Internal server error', $metadata: answered(500) });
}

/** What Node reports when a connection breaks; nothing tells whether the request took effect. */
export function connectionLost(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $metadata: {} });
}

export function requestTimedOut(): Error {
  return Object.assign(new Error('the request timed out'), { name: 'TimeoutError', $metadata: {} });
}

export function aborted(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}
