import type { RecordTable } from './table.ts';

/** Facts of a migration or of one of its directions: documents that one phase writes and later ones read, by id. */
export class Facts {
  readonly #table: RecordTable;
  readonly #migration: string;
  readonly #prefix: string;

  /** @param scope of a direction; empty for the migration as a whole, and for its first direction. */
  constructor(table: RecordTable, migration: string, scope: string) {
    this.#table = table;
    this.#migration = migration;
    this.#prefix = `fact${scope}#`;
  }

  async fact<T extends object>(id: string): Promise<T | undefined> {
    return (await this.#table.get<{ data: T }>(this.#key(id)))?.data;
  }

  async noteFact(id: string, data: object): Promise<void> {
    await this.#table.put(this.#key(id), { data });
  }

  /** All facts whose id begins with a prefix, by id. */
  async facts<T extends object>(prefix: string): Promise<Map<string, T>> {
    const facts = new Map<string, T>();
    const { pk, sk: from } = this.#key(prefix);
    for await (const { sk, data } of this.#table.query<{ sk: string; data: T }>(pk, from))
      facts.set(sk.slice(this.#prefix.length), data);
    return facts;
  }

  #key(id: string) {
    return { pk: `migration#${this.#migration}`, sk: `${this.#prefix}${id}` };
  }
}
