import { createHash } from 'node:crypto';
import type { NotedUpload } from '../model.ts';
import type { Runtime } from '../runtime.ts';
import type { RecordTable } from './table.ts';

type UploadRecord = Omit<NotedUpload, 'token'> & { readonly sk: string };

/**
 * The multipart copies to one side of a resource, each noted before it is begun: so another worker can go on with it,
 * and none is left behind with its parts, which cost as objects do. Each has a note of its own, for two workers may copy
 * one key.
 */
export class Uploads {
  readonly #table: RecordTable;
  readonly #runtime: Runtime;
  readonly #partition: string;

  /** @param side names the side, its resource and its migration. */
  constructor(table: RecordTable, runtime: Runtime, side: string) {
    this.#table = table;
    this.#runtime = runtime;
    this.#partition = `uploads#${side}`;
  }

  /** Those of a key that may be gone on with. @param key of the object, relative to the prefix. */
  async openOf(key: string): Promise<NotedUpload[]> {
    const all = await Array.fromAsync(this.#records(prefixOf(key)));
    return all.filter(({ uploadId, left }) => uploadId !== undefined && !left);
  }

  /** Notes that a copy is about to begin. @param digest of what is copied, and in which parts. */
  async note(key: string, digest: string): Promise<NotedUpload> {
    const upload = { token: this.#runtime.id(), key, digest };
    await this.#put(upload);
    return upload;
  }

  /** Notes what has become of a copy. */
  async update(upload: NotedUpload): Promise<void> {
    await this.#put(upload);
  }

  async forget(upload: NotedUpload): Promise<void> {
    await this.#table.delete(this.#keyOf(upload));
  }

  all(): AsyncGenerator<NotedUpload> {
    return this.#records('');
  }

  async *#records(prefix: string): AsyncGenerator<NotedUpload> {
    for await (const { sk, key, digest, uploadId, left, others } of this.#table.query<UploadRecord>(
      this.#partition,
      prefix,
    ))
      yield {
        token: sk.slice(sk.indexOf('#') + 1),
        key,
        digest,
        ...(uploadId === undefined ? {} : { uploadId }),
        ...(left ? { left } : {}),
        ...(others ? { others } : {}),
      };
  }

  async #put(upload: NotedUpload): Promise<void> {
    const { key, digest, uploadId, left, others } = upload;
    await this.#table.put(this.#keyOf(upload), { key, digest, uploadId, left, others });
  }

  #keyOf({ key, token }: NotedUpload) {
    return { pk: this.#partition, sk: `${prefixOf(key)}${token}` };
  }
}

/** A key can be longer than a sort key may be: its hash stands for it. */
function prefixOf(key: string): string {
  return `${createHash('sha256').update(key).digest('hex')}#`;
}
