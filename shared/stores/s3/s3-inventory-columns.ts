import { decodeListed } from './s3-key.ts';

export interface ListedKey {
  /** Relative to the prefix of the side. */
  readonly key: string;
  readonly bytes: number;
}

const SEPARATOR = '","';

/**
 * The columns of an inventory list that say which objects there are. Each field stands in quotes, and keys are encoded
 * as in a URL (User Guide, "Amazon S3 Inventory list"): so no field holds a quote, a comma or a line's end of its own.
 */
export class InventoryColumns {
  readonly #prefix: string;
  readonly #key: number;
  readonly #size: number;
  /** Of lists of all versions. */
  readonly #isLatest: number;
  readonly #isDeleteMarker: number;

  private constructor(names: readonly string[], prefix: string) {
    this.#prefix = prefix;
    this.#key = names.indexOf('Key');
    this.#size = names.indexOf('Size');
    this.#isLatest = names.indexOf('IsLatest');
    this.#isDeleteMarker = names.indexOf('IsDeleteMarker');
  }

  /**
   * @param schema names of columns, as a manifest tells them: "Bucket, Key, Size".
   * @param prefix other keys are left out.
   * @returns undefined where no column tells the keys.
   */
  static of(schema: string, prefix: string): InventoryColumns | undefined {
    const names = schema.split(',').map((name) => name.trim());
    return names.includes('Key') ? new InventoryColumns(names, prefix) : undefined;
  }

  /** @returns undefined for a line that tells of no object that is current below the prefix. */
  objectOf(line: string): ListedKey | undefined {
    const fields = line.replace(/\r$/, '').slice(1, -1).split(SEPARATOR);
    if (fields[this.#isLatest] === 'false' || fields[this.#isDeleteMarker] === 'true') return undefined;
    const key = decoded(fields[this.#key] ?? '');
    if (!key?.startsWith(this.#prefix) || key === this.#prefix) return undefined;
    return { key: key.slice(this.#prefix.length), bytes: Number(fields[this.#size] ?? 0) || 0 };
  }
}

function decoded(key: string): string | undefined {
  try {
    return decodeListed(key);
  } catch {
    return undefined;
  }
}
