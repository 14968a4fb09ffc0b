import { boundsId } from '../bounds-id.ts';
import { PermanentError } from '../errors.ts';
import { chunks, inParallel } from '../parallel.ts';
import type { RecordTable } from './table.ts';

/** A bound has up to 1,024 bytes, a record of the journal up to 400 KB. */
const BOUNDS_PER_RECORD = 200;
const WRITES_IN_FLIGHT = 8;

/**
 * The keys at which the units of resources end, if these are ranges of keys. They stand in records of their own: a plan
 * with all of them would be too long for one, and for the workflow.
 */
export class Bounds {
  readonly #table: RecordTable;
  readonly #migration: string;

  constructor(table: RecordTable, migration: string) {
    this.#table = table;
    this.#migration = migration;
  }

  async write(bounds: readonly string[]): Promise<void> {
    const pk = this.#partition(boundsId(bounds));
    await inParallel([...chunks(bounds, BOUNDS_PER_RECORD).entries()], WRITES_IN_FLIGHT, ([index, keys]) =>
      this.#table.put({ pk, sk: String(index).padStart(4, '0') }, { keys }),
    );
  }

  /** @throws PermanentError if they are not what was written. */
  async read(id: string): Promise<string[]> {
    const bounds: string[] = [];
    for await (const { keys } of this.#table.query<{ readonly keys: readonly string[] }>(this.#partition(id)))
      bounds.push(...keys);
    if (boundsId(bounds) !== id)
      throw new PermanentError(`the journal does not hold the bounds ${id} of the units any more`);
    return bounds;
  }

  #partition(id: string): string {
    return `bounds#${this.#migration}#${id}`;
  }
}
