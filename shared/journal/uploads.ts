import { createHash } from 'node:crypto';
import type { Side } from '../direction.ts';
import type { NotedUpload } from '../model.ts';
import type { RecordTable } from './table.ts';

interface UploadRecord extends NotedUpload {
  readonly key: string;
}

const OPEN = 'open#';
const ABORTED = 'aborted#';

/**
 * The multipart copies to one side of a resource, each noted before it is begun: so another worker can go on with it,
 * and none is left behind with its parts, which cost as objects do. One that was aborted stays noted until the end: a
 * part that was on its way then may have brought it back.
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
    const record = await this.#table.get<UploadRecord>(this.#open(key));
    return record && uploadOf(record);
  }

  /** Notes an upload that is under way in place of what was noted of the key before. */
  async note(key: string, { uploadId, digest }: NotedUpload): Promise<void> {
    await this.#table.put(this.#open(key), { key, uploadId, digest });
  }

  /** Notes that an upload is about to be aborted. */
  async noteAborted(key: string, uploadId: string): Promise<void> {
    const { pk } = this.#open(key);
    await this.#table.put({ pk, sk: `${ABORTED}${digest(key)}#${uploadId}` }, { key, uploadId, digest: '' });
  }

  /** Nothing of the key is under way any more. */
  async forget(key: string): Promise<void> {
    await this.#table.delete(this.#open(key));
  }

  /** Every upload that may have parts left, with what ends its note. */
  async *all(): AsyncGenerator<{ key: string; upload: NotedUpload; forget: () => Promise<void> }> {
    for await (const record of this.#table.query<UploadRecord & { readonly sk: string }>(this.#partition))
      yield {
        key: record.key,
        upload: uploadOf(record),
        forget: async () => {
          await this.#table.delete({ pk: this.#partition, sk: record.sk });
        },
      };
  }

  #open(key: string) {
    return { pk: this.#partition, sk: `${OPEN}${digest(key)}` };
  }
}

/** A key can be longer than a sort key may be: its hash stands for it. */
function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function uploadOf({ uploadId, digest: of }: UploadRecord): NotedUpload {
  return { ...(uploadId === undefined ? {} : { uploadId }), digest: of };
}
