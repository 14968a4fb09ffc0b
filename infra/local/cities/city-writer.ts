import { GetItemCommand, type PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Deed, Outcome } from '../bookkeeping.ts';
import type { LedgerRecord } from '../ledger.ts';
import { OwnRecord } from '../own-record.ts';
import type { Random } from '../random.ts';
import { cityKey } from './cities.ts';
import { create, mark, type OwnWrite, put, remove, set, update } from './city-writes.ts';
import type { Connection } from './connection.ts';
import { itemReply } from './item-reply.ts';
import { contentDigest, type Item, itemText } from './item-text.ts';

/** Records that are written again and again, beside ever new ones. */
const RECENT = 40;

export interface CityWriterProps extends Connection {
  readonly name: string;
  readonly random: Random;
  /** Items of the table that are this writer's alone. */
  readonly items: readonly Item[];
  /** First of the numbers that this writer gives to new cities. */
  readonly firstCityId: number;
}

/** A record of the table. */
type CityRecord = OwnRecord<Item, Item>;

/** One part of the application, with records of its own. */
export class CityWriter {
  readonly #props: CityWriterProps;
  readonly #records = new Map<string, CityRecord>();
  readonly #recent: CityRecord[] = [];
  #items = 0;
  #cities = 0;
  #version = 0;

  constructor(props: CityWriterProps) {
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
  #pick(): CityRecord {
    const { random, items, firstCityId } = this.#props;
    const recent = this.#recent.filter(({ writable }) => writable);
    if (recent.length > 0 && random.next() < 0.7) return random.pick(recent);
    const item = random.next() < 0.75 ? items[this.#items++] : undefined;
    if (!item) return this.#own(cityKey(firstCityId + this.#cities++, 'city'), undefined);
    const { cityId, record } = item;
    return this.#own({ cityId, record } as Item, item);
  }

  /** The record under a key, which counts as written lately from now on. */
  #own(key: Item, content: Item | undefined): CityRecord {
    const text = itemText(key);
    const record = this.#records.get(text) ?? new OwnRecord({ key, text, content, digest: contentDigest });
    this.#records.set(text, record);
    this.#recent.unshift(record);
    this.#recent.splice(RECENT);
    return record;
  }

  /** Deletes a record and creates it again at once. */
  async #recreate(record: CityRecord): Promise<number> {
    await this.#write(record, this.#remove(record));
    if (!record.writable) return 1;
    await this.#write(record, this.#create(record));
    return 2;
  }

  /** Several updates of one record within the same second. */
  async #burst(record: CityRecord): Promise<number> {
    const times = 3 + this.#props.random.below(3);
    for (let time = 1; time <= times; time++) {
      await this.#write(record, time % 2 === 0 ? this.#set(record) : this.#update(record));
      if (!record.writable) return time;
    }
    return times;
  }

  /** A creation where something stands: it must be refused. */
  async #createAgain(record: CityRecord): Promise<void> {
    const write = this.#create(record);
    const deed = this.#deed(record, 'create again');
    record.applyRefusal(this.#props.books, await this.#send(deed, write), { deed, ...write });
  }

  async #mark({ key }: CityRecord): Promise<void> {
    const record = this.#own({ ...key, record: { S: `mark#${this.#props.random.below(1000)}` } }, undefined);
    if (record.writable) await this.#write(record, mark({ table: this.#props.table, key: record.key }));
  }

  /** Reads what it wrote. */
  async #read(record: CityRecord): Promise<void> {
    const { client, table, books } = this.#props;
    const deed = this.#deed(record, 'read');
    const command = new GetItemCommand({ TableName: table, Key: record.key, ConsistentRead: true });
    const seen = await books.read(deed, async () => (await client.send(command)).Item);
    if (seen) record.compare(books, deed, seen, 'a read');
  }

  async #write(record: CityRecord, write: OwnWrite): Promise<void> {
    const deed = this.#deed(record, write.operation);
    record.apply(this.#props.books, await this.#send(deed, write), { deed, ...write });
  }

  #send(deed: Deed, { command }: OwnWrite): Promise<Outcome<Item>> {
    const { client, books } = this.#props;
    // The client's overloads take one class of command each; the answers of these have what is read of them in common.
    return books.write(deed, () => itemReply(() => client.send(command as PutItemCommand)));
  }

  #put = (record: CityRecord) => put(this.#target(record));
  #create = (record: CityRecord) => create(this.#target(record));
  #remove = (record: CityRecord) => remove(this.#target(record));
  #set = (record: CityRecord) => set(this.#target(record), record.content as Item);
  #update = (record: CityRecord) => update(this.#target(record), record.content as Item);

  #target({ key }: CityRecord) {
    return { table: this.#props.table, key, random: this.#props.random, version: ++this.#version };
  }

  #deed({ text }: CityRecord, operation: string): Deed {
    return { writer: this.#props.name, operation, key: text };
  }
}
