import type { ByKind } from '../shared/resources/resource-kind.ts';

/** What the engine is given of each kind of resource, where nothing but tables is moved. */
export function forTables<T>(table: T): ByKind<T> {
  return {
    table,
    get bucket(): T {
      throw new Error('no buckets are moved here');
    },
  };
}
