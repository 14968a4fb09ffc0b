import { createHash } from 'node:crypto';
import type { Random } from '../random.ts';
import type { Settings } from './stored-object.ts';

/**
 * The ETag of bytes that are written as they are: their MD5, but for an encryption with KMS an opaque text that is
 * another one for each write (API reference, Object).
 */
export function plainETag(body: Uint8Array, settings: Settings, random: Random): string {
  return isOpaque(settings) ? opaque(random) : md5(body).toString('hex');
}

/** The ETag of an object that is made of parts: an MD5 of the MD5s, and how many there are. */
export function multipartETag(parts: readonly Uint8Array[], settings: Settings, random: Random): string {
  const start = isOpaque(settings) ? opaque(random) : md5(Buffer.concat(parts.map(md5))).toString('hex');
  return `${start}-${parts.length}`;
}

/** As an answer carries it. */
export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** Requests may carry it with or without quotes. */
export function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}

function isOpaque({ ServerSideEncryption }: Settings): boolean {
  return ServerSideEncryption?.startsWith('aws:kms') ?? false;
}

function opaque(random: Random): string {
  return Array.from({ length: 4 }, () => random.int(0, 0xffff_ffff).toString(16).padStart(8, '0')).join('');
}

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}
