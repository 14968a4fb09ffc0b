import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { Checksum } from './checksums.ts';
import type { AclInput } from './grants.ts';
import type { LockInput } from './locks.ts';

/** What CopyObject takes along by default, in the names of S3's requests. */
export type Content = Pick<
  PutObjectCommandInput,
  | 'CacheControl'
  | 'ContentDisposition'
  | 'ContentEncoding'
  | 'ContentLanguage'
  | 'ContentType'
  | 'Expires'
  | 'Metadata'
>;

/** What each write has to say again: CopyObject takes none of it along. */
export type Settings = Pick<
  PutObjectCommandInput,
  'ServerSideEncryption' | 'SSEKMSKeyId' | 'StorageClass' | 'WebsiteRedirectLocation'
>;

export type Tags = Readonly<Record<string, string>>;

/** A part as the object that was made of it remembers it. */
export interface ObjectPart {
  readonly number: number;
  readonly bytes: number;
  readonly checksum?: Checksum;
}

/** One version of an object with everything that it carries. */
export interface StoredObject {
  readonly key: string;
  readonly body: Uint8Array;
  /** Without its quotes. */
  readonly etag: string;
  /** In a bucket with versions. */
  readonly versionId?: string;
  readonly lastModifiedMilliseconds: number;
  readonly content: Content;
  readonly settings: Settings;
  /** Private where it says nothing. Like these, no copy takes it along. */
  readonly acl: AclInput;
  /** Of this version; a retention stays when it is over. */
  readonly lock: LockInput;
  readonly tags: Tags;
  /** Objects from before December 2024 may have none. */
  readonly checksum?: Checksum;
  /** How it was divided, if it was uploaded in parts. */
  readonly parts?: readonly ObjectPart[];
}

/** An object at the moment of a change. */
export interface ObjectChange {
  readonly bucket: string;
  readonly key: string;
  readonly before?: StoredObject;
  readonly after?: StoredObject;
}
