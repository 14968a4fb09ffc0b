import { createHash } from 'node:crypto';
import { ABSENT } from '../ledger.ts';

/** All that an application gives an object, and expects to find again. */
export interface Picture {
  /** Of the bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly type: string;
  readonly caching: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A short stand-in for a picture; of its own kind for an absent one. */
export function pictureDigest(picture: Picture | undefined): string {
  if (!picture) return ABSENT;
  const { sha256, type, caching } = picture;
  const text = JSON.stringify([sha256, type, caching, sorted(picture.metadata), sorted(picture.tags)]);
  return sha256Of(text).slice(0, 32);
}

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function sorted(record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
