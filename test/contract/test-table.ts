import {
  type AttributeValue,
  CreateTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand } from '@aws-sdk/client-dynamodb-streams';
import { isNamed } from '../../shared/errors.ts';
import { itemText } from '../../shared/items.ts';
import type { Item, Key } from '../../shared/model.ts';
import { dynamoDBStore } from '../../shared/stores/dynamodb.ts';
import type { Store } from '../../shared/stores/store.ts';
import { reservedAttribute } from '../../shared/version.ts';
import type { Actor } from './judge.ts';

export const RESERVED = reservedAttribute('contract');

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

/** A table of one test's own, seen apart from the code under test. */
export class TestTable {
  readonly name: string;
  readonly #actor: Actor;
  readonly #keys: readonly KeyAttribute[];

  constructor(actor: Actor, name: string, keys: readonly KeyAttribute[]) {
    this.#actor = actor;
    this.name = name;
    this.#keys = keys;
  }

  /** The store under test, for this process or for another one. */
  store({ client, runtime }: Pick<Actor, 'client' | 'runtime'> = this.#actor): Store {
    return dynamoDBStore({
      client,
      runtime,
      table: this.name,
      keyNames: this.#keys.map(({ name }) => name),
      reserved: RESERVED,
    });
  }

  async put(...items: readonly Item[]): Promise<void> {
    await Promise.all(
      items.map((Item) => this.#actor.client.send(new PutItemCommand({ TableName: this.name, Item }))),
    );
  }

  async get(key: Key): Promise<Item | undefined> {
    const { Item } = await this.#actor.client.send(
      new GetItemCommand({ TableName: this.name, Key: key, ConsistentRead: true }),
    );
    return Item;
  }

  /** All items as they stand, reserved attributes and tombstones included. */
  async items(): Promise<Item[]> {
    const items: Item[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#actor.client.send(
        new ScanCommand({ TableName: this.name, ConsistentRead: true, ExclusiveStartKey: start }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  }

  /** Turns the table's stream on. @returns its ARN */
  async enableStream(): Promise<string> {
    const { client, streams, runtime } = this.#actor;
    await client.send(
      new UpdateTableCommand({
        TableName: this.name,
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    const StreamArn = await this.untilActive();
    for (;;) {
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
      if (StreamDescription?.StreamStatus === 'ENABLED') return StreamArn as string;
      await runtime.sleep(50);
    }
  }

  /** @returns the ARN of the table's stream, if it has one */
  async untilActive(): Promise<string | undefined> {
    for (;;) {
      const table = await this.#description();
      if (table?.TableStatus === 'ACTIVE') return table.LatestStreamArn;
      await this.#actor.runtime.sleep(50);
    }
  }

  /** @returns undefined while the table can't be seen: descriptions are read without consistency */
  async #description(): Promise<TableDescription | undefined> {
    try {
      const command = new DescribeTableCommand({ TableName: this.name });
      return (await this.#actor.client.send(command)).Table;
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  }
}

const ID: readonly KeyAttribute[] = [{ name: 'id', type: 'S' }];

/** Makes an empty table. @param keys the partition key first */
export async function createTable(actor: Actor, keys: readonly KeyAttribute[] = ID): Promise<TestTable> {
  const table = new TestTable(actor, `contract-${actor.runtime.id()}`, keys);
  await actor.client.send(
    new CreateTableCommand({
      TableName: table.name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
      KeySchema: keys.map(({ name }, index) => ({
        AttributeName: name,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
    }),
  );
  await table.untilActive();
  return table;
}

/** Contents to compare: the same texts for the same items, whatever the order of items, attributes and sets. */
export function contents(items: readonly Item[]): string[] {
  return items.map(itemText).sort();
}
