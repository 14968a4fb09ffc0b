import { setTimeout as delay } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  type DynamoDBClient,
  type WriteRequest,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { inLanes } from '../lanes.ts';
import { KEY_SCHEMA, KEY_TYPES } from './cities.ts';
import type { Item } from './item-text.ts';

const BATCH = 25;
const IN_FLIGHT = 6;
const LONGEST_BACKOFF_MILLISECONDS = 5_000;

/** Creates the source table, on demand and without a stream: turning that on is the migrator's work. */
export async function createTable(client: DynamoDBClient, table: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: [...KEY_SCHEMA],
      AttributeDefinitions: [...KEY_TYPES],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: table });
}

/** Fills a table with items. @param progress is told how many have been written so far. */
export async function loadItems(
  client: DynamoDBClient,
  table: string,
  items: readonly Item[],
  progress: (written: number) => void = () => undefined,
): Promise<void> {
  const starts = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) => index * BATCH);
  let written = 0;
  await inLanes(starts, IN_FLIGHT, async (start) => {
    const batch = items.slice(start, start + BATCH);
    await writeBatch(
      client,
      table,
      batch.map((item) => ({ PutRequest: { Item: item } })),
    );
    written += batch.length;
    progress(written);
  });
}

/** What a busy table leaves unprocessed is sent again, after a pause of random length. */
async function writeBatch(client: DynamoDBClient, table: string, requests: WriteRequest[]): Promise<void> {
  let open = requests;
  for (let attempt = 0; open.length > 0; attempt++) {
    if (attempt > 0) await delay(Math.random() * Math.min(LONGEST_BACKOFF_MILLISECONDS, 50 * 2 ** attempt));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: open } }),
    );
    open = UnprocessedItems?.[table] ?? [];
  }
}
