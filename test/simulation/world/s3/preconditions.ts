import type { Bucket } from './bucket.ts';
import { conditionalConflict, noSuchKey, notImplemented, preconditionFailed } from './errors.ts';
import { unquoted } from './etags.ts';
import type { Storage } from './storage.ts';
import type { StoredObject } from './stored-object.ts';

export interface Preconditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

export function isConditional({ IfMatch, IfNoneMatch }: Preconditions): boolean {
  return IfMatch !== undefined || IfNoneMatch !== undefined;
}

/**
 * Follows the key of a conditional write from its beginning.
 * @returns the judgement, to be called at its effect. It throws PreconditionFailed, NoSuchKey, or, where others have
 * written the key since, ConditionalRequestConflict (User Guide, Conditional write behavior).
 */
export function judgement(storage: Storage, bucket: Bucket, key: string, wanted: Preconditions): () => void {
  const writesBefore = bucket.writesOf(key);
  return () => {
    if (!isConditional(wanted)) return;
    if (bucket.writesOf(key) !== writesBefore && storage.dice.strikes('conditionalConflict'))
      throw conditionalConflict();
    checkWrite(wanted, bucket.current(key));
  };
}

/** The preconditions of a write or a deletion, against the current version. */
function checkWrite({ IfMatch, IfNoneMatch }: Preconditions, current: StoredObject | undefined): void {
  if (IfNoneMatch !== undefined && IfNoneMatch !== '*') throw notImplemented('If-None-Match');
  if (IfNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
  if (IfMatch === undefined) return;
  if (!current) throw noSuchKey();
  if (!matches(IfMatch, current)) throw preconditionFailed('If-Match');
}

/** Whether an object is the one that a request names by its ETag, or by `*`. */
export function matches(etag: string, { etag: actual }: StoredObject): boolean {
  return etag === '*' || unquoted(etag) === actual;
}
