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

/** The keys on some of the journal's lists of the present direction, as text. */
export function listedKeys({ world, scope }: Stage, ...lists: readonly string[]): Set<string> {
  const keys = new Set<string>();
  for (const { pk, key } of world.table('journal').items())
    if (lists.some((list) => pk?.S?.startsWith(`list#m${scope}#${list}#`))) keys.add(key?.S ?? '');
  return keys;
}

/** The same for one list, of whichever direction. */
export function everListedKeys({ world }: Stage, list: string): Set<string> {
  const ofList = new RegExp(`^list#m(~\\d+)?#${list}#`);
  return new Set(
    world
      .table('journal')
      .items()
      .filter(({ pk }) => ofList.test(pk?.S ?? ''))
      .map(({ key }) => key?.S ?? ''),
  );
}
