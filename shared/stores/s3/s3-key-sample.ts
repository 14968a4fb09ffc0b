import type { ListedKey } from './s3-inventory-columns.ts';
import { compareKeys } from './s3-key.ts';
import type { Ranges } from './s3-ranges.ts';

const MOST_KEYS = 100_000;
/** A range is not cut within so few objects. */
const LEAST_OBJECTS = 1_000;

interface SampledKey {
  readonly key: string;
  /** For how many objects it stands. */
  readonly objects: number;
}

/** Some of the keys of a side, each standing for others, by which the side can be cut into ranges. */
export class KeySample {
  #keys: SampledKey[] = [];
  #objects = 0;
  #bytes = 0;
  /** Of so many keys that come one is kept. */
  #stride = 1;
  #come = 0;

  /** @param weight for how many objects this one stands. */
  add({ key, bytes }: ListedKey, weight: number): void {
    this.#objects += weight;
    this.#bytes += weight * bytes;
    if (this.#come++ % this.#stride === 0) this.#keys.push({ key, objects: weight * this.#stride });
    if (this.#keys.length <= MOST_KEYS) return;
    this.#stride *= 2;
    this.#keys = this.#keys
      .filter((_, index) => index % 2 === 0)
      .map((kept) => ({ key: kept.key, objects: 2 * kept.objects }));
  }

  /** @param wanted how many ranges at most. */
  ranges(wanted: number): Pick<Ranges, 'bounds' | 'objects' | 'bytes'> {
    const ranges = Math.max(1, Math.min(wanted, Math.floor(this.#objects / LEAST_OBJECTS)));
    const inOrder = this.#keys.toSorted((a, b) => compareKeys(a.key, b.key));
    const each = inOrder.reduce((sum, { objects }) => sum + objects, 0) / ranges;
    const bounds: string[] = [];
    let passed = 0;
    for (const { key, objects } of inOrder) {
      passed += objects;
      if (bounds.length === ranges - 1) break;
      if (passed >= each * (bounds.length + 1) && key !== bounds.at(-1)) bounds.push(key);
    }
    return { bounds, objects: Math.round(this.#objects), bytes: Math.round(this.#bytes) };
  }
}
