import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { TestBucket } from './test-bucket.ts';

/** All that an object can carry beside its bytes and its checksum, as it is sent with its upload. */
export const EVERYTHING = {
  CacheControl: 'max-age=60, public',
  ContentDisposition: 'attachment; filename="a b.txt"',
  ContentEncoding: 'br',
  ContentLanguage: 'de, en',
  ContentType: 'text/x-custom; charset=utf-8',
  Expires: new Date('2030-01-02T03:04:05Z'),
  Metadata: { plain: 'a  b=c;d', 'with-dash': '%20+', empty: '' },
  StorageClass: 'STANDARD_IA',
  Tagging: 'colour=blue%20sky&sum=1%2B1%3D2&empty=&gr%C3%B6%C3%9Fe=%C3%BC',
  WebsiteRedirectLocation: '/elsewhere?a=b',
} as const;

/** The tags among it. */
export const TAGS = { colour: 'blue sky', sum: '1+1=2', empty: '', größe: 'ü' };

const TOLD = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'ContentLength',
  'ExpiresString',
  'Metadata',
  'StorageClass',
  'WebsiteRedirectLocation',
] as const satisfies readonly (keyof HeadObjectCommandOutput)[];

/** What HEAD tells of an object, apart from its checksum, its ETag and its age. */
export async function descriptionOf(bucket: TestBucket, key: string): Promise<Record<string, unknown>> {
  const head = await bucket.head(key);
  return Object.fromEntries(TOLD.map((name) => [name, head[name]]));
}

/** The checksum of an object and its type. */
export async function checksumOf(bucket: TestBucket, key: string): Promise<Record<string, unknown>> {
  const head = await bucket.head(key);
  return Object.fromEntries(Object.entries(head).filter(([name]) => name.startsWith('Checksum')));
}
