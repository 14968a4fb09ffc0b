import { boundsId } from '../bounds-id.ts';
import { PermanentError } from '../errors.ts';
import { chunks, inParallel } from '../parallel.ts';
import type { RecordTable } from './table.ts';

/** A bound has up to 1,024 bytes, a record of the journal up to 400 KB. */
const BOUNDS_PER_RECORD = 200;
const REQUESTS_IN_FLIGHT = 8;

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
    const id = boundsId(bounds);
    await inParallel([...chunks(bounds, BOUNDS_PER_RECORD).entries()], REQUESTS_IN_FLIGHT, ([index, keys]) =>
      this.#table.put(this.#key(id, index), { keys }),
    );
  }

  /**
   * @param count how many there are.
   * @throws PermanentError if they are not what was written.
   */
  async read(id: string, count: number): Promise<string[]> {
    const records = Array.from({ length: Math.ceil(count / BOUNDS_PER_RECORD) }, (_, index) => index);
    const found = await inParallel(records, REQUESTS_IN_FLIGHT, (index) =>
      this.#table.get<{ readonly keys: readonly string[] }>(this.#key(id, index)),
    );
    const bounds = found.flatMap((record) => record?.keys ?? []);
    if (boundsId(bounds) !== id)
      throw new PermanentError(`the journal does not hold the bounds ${id} of the units any more`);
    return bounds;
  }

  #key(id: string, index: number) {
    return { pk: `bounds#${this.#migration}#${id}`, sk: String(index).padStart(4, '0') };
  }
}
