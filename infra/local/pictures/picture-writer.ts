import type { Bookkeeping, Deed, Reply } from '../bookkeeping.ts';
import type { LedgerRecord } from '../ledger.ts';
import { OwnRecord } from '../own-record.ts';
import type { Random } from '../random.ts';
import { type Picture, pictureDigest } from './picture.ts';
import { pictureOf } from './picture-bucket.ts';
import type { PictureFile } from './picture-files.ts';
import type { PictureWrites } from './picture-writes.ts';

/** Objects that are written again and again, beside ever new ones. */
const RECENT = 30;
/** Larger files are uploaded in parts, and seldom. */
const LARGE_BYTES = 5 * 2 ** 20;

export interface PictureWriterProps {
  readonly name: string;
  readonly writes: PictureWrites;
  readonly read: (key: string) => Promise<Picture | undefined>;
  readonly books: Bookkeeping;
  readonly random: Random;
  /** What it uploads. */
  readonly files: readonly PictureFile[];
  /** Objects of the bucket that are this writer's alone, by their keys. */
  readonly pictures: readonly (readonly [string, Picture])[];
}

type PictureRecord = OwnRecord<string, Picture>;

/** One part of the application of a bucket, with objects of its own. */
export class PictureWriter {
  readonly #props: PictureWriterProps;
  readonly #records = new Map<string, PictureRecord>();
  readonly #recent: PictureRecord[] = [];
  #taken = 0;
  #uploaded = 0;

  #version = 0;
  readonly #small: readonly PictureFile[];
  readonly #large: readonly PictureFile[];

  constructor(props: PictureWriterProps) {
    this.#props = props;
    this.#small = props.files.filter(({ size }) => size <= LARGE_BYTES);
    this.#large = props.files.filter(({ size }) => size > LARGE_BYTES);
  }

  /** Does one thing that applications do. @returns the number of requests it took. */
  async step(): Promise<number> {
    const record = this.#pick();
    const chance = this.#props.random.next();
    if (!record.content) return this.#put(record, chance < 0.5 ? 'put' : 'create');
    if (chance < 0.3) return this.#put(record, 'put');
    if (chance < 0.45) return this.#put(record, 'replace');
    if (chance < 0.55) await this.#copy(record);
    else if (chance < 0.65) await this.#tag(record);
    else if (chance < 0.75) await this.#remove(record);
    else if (chance < 0.82) return this.#recreate(record);
    else if (chance < 0.87) await this.#removeSome();
    else if (chance < 0.91) await this.#createAgain(record);
    else if (chance < 0.93) return this.#upload(record);
    else await this.#read(record);
    return 1;
  }

  ledger(): LedgerRecord[] {
    return [...this.#records.values()].map((record) => record.ledger());
  }

  /** Mostly an object that was written lately, otherwise one of the bucket's or a new one. */
  #pick(): PictureRecord {
    const { random, name, pictures } = this.#props;
    const recent = this.#recent.filter(({ writable }) => writable);
    if (recent.length > 0 && random.next() < 0.7) return random.pick(recent);
    const standing = random.next() < 0.75 ? pictures[this.#taken++] : undefined;
    return standing ? this.#own(...standing) : this.#own(`uploads/${name}/${++this.#uploaded}.png`);
  }

  /** The object under a key, which counts as written lately from now on. */
  #own(key: string, content?: Picture): PictureRecord {
    const record =
      this.#records.get(key) ?? new OwnRecord({ key, text: key, content, digest: pictureDigest });
    this.#records.set(key, record);
    this.#recent.unshift(record);
    this.#recent.splice(RECENT);
    return record;
  }

  async #put(record: PictureRecord, operation: 'put' | 'create' | 'replace'): Promise<number> {
    const { picture, bytes } = this.#new(this.#small);
    await this.#write(record, operation, picture, () =>
      this.#props.writes[operation](record.key, picture, bytes),
    );
    return operation === 'replace' ? 2 : 1;
  }

  /** A creation where something stands: it must be refused. */
  async #createAgain(record: PictureRecord): Promise<void> {
    const { books, writes } = this.#props;
    const { picture, bytes } = this.#new(this.#small);
    const deed = this.#deed(record, 'create again');
    const outcome = await books.write(deed, () => writes.create(record.key, picture, bytes));
    record.applyRefusal(books, outcome, { deed, after: picture, guarded: false });
  }

  /** Deletes an object and creates it again at once. */
  async #recreate(record: PictureRecord): Promise<number> {
    await this.#remove(record);
    return 1 + (record.writable ? await this.#put(record, 'create') : 0);
  }

  /** Copies it to a new key, with all that it carries. */
  async #copy({ key, content }: PictureRecord): Promise<void> {
    const copy = this.#own(`copies/${this.#props.name}/${++this.#uploaded}.png`);
    await this.#write(copy, 'copy', content, () => this.#props.writes.copy(key, copy.key));
  }

  async #tag(record: PictureRecord): Promise<void> {
    const { random, writes } = this.#props;
    const tags = { reviewed: random.pick(['yes', 'no', 'später & nochmal']), round: String(random.below(9)) };
    const after = { ...(record.content as Picture), tags };
    await this.#write(record, 'tag', after, () => writes.tag(record.key, tags));
  }

  async #remove(record: PictureRecord): Promise<void> {
    await this.#write(record, 'delete', undefined, () => this.#props.writes.remove(record.key));
  }

  /** Several objects with one request. */
  async #removeSome(): Promise<void> {
    const { books, writes } = this.#props;
    const records = this.#recent.filter(({ writable, content }) => writable && content).slice(0, 3);
    const [first] = records;
    if (!first) return;
    const outcome = await books.write(this.#deed(first, 'delete several'), () =>
      writes.removeAll(records.map(({ key }) => key)),
    );
    for (const record of records) {
      const deed = this.#deed(record, 'delete several');
      record.apply(books, outcome, { deed, after: undefined, guarded: false });
    }
  }

  /** Uploads a large file in parts. */
  async #upload(record: PictureRecord): Promise<number> {
    if (this.#large.length === 0) return this.#put(record, 'put');
    const { picture, bytes } = this.#new(this.#large);
    await this.#write(record, 'upload', picture, () => this.#props.writes.upload(record.key, picture, bytes));
    return 2 + Math.ceil(bytes.length / LARGE_BYTES);
  }

  /** Reads what it wrote. */
  async #read(record: PictureRecord): Promise<void> {
    const { books, read } = this.#props;
    const deed = this.#deed(record, 'read');
    const seen = await books.read(deed, () => read(record.key));
    if (seen) record.compare(books, deed, seen, 'a read');
  }

  async #write(
    record: PictureRecord,
    operation: string,
    after: Picture | undefined,
    send: () => Promise<Reply<Picture>>,
  ): Promise<void> {
    const { books } = this.#props;
    const deed = this.#deed(record, operation);
    record.apply(books, await books.write(deed, send), { deed, after, guarded: false });
  }

  /** A picture that it never wrote: its metadata are of this moment. */
  #new(files: readonly PictureFile[]): { readonly picture: Picture; readonly bytes: Uint8Array } {
    const { random, name } = this.#props;
    const bytes = random.pick(files).bytes();
    const metadata = { by: name, version: String(++this.#version) };
    return { bytes, picture: { ...pictureOf(bytes), metadata, tags: { by: name } } };
  }

  #deed({ text }: PictureRecord, operation: string): Deed {
    return { writer: this.#props.name, operation, key: text };
  }
}
