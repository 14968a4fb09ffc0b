import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDB } from '../clients.ts';
import { chunks, inParallel } from '../parallel.ts';

/** A record of the journal or of the route table: plain data under a partition key and a sort key. */
export interface RecordKey {
  readonly pk: string;
  readonly sk: string;
}
export type Fields = Record<string, unknown>;

/** An update within a transaction. */
export type TransactUpdate = NonNullable<TransactWriteItem['Update']>;

export interface Condition {
  readonly expression: string;
  readonly values?: Fields;
}

/**
 * A table of small records with conditional writes. Names in expressions are written as they are, with a `#` before
 * each; values with a `:` before each.
 */
export class RecordTable {
  readonly #client: DynamoDB;
  readonly name: string;
  readonly #keyNames: readonly [string, string];

  constructor(client: DynamoDB, name: string, keyNames: readonly [string, string] = ['pk', 'sk']) {
    this.#client = client;
    this.name = name;
    this.#keyNames = keyNames;
  }

  async get<T extends object>(key: RecordKey): Promise<T | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.name, Key: this.#key(key), ConsistentRead: true }),
    );
    return Item && (unmarshall(Item) as T);
  }

  /** Many records at once, in the order of the keys. */
  async getAll<T extends object>(keys: readonly RecordKey[]): Promise<(T | undefined)[]> {
    const found = new Map<string, T>();
    await inParallel(chunks(keys, 100), 8, async (some) => {
      let open = some.map((key) => this.#key(key));
      while (open.length > 0) {
        const { Responses, UnprocessedKeys } = await this.#client.send(
          new BatchGetItemCommand({ RequestItems: { [this.name]: { Keys: open, ConsistentRead: true } } }),
        );
        for (const item of Responses?.[this.name] ?? []) {
          const record = unmarshall(item);
          found.set(JSON.stringify(this.#keyNames.map((name) => record[name])), record as T);
        }
        open = (UnprocessedKeys?.[this.name]?.Keys ?? []) as typeof open;
      }
    });
    return keys.map(({ pk, sk }) => found.get(JSON.stringify([pk, sk])));
  }

  /** @returns whether the condition held. */
  async put(key: RecordKey, record: Fields, condition?: Condition): Promise<boolean> {
    return held(
      this.#client.send(
        new PutItemCommand({
          TableName: this.name,
          Item: marshall({ ...this.#plainKey(key), ...record }, { removeUndefinedValues: true }),
          ...(condition ? this.#condition(condition) : {}),
        }),
      ),
    );
  }

  /** @returns the record as it stands after the update, or undefined if the condition did not hold. */
  async update<T extends object>(
    key: RecordKey,
    update: string,
    values: Fields,
    condition?: Condition,
  ): Promise<T | undefined> {
    try {
      const { Attributes } = await this.#client.send(
        new UpdateItemCommand({
          ...this.updateOf(key, update, values, condition),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return unmarshall(Attributes ?? {}) as T;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** The same update as a part of a transaction. */
  updateOf(key: RecordKey, update: string, values: Fields, condition?: Condition): TransactUpdate {
    return {
      TableName: this.name,
      Key: this.#key(key),
      UpdateExpression: update,
      ...(condition ? { ConditionExpression: condition.expression } : {}),
      ...namesAndValues(`${update} ${condition?.expression ?? ''}`, { ...values, ...condition?.values }),
    };
  }

  /** @returns whether the condition held. */
  async delete(key: RecordKey, condition?: Condition): Promise<boolean> {
    return held(
      this.#client.send(
        new DeleteItemCommand({
          TableName: this.name,
          Key: this.#key(key),
          ...(condition ? this.#condition(condition) : {}),
        }),
      ),
    );
  }

  /**
   * The records of a partition in the order of their sort keys, read page by page.
   * @param prefix of the sort keys.
   * @param from the first sort key with that prefix that is wanted.
   */
  async *query<T extends object>(pk: string, prefix = '', from = prefix): AsyncGenerator<T> {
    let start: Record<string, AttributeValue> | undefined;
    do {
      const answer = await this.#client.send(
        new QueryCommand({
          TableName: this.name,
          ConsistentRead: true,
          KeyConditionExpression: prefix ? '#pk = :pk AND #sk BETWEEN :from AND :to' : '#pk = :pk',
          ExpressionAttributeNames: {
            '#pk': this.#keyNames[0],
            ...(prefix ? { '#sk': this.#keyNames[1] } : {}),
          },
          ExpressionAttributeValues: marshall({
            ':pk': pk,
            ...(prefix ? { ':from': from, ':to': `${prefix}\uffff` } : {}),
          }),
          ...(start ? { ExclusiveStartKey: start } : {}),
        }),
      );
      for (const item of answer.Items ?? []) yield unmarshall(item) as T;
      start = answer.LastEvaluatedKey;
    } while (start);
  }

  #plainKey({ pk, sk }: RecordKey): Fields {
    return { [this.#keyNames[0]]: pk, [this.#keyNames[1]]: sk };
  }

  #key(key: RecordKey) {
    return marshall(this.#plainKey(key));
  }

  #condition({ expression, values }: Condition) {
    return { ConditionExpression: expression, ...namesAndValues(expression, values) };
  }
}

/** What sets each of these fields, in an update expression. */
export function assignments(values: object): string {
  return Object.keys(values)
    .map((name) => `#${name} = :${name}`)
    .join(', ');
}

function namesAndValues(expression: string, values: Fields = {}) {
  const names = [...new Set(expression.match(/#\w+/g) ?? [])];
  return {
    ...(names.length > 0
      ? { ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])) }
      : {}),
    ...(Object.keys(values).length > 0
      ? {
          ExpressionAttributeValues: marshall(
            Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
            { removeUndefinedValues: true },
          ),
        }
      : {}),
  };
}

async function held(sent: Promise<unknown>): Promise<boolean> {
  try {
    await sent;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
