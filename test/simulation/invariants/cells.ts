import { itemText, withoutAttribute } from '../../../shared/items.ts';
import type { Item, Key } from '../../../shared/model.ts';
import { parseVersion } from '../../../shared/version.ts';
import { RESERVED, type Stage } from '../stage.ts';

/** The version that the migrator has given an item. */
export function versionOf(item: Item | undefined): ReturnType<typeof parseVersion> {
  return parseVersion(item?.[RESERVED]?.S ?? '');
}

/** What an application will see of an item: nothing of a tombstone, nothing of a version. */
export function contentOf(item: Item | undefined): string | undefined {
  if (!item || versionOf(item)?.kind === 'tombstone') return undefined;
  return itemText(withoutAttribute(item, RESERVED));
}

export function contentOn(stage: Stage, side: 'source' | 'target', key: Key): string | undefined {
  return contentOf(stage.world.table(side).get(key));
}

/** The keys on some of the journal's lists, as text. */
export function listedKeys({ world }: Stage, ...lists: readonly string[]): Set<string> {
  const keys = new Set<string>();
  for (const { pk, key } of world.table('journal').items())
    if (lists.some((list) => pk?.S?.startsWith(`list#m#${list}#`))) keys.add(key?.S ?? '');
  return keys;
}
