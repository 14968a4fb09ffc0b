import { createHash } from 'node:crypto';
import { itemText } from '../items.ts';
import type { Key } from '../model.ts';
import type { Runtime } from '../runtime.ts';
import type { RecordKey, RecordTable } from './table.ts';

/** Longer than an event can wait: a queue keeps it for 14 days at most (Amazon SQS Developer Guide, "Quotas"). */
const LIFE_SECONDS = 15 * 24 * 3_600;
/** In place of an id. No id of a request has such characters. */
const ANY = '*';

/**
 * What the migrator itself has written after a switch, where the events of the side that was left do not tell who wrote:
 * by the ids of the requests, which the events name. Each is noted before its key is out of doubt. They are forgotten
 * by the table's time to live.
 */
export class OwnWrites {
  readonly #table: RecordTable;
  readonly #scope: string;
  readonly #runtime: Runtime;

  /** @param scope a migration in one of its directions. */
  constructor(table: RecordTable, scope: string, runtime: Runtime) {
    this.#table = table;
    this.#scope = scope;
    this.#runtime = runtime;
  }

  async note(resource: number, key: Key, requests: readonly string[]): Promise<void> {
    await Promise.all(requests.map((request) => this.#put(resource, key, request)));
  }

  /** Any write of a key may have been the migrator's: the outcome of one never came to be known. */
  noteAny(resource: number, key: Key): Promise<void> {
    return this.#put(resource, key, ANY);
  }

  /** Whether a request was the migrator's; `perhaps` where nobody knows. */
  async isOwn(resource: number, key: Key, request: string | undefined): Promise<boolean | 'perhaps'> {
    const has = async (id: string) => (await this.#table.get(this.#key(resource, key, id))) !== undefined;
    if (request === undefined) return 'perhaps';
    return (await has(request)) || ((await has(ANY)) ? 'perhaps' : false);
  }

  async #put(resource: number, key: Key, request: string): Promise<void> {
    const forgottenAt = Math.ceil(this.#runtime.now() / 1_000) + LIFE_SECONDS;
    await this.#table.put(this.#key(resource, key, request), { forgottenAt });
  }

  #key(resource: number, key: Key, request: string): RecordKey {
    // A key can be longer than a partition key may be: its hash stands for it.
    const hash = createHash('sha256')
      .update(`${resource}#${itemText(key)}`)
      .digest('hex');
    return { pk: `own#${this.#scope}#${hash}`, sk: request };
  }
}
