import type { Capacity } from '../capacity.ts';

/** What a page held: the next one is measured by it. */
export interface PageSize {
  readonly items: number;
  readonly bytes: number;
}

/** The first page of an invocation is one item, since nothing is known of the items; then pages grow. */
const GROWTH = 8;

/**
 * How many items a page may hold, for they are read, and written unless they are only compared; undefined: as many as
 * come.
 */
export function pageItems({ read, write }: Capacity, last: PageSize | undefined): number | undefined {
  if (read === undefined && write === undefined) return undefined;
  if (!last) return 1;
  const bytes = Math.max(1, last.bytes) / Math.max(1, last.items);
  const fitting = [
    ...(read === undefined ? [] : [read / (bytes / 4_096)]),
    ...(write === undefined ? [] : [write / Math.ceil(bytes / 1_024)]),
  ];
  return Math.max(1, Math.floor(Math.min(GROWTH * Math.max(1, last.items), ...fitting)));
}
