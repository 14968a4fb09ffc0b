import type { BucketLocation, Item, Key } from '../../model.ts';

/** The key of an object, relative to the prefix of its side: what the journal, status and report know it by. */
export function keyOfObject(relative: string): Key {
  return { key: { S: relative } };
}

/** The relative key of an item, or of a key. */
export function relativeKey(item: Item): string {
  return item.key?.S ?? '';
}

/**
 * The whole key of an object on one side. No two objects of one side get the same key on the other one: what differs is
 * behind the prefix, and stays as it is.
 */
export function wholeKey({ prefix }: BucketLocation, relative: string): string {
  return `${prefix}${relative}`;
}

/** An object as the source of a copy (Amazon S3 API Reference, CopyObject, `x-amz-copy-source`: URL-encoded). */
export function copySource(location: BucketLocation, relative: string, versionId?: string): string {
  const source = `${location.bucket}/${wholeKey(location, relative).split('/').map(encodeURIComponent).join('/')}`;
  return versionId === undefined ? source : `${source}?versionId=${encodeURIComponent(versionId)}`;
}

/** How S3 lists keys: by their UTF-8 bytes, which is the order of code points. JavaScript compares UTF-16 units. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * A key of a listing that was asked for with `EncodingType: 'url'`: some characters of keys can't stand in XML.
 * @param encoding what the answer says of itself (Amazon S3 API Reference, ListObjectsV2)
 */
export function listedKey(key: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeListed(key) : key;
}

/** A key that is encoded as the fields of a form are. */
export function decodeListed(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
