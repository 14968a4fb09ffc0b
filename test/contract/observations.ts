import { type AttributeValue, BatchExecuteStatementCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { isNamed } from '../../shared/errors.ts';
import type { Item } from '../../shared/model.ts';
import { dynamoDBFeed } from '../../shared/stores/dynamodb-feed.ts';
import { changesOf } from './feed-reader.ts';
import { itemOfBytes, MOST_ITEM_BYTES, plainItems } from './items.ts';
import type { Bench } from './judge.ts';
import { createTable, RESERVED, type TestTable } from './test-table.ts';

/** Looks what a DynamoDB does, by bare requests: no code of the migrator decides what is seen. */
export type Observation = (bench: Bench) => Promise<string>;

export const streamRecordOfInsert: Observation = async (bench) => {
  const table = await createTable(bench);
  const feed = dynamoDBFeed(bench.streams, await table.enableStream(), RESERVED);
  await insert(bench, table, [{ id: { S: 'inserted' } }]);
  await table.put({ id: { S: 'put' } });
  // Only patience tells that the other record does not come.
  const changes = await changesOf(bench, feed, 2, { patience: 30 });
  return changes.some(({ key }) => key.id?.S === 'inserted') ? 'a record' : 'no record';
};

export const statementWithEmptySet: Observation = async (bench) => {
  const table = await createTable(bench);
  await insert(bench, table, [{ id: { S: 'a' }, value: { SS: [] } }]);
  return (await table.items()).length === 0 ? 'refused' : 'inserted';
};

export const twoStatementsWithOneKey: Observation = async (bench) => {
  const table = await createTable(bench);
  const answer = await insert(bench, table, [...plainItems(2), ...plainItems(1)]);
  const effect = (await table.items()).length === 0 ? 'without effect' : 'after its effect';
  if (answer === 'refused') return `refused as a whole, ${effect}`;
  return answer[2] === 'DuplicateItem' ? 'the second one is a duplicate' : 'inserted';
};

export const startKeyOfAnotherSegment: Observation = async (bench) => {
  const table = await createTable(bench);
  const keys = plainItems(20).map(({ id }) => ({ id: id as AttributeValue }));
  await table.put(...keys);
  const answers = await Promise.all(keys.map((key) => accepts(bench, table, key)));
  return answers.every(Boolean) ? 'accepted' : 'refused';
};

export const capacityOfPage: Observation = async (bench) => {
  const table = await createTable(bench);
  await table.put(itemOfBytes('a', MOST_ITEM_BYTES));
  const { ConsumedCapacity } = await bench.client.send(
    new ScanCommand({ TableName: table.name, ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' }),
  );
  return ConsumedCapacity?.CapacityUnits === MOST_ITEM_BYTES / 4_096
    ? 'a unit for each 4 KB'
    : 'next to nothing';
};

export const creationTime: Observation = async (bench) => {
  const table = await createTable(bench);
  const feed = dynamoDBFeed(bench.streams, await table.enableStream(), RESERVED);
  // At the beginning of a minute nothing could be told apart.
  const intoMinute = bench.runtime.now() % 60_000;
  if (intoMinute < 3_000) await bench.runtime.sleep(3_000 - intoMinute);
  const second = Math.floor(bench.runtime.now() / 1000);
  await table.put({ id: { S: 'a' } });
  const [change] = await changesOf(bench, feed, 1);
  if (change?.createdSecond === Math.floor(second / 60) * 60) return 'its minute';
  const isBetween =
    change && change.createdSecond >= second && change.createdSecond * 1000 <= bench.runtime.now();
  return isBetween ? 'its second' : 'another time';
};

export const emptyMapInImage: Observation = async (bench) => {
  const table = await createTable(bench);
  const feed = dynamoDBFeed(bench.streams, await table.enableStream(), RESERVED);
  await table.put({ id: { S: 'a' }, value: { M: {} } });
  const [change] = await changesOf(bench, feed, 1);
  return change?.after?.value?.M ? 'a map' : 'a value without a type';
};

/** @returns the error code of each statement, or that the request was refused as a whole */
async function insert(bench: Bench, table: TestTable, items: readonly Item[]) {
  try {
    const { Responses = [] } = await bench.client.send(
      new BatchExecuteStatementCommand({
        Statements: items.map((item) => ({
          Statement: `INSERT INTO "${table.name}" VALUE {${Object.keys(item)
            .map((name) => `'${name}': ?`)
            .join(', ')}}`,
          Parameters: Object.values(item),
        })),
      }),
    );
    return Responses.map(({ Error: error }) => error?.Code);
  } catch (error) {
    if (isNamed(error, 'ValidationException')) return 'refused';
    throw error;
  }
}

/** Whether a key is taken for a start in the first of two segments. */
async function accepts(bench: Bench, table: TestTable, ExclusiveStartKey: Item): Promise<boolean> {
  try {
    await bench.client.send(
      new ScanCommand({ TableName: table.name, Segment: 0, TotalSegments: 2, ExclusiveStartKey }),
    );
    return true;
  } catch (error) {
    if (isNamed(error, 'ValidationException')) return false;
    throw error;
  }
}
