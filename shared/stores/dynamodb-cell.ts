import { withoutAttribute } from '../items.ts';
import type { Cell, Item } from '../model.ts';
import { parseVersion } from '../version.ts';

/** What an item of a table, or the image of one in a stream, is to the migrator. */
export function cellOf(item: Item | undefined, reserved: string): Cell {
  if (!item) return { kind: 'absent' };
  const version = item[reserved]?.S;
  const parsed = version === undefined ? undefined : parseVersion(version);
  if (!parsed || version === undefined) return { kind: 'item', item: withoutAttribute(item, reserved) };
  return parsed.kind === 'tombstone'
    ? { kind: 'tombstone', version }
    : { kind: 'item', item: withoutAttribute(item, reserved), version };
}
