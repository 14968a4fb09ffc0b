/** What follows a plain text at the beginning of an URL-encoded one, still encoded; undefined if it begins otherwise. */
export function afterEncoded(text: string, plain: string): string | undefined {
  const wanted = Buffer.from(plain);
  let read = 0;
  for (const { 0: token, index } of text.matchAll(/%[0-9a-f]{2}|./gisu)) {
    if (read === wanted.length) return text.slice(index);
    const bytes = bytesOf(token, wanted[read]);
    if (!wanted.subarray(read, read + bytes.length).equals(bytes)) return undefined;
    read += bytes.length;
  }
  return read === wanted.length ? '' : undefined;
}

/** A key or a prefix, URL-encoded, with its slashes. */
export function encodedKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}

/** S3 writes a space as `+`; not everybody who sends a `+` means a space. */
function bytesOf(token: string, wanted: number | undefined): Buffer {
  if (token.length === 3 && token.startsWith('%')) return Buffer.from(token.slice(1), 'hex');
  return Buffer.from(token === '+' && wanted === ' '.charCodeAt(0) ? ' ' : token);
}
