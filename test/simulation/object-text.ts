import { grantsOf } from './world/s3/grants.ts';
import type { StoredObject } from './world/s3/stored-object.ts';

const NOTHING = 'nothing';

/**
 * What an application sees of an object, and what must be the same on both sides. Not its storage class: one that was
 * changed without the bytes while the object was copied stays as it was seen first.
 */
export function objectText(object: StoredObject | undefined): string {
  if (!object) return NOTHING;
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

/**
 * Whether a text is that of a copy of an object: the same, but that a retention may be longer or stricter, since nobody
 * makes one shorter.
 */
export function isCopyOf(copy: string, original: string): boolean {
  if (copy === original) return true;
  if (copy === NOTHING || original === NOTHING) return false;
  const [{ lock: given, ...ours }, { lock: asked, ...theirs }] = [JSON.parse(copy), JSON.parse(original)];
  return JSON.stringify(ours) === JSON.stringify(theirs) && isAsLocked(given, asked);
}

type LockText = readonly [mode: string | null, until: string | null, hold: string];

function isAsLocked([mode, until, hold]: LockText, [askedMode, askedUntil, askedHold]: LockText): boolean {
  if (hold !== askedHold) return false;
  if (askedUntil === null) return true;
  return until !== null && until >= askedUntil && (mode === 'COMPLIANCE' || askedMode !== 'COMPLIANCE');
}

function sorted(values: object): [string, unknown][] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
