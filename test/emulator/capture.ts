import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { dynamodb, lambda } from './aws.ts';

/** What a table has of what a migration turns on for its time. */
export interface Capture {
  readonly stream: boolean;
  readonly mappings: number;
}

export const NOT_CAPTURED: Capture = { stream: false, mappings: 0 };

export async function captureOf(table: string): Promise<Capture> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
  const stream = Table?.StreamSpecification?.StreamEnabled === true;
  if (!Table?.LatestStreamArn) return { stream, mappings: 0 };
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ EventSourceArn: Table.LatestStreamArn }),
  );
  return { stream, mappings: EventSourceMappings.length };
}

/** Enables a stream, as a user might have it. @returns the stream's ARN. */
export async function enableStream(table: string, type: 'KEYS_ONLY' | 'NEW_AND_OLD_IMAGES'): Promise<string> {
  const { TableDescription } = await dynamodb.send(
    new UpdateTableCommand({
      TableName: table,
      StreamSpecification: { StreamEnabled: true, StreamViewType: type },
    }),
  );
  return TableDescription?.LatestStreamArn ?? '';
}
