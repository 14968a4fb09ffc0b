import { createHash } from 'node:crypto';
import type { Cell, Item } from '../../model.ts';
import type { S3Object } from './s3-object.ts';

/** A version that holds an object. */
export interface ObjectVersion {
  readonly kind: 'object';
  readonly versionId: string;
  readonly bytes: number;
  readonly etag: string;
  /** What it carries, where that was read: a listing does not tell. */
  readonly object?: S3Object;
}

/** A version that says that the object was deleted. */
export interface DeleteMarker {
  readonly kind: 'marker';
  readonly versionId: string;
}

export type Version = ObjectVersion | DeleteMarker;

/** What has become of one key of a bucket that keeps versions. */
export interface History {
  /** Relative to the prefix. */
  readonly key: string;
  /** The oldest first, the current one last. */
  readonly versions: readonly Version[];
}

/**
 * What of a history travels: delete markers that hide no object, the first version or one upon another marker, do not.
 * Nobody can add such a marker on condition of what stands there, and no reader of objects sees whether there is one.
 */
export function telling(versions: readonly Version[]): Version[] {
  return versions.filter(({ kind }, index) => kind === 'object' || versions[index - 1]?.kind === 'object');
}

/** Equal where two listings tell the same of two keys. */
export function historyDigest(versions: readonly Version[]): string {
  const texts = versions.map((one) => (one.kind === 'object' ? `${one.bytes} ${one.etag}` : 'deleted'));
  return createHash('sha256').update(texts.join('\n')).digest('hex');
}

/** A history as the engine passes it on. One that says nothing is that of a key that never was. */
export function cellOfHistory({ key, versions }: History): Cell {
  if (versions.length === 0) return { kind: 'absent' };
  return { kind: 'item', item: { key: { S: key }, versions: { S: JSON.stringify(versions) } } };
}

/** Reads back what `cellOfHistory` made. */
export function versionsOfCell(cell: Cell): readonly Version[] {
  return cell.kind === 'item' ? (JSON.parse((cell.item as Item).versions?.S ?? '[]') as Version[]) : [];
}
