import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Bookkeeping } from '../bookkeeping.ts';

/** What everything that writes items needs. */
export interface Connection {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly books: Bookkeeping;
}
