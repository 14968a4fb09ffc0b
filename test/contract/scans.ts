import type { Item, Key } from '../../shared/model.ts';
import type { Cursor, Page, Segment, Store } from '../../shared/stores/store.ts';

/** Every item of a store, over all segments, page by page. */
export async function scanned(store: Store, segments: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let segment = 0; segment < segments; segment++)
    for await (const page of pagesOf(store, { segment, segments })) items.push(...page.items());
  return items;
}

/** The pages of a segment, from its start or from a cursor. */
export async function* pagesOf(store: Store, segment: Segment, from?: Cursor): AsyncGenerator<Page> {
  let cursor = from;
  do {
    const page = await store.scan(segment, cursor);
    yield page;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** Every cell that carries a version, over all segments, page by page. */
export async function versionsOf(
  store: Store,
  segments: number,
): Promise<{ readonly key: Key; readonly version: string }[]> {
  const cells: { readonly key: Key; readonly version: string }[] = [];
  for (let segment = 0; segment < segments; segment++) {
    let cursor: Cursor | undefined;
    do {
      const page = await store.scanVersions({ segment, segments }, cursor);
      cells.push(...page.cells);
      cursor = page.next;
    } while (cursor !== undefined);
  }
  return cells;
}
