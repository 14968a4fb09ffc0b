import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { backoffMilliseconds } from '../backoff.ts';
import type { DynamoDB } from '../clients.ts';
import { isNamed, SegueError } from '../errors.ts';
import { itemBytes, readUnits, writeUnits } from '../item-size.ts';
import { itemText, keyFromText, sameContent, withoutAttribute } from '../items.ts';
import { contentOf, type Item, type Key } from '../model.ts';
import { chunks, inParallel } from '../parallel.ts';
import type { Runtime } from '../runtime.ts';
import { cellOf } from './dynamodb-cell.ts';
import { insertAbsent } from './dynamodb-insert.ts';
import { meteredDynamoDB } from './dynamodb-metered.ts';
import { type PageSize, pageItems } from './dynamodb-pages.ts';
import type { Meter } from './meter.ts';
import type { CellWrite, Page, Store, WriteResult } from './store.ts';
import { TrackedWrites } from './tracked-writes.ts';

const KEYS_PER_READ = 100;
const READS_IN_FLIGHT = 4;
const READ_ATTEMPTS = 12;
/** Units of the largest item and of the largest page, 400 KB and 1 MB, read consistently. */
const MOST_ITEM_UNITS = 100;
const MOST_PAGE_UNITS = 256;

export interface DynamoDBStoreProps {
  readonly client: DynamoDB;
  readonly runtime: Runtime;
  readonly table: string;
  /** Names of the key attributes, the partition key first. */
  readonly keyNames: readonly string[];
  /** Name of the reserved attribute. */
  readonly reserved: string;
  /** Holds back what the store uses of its table. @default nothing does */
  readonly meter?: Meter | undefined;
}

/** A DynamoDB table as a source or a target. Attribute values pass through as the SDK read them. */
export function dynamoDBStore({
  client: unmetered,
  runtime,
  table,
  keyNames,
  reserved,
  meter,
}: DynamoDBStoreProps): Store {
  const metered = (some: DynamoDB) => (meter ? meteredDynamoDB(some, meter) : some);
  const client = metered(unmetered);
  // Each attempt is tracked: that the last one had no effect says nothing of those before it.
  const tracked = new TrackedWrites(unmetered);
  const writes = metered(tracked);
  const [partitionKey] = keyNames as [string];
  const keyOf = (item: Item): Key => Object.fromEntries(keyNames.map((name) => [name, item[name]])) as Key;

  const put = async (write: CellWrite): Promise<WriteResult> => {
    const item = {
      ...(write.item ? withoutAttribute(write.item, reserved) : write.key),
      ...(write.version ? { [reserved]: { S: write.version } } : {}),
    };
    const seen =
      write.when.kind === 'unchanged' && write.when.seen.kind === 'item' ? write.when.seen.item : {};
    await meter?.spend('write', writeUnits(item, seen));
    try {
      await writes.send(
        new PutItemCommand({
          TableName: table,
          Item: item,
          ...condition(write.when),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { verdict: 'written' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return { verdict: 'newer', cell: cellOf(error.Item, reserved) };
      if (!isNamed(error, 'ValidationException', 'ItemCollectionSizeLimitExceededException')) throw error;
      const { message } = error as Error;
      return {
        verdict: 'rejected',
        key: write.key,
        reason: message,
        oversize: write.version !== undefined && /item size/i.test(message),
      };
    }
  };

  const condition = (
    when: CellWrite['when'],
  ): Pick<
    PutItemCommandInput,
    'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
  > => {
    const names = { '#pk': partitionKey, '#r': reserved };
    if (when.kind === 'older') {
      return {
        ConditionExpression: 'attribute_not_exists(#pk) OR attribute_not_exists(#r) OR #r < :p',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':p': { S: when.prefix } },
      };
    }
    const { seen } = when;
    if (seen.kind === 'absent')
      return {
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': partitionKey },
      };
    if (seen.version === undefined)
      return {
        ConditionExpression: 'attribute_exists(#pk) AND attribute_not_exists(#r)',
        ExpressionAttributeNames: names,
      };
    return {
      ConditionExpression: '#r = :seen',
      ExpressionAttributeNames: { '#r': reserved },
      ExpressionAttributeValues: { ':seen': { S: seen.version } },
    };
  };

  const readSome = async (keys: readonly Key[], found: Map<string, Item>): Promise<void> => {
    let open = keys as Key[];
    for (let attempt = 0; open.length > 0; attempt++) {
      if (attempt >= READ_ATTEMPTS)
        throw new SegueError(
          `read of ${table}: ${open.length} keys still throttled after ${READ_ATTEMPTS} attempts`,
        );
      if (attempt > 0) await runtime.sleep(backoffMilliseconds(runtime, attempt));
      const expected = open.length * Math.max(1, Math.ceil(averageBytes() / 4_096));
      await meter?.spend('read', expected);
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: open, ConsistentRead: true } } }),
      );
      const items = Responses?.[table] ?? [];
      for (const item of items) found.set(itemText(keyOf(item)), item);
      const asked = open.length;
      open = UnprocessedKeys?.[table]?.Keys ?? [];
      const absent = asked - open.length - items.length;
      meter?.correct('read', items.reduce((sum, item) => sum + readUnits(item), absent) - expected);
    }
  };

  let lastPage: PageSize | undefined;
  const averageBytes = () => (lastPage ? lastPage.bytes / Math.max(1, lastPage.items) : 0);

  const scanPage = async (
    segment: { segment: number; segments: number },
    cursor: string | undefined,
    filter: object = {},
  ) => {
    const limit = meter && pageItems(await meter.pageShare(), lastPage);
    const reserve = Math.min(MOST_PAGE_UNITS, MOST_ITEM_UNITS * (limit ?? MOST_PAGE_UNITS));
    await meter?.spend('read', reserve);
    const answer = await client.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        Segment: segment.segment,
        TotalSegments: segment.segments,
        ReturnConsumedCapacity: 'TOTAL',
        ...(cursor === undefined ? {} : { ExclusiveStartKey: keyFromText(cursor) }),
        ...(limit === undefined ? {} : { Limit: limit }),
        ...filter,
      }),
    );
    if (meter) {
      const { Items = [], ScannedCount = 0, ConsumedCapacity } = answer;
      // A projection shows less than was read, so that only the service knows; the larger of both is what it took.
      const shown = limit === undefined ? 0 : Items.reduce((sum, item) => sum + itemBytes(item), 0);
      const bytes = Math.max(shown, 4_096 * (ConsumedCapacity?.CapacityUnits ?? 0));
      lastPage = { items: ScannedCount, bytes };
      meter.correct('read', Math.max(1, Math.ceil(bytes / 4_096)) - reserve);
    }
    return { ...answer, next: answer.LastEvaluatedKey ? { next: itemText(answer.LastEvaluatedKey) } : {} };
  };

  return {
    keyOf,

    async scan(segment, cursor): Promise<Page> {
      const { Items = [], ConsumedCapacity, next } = await scanPage(segment, cursor);
      const cells = Items.map((item) => cellOf(item, reserved));
      const items = cells.flatMap((cell) => (cell.kind === 'item' ? [cell.item] : []));
      // A consistent read of 4 KB costs one unit: the capacity tells the size without counting bytes.
      return {
        count: items.length,
        bytes: (ConsumedCapacity?.CapacityUnits ?? 0) * 4096,
        items: () => items,
        ...next,
      };
    },

    async insertAbsent(page) {
      const items = page.items();
      const outcomes = await insertAbsent({ client: writes, table, partitionKey, runtime, meter }, items);
      return {
        inserted: outcomes.filter(({ kind }) => kind === 'inserted').length,
        existing: outcomes.filter(({ kind }) => kind === 'existing').length,
        rejected: outcomes.flatMap((outcome, index) =>
          outcome.kind === 'rejected'
            ? [{ key: keyOf(items[index] as Item), reason: outcome.reason, oversize: false }]
            : [],
        ),
      };
    },

    async read(keys) {
      const texts = keys.map(itemText);
      const distinct = [...new Map(texts.map((text, index) => [text, keys[index] as Key])).values()];
      const found = new Map<string, Item>();
      await inParallel(chunks(distinct, KEYS_PER_READ), READS_IN_FLIGHT, (some) => readSome(some, found));
      return texts.map((text) => cellOf(found.get(text), reserved));
    },

    isSame: (own, theirs) => sameContent(contentOf(own), contentOf(theirs)),

    write: put,

    async scanVersions(segment, cursor) {
      const {
        Items = [],
        ScannedCount = 0,
        next,
      } = await scanPage(segment, cursor, {
        FilterExpression: 'attribute_exists(#r)',
        ProjectionExpression: [...keyNames.map((_, index) => `#k${index}`), '#r'].join(', '),
        ExpressionAttributeNames: {
          '#r': reserved,
          ...Object.fromEntries(keyNames.map((name, index) => [`#k${index}`, name])),
        },
      });
      const cells = Items.map((item) => ({ key: keyOf(item), version: item[reserved]?.S as string }));
      return { scanned: ScannedCount, cells, ...next };
    },

    async removeTombstone(key, version) {
      await ignoreFailedCondition(
        writes.send(
          new DeleteItemCommand({
            TableName: table,
            Key: key,
            ConditionExpression: '#r = :seen',
            ExpressionAttributeNames: { '#r': reserved },
            ExpressionAttributeValues: { ':seen': { S: version } },
          }),
        ),
      );
    },

    async removeVersion(key, version) {
      await meter?.spend('write', Math.max(1, Math.ceil(averageBytes() / 1_024)));
      // Conditional always: without the condition REMOVE would create the item that a removal has just taken away.
      await ignoreFailedCondition(
        writes.send(
          new UpdateItemCommand({
            TableName: table,
            Key: key,
            UpdateExpression: 'REMOVE #r',
            ConditionExpression: '#r = :seen',
            ExpressionAttributeNames: { '#r': reserved },
            ExpressionAttributeValues: { ':seen': { S: version } },
          }),
        ),
      );
    },

    // Every write of an item is whole.
    endUnfinished: async () => undefined,
    outcomesKnown: () => tracked.outcomesKnown,
  };
}

async function ignoreFailedCondition(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
