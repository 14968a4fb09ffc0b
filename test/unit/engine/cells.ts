import type { Change, Item, Key } from '../../../shared/model.ts';
import { type CellKind, versionPrefix, versionValue } from '../../../shared/version.ts';
import { RESERVED } from './bench.ts';

/** A second long ago, in which records are created unless a test says otherwise. */
export const SECOND = 1_790_000_000;

export function keyOf(id: string): Key {
  return { id: { S: id } };
}

export function item(id: string, value: string): Item {
  return { ...keyOf(id), v: { S: value } };
}

/** Items `k000`, `k001` … */
export function items(count: number, value = 'same'): Item[] {
  return Array.from({ length: count }, (_, index) => item(`k${String(index).padStart(3, '0')}`, value));
}

/** The reserved value of a cell of the first direction. */
export function version(sequence: number | string, kind?: CellKind, second?: number): string {
  return versionIn(1, sequence, kind, second);
}

/** The same of any direction. */
export function versionIn(
  epoch: number,
  sequence: number | string,
  kind: CellKind = 'item',
  second = SECOND,
): string {
  return versionValue(versionPrefix(epoch, String(sequence)), kind, second);
}

/** A cell as it stands in the target's table. */
export function cell(content: Item, reserved: string): Item {
  return { ...content, [RESERVED]: { S: reserved } };
}

export function tombstone(id: string, sequence: number, second = SECOND): Item {
  return cell(keyOf(id), version(sequence, 'tombstone', second));
}

/** A record of the stream. */
export function change(
  id: string,
  sequence: number,
  images: { readonly before?: Item; readonly after?: Item; readonly second?: number } = {},
): Change {
  const { second: createdSecond = SECOND, ...rest } = images;
  return { key: keyOf(id), ...rest, sequence: String(sequence), createdSecond, byTimeToLive: false };
}

export function putOf(id: string, sequence: number, value: string, second = SECOND): Change {
  return change(id, sequence, { after: item(id, value), second });
}

export function removalOf(id: string, sequence: number, second = SECOND): Change {
  return change(id, sequence, { before: item(id, 'before'), second });
}
