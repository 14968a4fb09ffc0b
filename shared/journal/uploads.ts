import { createHash } from 'node:crypto';
import type { Side } from '../direction.ts';
import type { NotedUpload } from '../model.ts';
import type { RecordTable } from './table.ts';

interface UploadRecord extends NotedUpload {
  readonly key: string;
}

/**
 * The multipart copies that are under way to one side of a resource, each noted before it is begun: so another worker
 * can go on with it, and none is left behind with its parts, which cost as objects do.
 */
export class Uploads {
  readonly #table: RecordTable;
  readonly #partition: string;

  constructor(table: RecordTable, migration: string, resource: number, side: Side) {
    this.#table = table;
    this.#partition = `uploads#${migration}#${resource}#${side}`;
  }

  /** @param key of the object, relative to the prefix. */
  async find(key: string): Promise<NotedUpload | undefined> {
    const record = await this.#table.get<UploadRecord>(this.#key(key));
    return record && uploadOf(record);
  }

  /** Notes an upload in place of what was noted of the key before. */
  async note(key: string, { uploadId, digest }: NotedUpload): Promise<void> {
    await this.#table.put(this.#key(key), { key, uploadId, digest });
  }

  async forget(key: string): Promise<void> {
    await this.#table.delete(this.#key(key));
  }

  async *all(): AsyncGenerator<{ readonly key: string; readonly upload: NotedUpload }> {
    for await (const record of this.#table.query<UploadRecord>(this.#partition))
      yield { key: record.key, upload: uploadOf(record) };
  }

  #key(key: string) {
    // A key can be longer than a sort key may be: its hash stands for it.
    return { pk: this.#partition, sk: createHash('sha256').update(key).digest('hex') };
  }
}

function uploadOf({ uploadId, digest }: UploadRecord): NotedUpload {
  return { ...(uploadId === undefined ? {} : { uploadId }), digest };
}
