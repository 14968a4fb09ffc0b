import { assignments, type RecordTable } from './table.ts';

/** What somebody has done to a running migration, or was refused. */
export interface ActionRecord {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The name that was declared; nobody has checked it. */
  readonly by: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `begun`: it was interrupted, and may have taken effect. */
  readonly outcome: 'begun' | 'done' | 'refused';
  /** In words: what it did, or why it was refused. Absent while it has only begun. */
  readonly effect?: string;
}

/** The actions on a migration. Each is noted before it takes effect, so that none takes effect unnoted. */
export class Actions {
  readonly #table: RecordTable;
  readonly #migration: string;

  constructor(table: RecordTable, migration: string) {
    this.#table = table;
    this.#migration = migration;
  }

  find(id: string): Promise<ActionRecord | undefined> {
    return this.#table.get<ActionRecord>(this.#key(id));
  }

  async note(action: ActionRecord): Promise<void> {
    const fields = Object.fromEntries(Object.entries(action).filter(([, value]) => value !== undefined));
    await this.#table.update(this.#key(action.id), `SET ${assignments(fields)}`, fields);
  }

  /** In the order in which they were given. */
  async all(): Promise<ActionRecord[]> {
    const actions: ActionRecord[] = [];
    const records = this.#table.query<ActionRecord & { pk?: string; sk?: string }>(
      this.#key('').pk,
      this.#key('').sk,
    );
    for await (const { pk: _, sk: __, ...action } of records) actions.push(action);
    return actions.sort((a, b) => a.at - b.at);
  }

  #key(id: string) {
    return { pk: `migration#${this.#migration}`, sk: `action#${id}` };
  }
}
