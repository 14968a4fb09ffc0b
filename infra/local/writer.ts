import { type DynamoDBClient, GetItemCommand, type PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Bookkeeping, Deed, Outcome } from './bookkeeping.ts';
import { cityKey } from './cities.ts';
import type { Item } from './item-text.ts';
import type { LedgerRecord } from './ledger.ts';
import { OwnRecord } from './own-record.ts';
import { create, mark, type OwnWrite, put, remove, set, update } from './own-writes.ts';
import type { Random } from './random.ts';

/** Records that are written again and again, beside ever new ones. */
const RECENT = 40;

export interface WriterProps {
  readonly name: string;
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly books: Bookkeeping;
  readonly random: Random;
  /** Items of the table that are this writer's alone. */
  readonly items: readonly Item[];
  /** First of the numbers that this writer gives to new cities. */
  readonly firstCityId: number;
}

/** One part of the application, with records of its own. */
export class Writer {
  readonly #props: WriterProps;
  readonly #records = new Map<string, OwnRecord>();
  readonly #recent: OwnRecord[] = [];
  #items = 0;
  #cities = 0;
  #version = 0;

  constructor(props: WriterProps) {
    this.#props = props;
  }

  /** Does one thing that applications do. @returns the number of requests it took. */
  async step(): Promise<number> {
    const record = this.#pick();
    const chance = this.#props.random.next();
    if (!record.content) await this.#write(record, chance < 0.5 ? this.#put(record) : this.#create(record));
    else if (chance < 0.16) await this.#write(record, this.#put(record));
    else if (chance < 0.36) await this.#write(record, this.#update(record));
    else if (chance < 0.5) await this.#write(record, this.#set(record));
    else if (chance < 0.6) await this.#write(record, this.#remove(record));
    else if (chance < 0.7) return this.#recreate(record);
    else if (chance < 0.8) return this.#burst(record);
    else if (chance < 0.85) await this.#createAgain(record);
    else if (chance < 0.93) await this.#mark(record);
    else await this.#read(record);
    return 1;
  }

  ledger(): LedgerRecord[] {
    return [...this.#records.values()].map((record) => record.ledger());
  }

  /** Mostly a record that was written lately, otherwise one of the table's items or a new city. */
  #pick(): OwnRecord {
    const { random, items, firstCityId } = this.#props;
    const recent = this.#recent.filter(({ writable }) => writable);
    if (recent.length > 0 && random.next() < 0.7) return random.pick(recent);
    const item = random.next() < 0.75 ? items[this.#items++] : undefined;
    if (!item) return this.#own(cityKey(firstCityId + this.#cities++, 'city'), undefined);
    const { cityId, record } = item;
    return this.#own({ cityId, record } as Item, item);
  }

  /** The record under a key, which counts as written lately from now on. */
  #own(key: Item, content: Item | undefined): OwnRecord {
    const text = JSON.stringify(key);
    const record = this.#records.get(text) ?? new OwnRecord(key, content);
    this.#records.set(text, record);
    this.#recent.unshift(record);
    this.#recent.splice(RECENT);
    return record;
  }

  /** Deletes a record and creates it again at once. */
  async #recreate(record: OwnRecord): Promise<number> {
    await this.#write(record, this.#remove(record));
    if (!record.writable) return 1;
    await this.#write(record, this.#create(record));
    return 2;
  }

  /** Several updates of one record within the same second. */
  async #burst(record: OwnRecord): Promise<number> {
    const times = 3 + this.#props.random.below(3);
    for (let time = 1; time <= times; time++) {
      await this.#write(record, time % 2 === 0 ? this.#set(record) : this.#update(record));
      if (!record.writable) return time;
    }
    return times;
  }

  /** A creation where something stands: it must be refused. */
  async #createAgain(record: OwnRecord): Promise<void> {
    const write = this.#create(record);
    const deed = this.#deed(record, 'create again');
    record.applyRefusal(this.#props.books, await this.#send(deed, write), { deed, ...write });
  }

  async #mark({ key }: OwnRecord): Promise<void> {
    const record = this.#own({ ...key, record: { S: `mark#${this.#props.random.below(1000)}` } }, undefined);
    if (record.writable) await this.#write(record, mark({ table: this.#props.table, key: record.key }));
  }

  /** Reads what it wrote. */
  async #read(record: OwnRecord): Promise<void> {
    const { client, table, books } = this.#props;
    const deed = this.#deed(record, 'read');
    const seen = await books.read(deed, () =>
      client.send(new GetItemCommand({ TableName: table, Key: record.key, ConsistentRead: true })),
    );
    if (seen) record.compare(books, deed, seen.item, 'a read');
  }

  async #write(record: OwnRecord, write: OwnWrite): Promise<void> {
    const deed = this.#deed(record, write.operation);
    record.apply(this.#props.books, await this.#send(deed, write), { deed, ...write });
  }

  #send(deed: Deed, { command }: OwnWrite): Promise<Outcome> {
    const { client, books } = this.#props;
    // The client's overloads take one class of command each; the answers of these have what is read of them in common.
    return books.write(deed, () => client.send(command as PutItemCommand));
  }

  #put = (record: OwnRecord) => put(this.#target(record));
  #create = (record: OwnRecord) => create(this.#target(record));
  #remove = (record: OwnRecord) => remove(this.#target(record));
  #set = (record: OwnRecord) => set(this.#target(record), record.content as Item);
  #update = (record: OwnRecord) => update(this.#target(record), record.content as Item);

  #target({ key }: OwnRecord) {
    return { table: this.#props.table, key, random: this.#props.random, version: ++this.#version };
  }

  #deed({ key }: OwnRecord, operation: string): Deed {
    return { writer: this.#props.name, operation, key };
  }
}
