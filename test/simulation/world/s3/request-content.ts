import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.ts';
import { invalid } from './errors.ts';
import { type AclInput, aclOf } from './grants.ts';
import { type LockInput, locksOf } from './locks.ts';
import type { Content, Settings, StoredObject, Tags } from './stored-object.ts';

const METADATA_BYTES = 2_048;
const MOST_TAGS = 10;
const KEY_BYTES = 1_024;
/** What S3 gives an object of which nobody says what it is. */
const DEFAULT_TYPE = 'binary/octet-stream';

/** A request's key, which the SDK and S3 take as it is. */
export function keyOf({ Key }: { readonly Key: string | undefined }): string {
  if (!Key) throw new Error('No value provided for input HTTP label: Key.');
  if (Buffer.byteLength(Key) > KEY_BYTES) throw invalid('KeyTooLongError', 'Your key is too long');
  return Key;
}

/** The bytes of a body. The model takes those that are at hand at once. */
export function bytesOf(body: PutObjectCommandInput['Body']): Uint8Array {
  if (body === undefined) return new Uint8Array();
  if (typeof body === 'string') return Uint8Array.from(Buffer.from(body));
  if (body instanceof Uint8Array) return Uint8Array.from(body);
  throw new Error('the modelled S3 takes bytes or a text as a body');
}

/** What a request says of the content; absent what it does not say. */
export function contentOf(input: Content): Content {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, Expires } = input;
  const { ContentType = DEFAULT_TYPE, Metadata } = input;
  return present({
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ContentType,
    Expires,
    Metadata: metadataOf(Metadata),
  });
}

/** What a request says of the object besides; the bucket's encryption where it says nothing. */
export function settingsOf(bucket: Bucket, input: Settings): Settings {
  const { SSEKMSKeyId, StorageClass = 'STANDARD', WebsiteRedirectLocation } = input;
  const { ServerSideEncryption = bucket.encryption } = input;
  return present({ ServerSideEncryption, SSEKMSKeyId, StorageClass, WebsiteRedirectLocation });
}

/** All that a request says of an object which no copy takes along. */
export function saidOf(
  bucket: Bucket,
  input: Settings & AclInput & LockInput,
  now: number,
): Pick<StoredObject, 'settings' | 'acl' | 'lock'> {
  return {
    settings: settingsOf(bucket, input),
    acl: aclOf(bucket, input),
    lock: locksOf(bucket, input, now),
  };
}

/** The tags of a header, which is written like the query of a URL. */
export function tagsOf(header: string | undefined): Tags {
  return checkedTags([...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value })));
}

export function checkedTags(
  list: readonly { readonly Key: string | undefined; readonly Value: string | undefined }[],
): Tags {
  if (list.length > MOST_TAGS) throw invalid('InvalidTag', 'Object tags cannot be greater than 10');
  const tags = Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value]));
  if (Object.keys(tags).length < list.length)
    throw invalid('InvalidTag', 'Cannot provide multiple Tags with the same key');
  return tags;
}

/** Names of metadata are headers: S3 keeps them in lower case. */
function metadataOf(metadata: Record<string, string> = {}): Record<string, string> {
  const entries = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value] as const);
  const bytes = entries.reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  if (bytes > METADATA_BYTES)
    throw invalid('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
  return Object.fromEntries(entries);
}

/** The same without what is undefined. */
function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
