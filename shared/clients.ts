import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { SmokeTestClients } from './smoke-test.ts';

/** What the engine needs of a DynamoDB client: its commands, sent. The simulation's model has the same method. */
export type DynamoDB = Pick<DynamoDBClient, 'send'>;
export type DynamoDBStreams = Pick<DynamoDBStreamsClient, 'send'>;
export type S3 = Pick<S3Client, 'send'>;

/**
 * The one place where clients for the data path are made. The SDK's logger middleware copies every input and output
 * for a logger that nobody set, at half of a worker's CPU time: it is removed.
 */
export function dynamoDBClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient({ maxAttempts: 5, ...config });
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

export function dynamoDBStreamsClient(): DynamoDBStreamsClient {
  const client = new DynamoDBStreamsClient({ maxAttempts: 5 });
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

/** For the objects that are moved. */
export function s3Client(config: S3ClientConfig = {}): S3Client {
  const client = new S3Client({ maxAttempts: 5, ...config });
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

/** The same for writes that may take effect twice if they are sent twice. */
export function s3ClientOnce(config: S3ClientConfig = {}): S3Client {
  return s3Client({ ...config, maxAttempts: 1 });
}

/**
 * Clients that call a smoke test: without retries, since it runs once. Each call has a connection of its own: one that
 * went stale while the function's environment slept would be taken for a failure.
 */
export function smokeTestClients(): SmokeTestClients {
  const agent = { keepAlive: false };
  const config = { maxAttempts: 1, requestHandler: { httpAgent: agent, httpsAgent: agent } };
  return { lambda: new LambdaClient(config), sfn: new SFNClient(config) };
}
