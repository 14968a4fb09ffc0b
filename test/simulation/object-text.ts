import { grantsOf } from './world/s3/grants.ts';
import type { StoredObject } from './world/s3/stored-object.ts';

/**
 * What an application sees of an object, and what must be the same on both sides. Not its storage class: one that was
 * changed without the bytes while the object was copied stays as it was seen first.
 */
export function objectText(object: StoredObject | undefined): string {
  if (!object) return 'nothing';
  const { acl, body, content, lock, settings, tags } = object;
  const { Metadata = {}, ...headers } = content;
  return JSON.stringify({
    body: Buffer.from(body).toString(),
    headers: sorted(headers),
    metadata: sorted(Metadata),
    tags: sorted(tags),
    redirect: settings.WebsiteRedirectLocation,
    grants: grantsOf(acl)
      .map(({ Grantee, Permission }) => [Permission, Grantee?.URI ?? Grantee?.ID])
      .sort(),
    lock: [lock.ObjectLockMode, lock.ObjectLockRetainUntilDate, lock.ObjectLockLegalHoldStatus ?? 'OFF'],
  });
}

function sorted(values: object): [string, unknown][] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
