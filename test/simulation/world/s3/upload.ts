import type { ChecksumType } from '@aws-sdk/client-s3';
import type { Algorithm, Checksum } from './checksums.ts';
import type { Content, StoredObject, Tags } from './stored-object.ts';

export interface UploadedPart {
  readonly number: number;
  readonly body: Uint8Array;
  /** Without its quotes. */
  readonly etag: string;
  readonly checksum: Checksum;
  readonly lastModifiedMilliseconds: number;
}

/** A multipart upload with what its object will carry: all of that was said when it was created. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiatedMilliseconds: number;
  readonly content: Content;
  readonly said: Pick<StoredObject, 'settings' | 'acl' | 'lock'>;
  readonly tags: Tags;
  readonly algorithm: Algorithm;
  readonly checksumType: ChecksumType;
  readonly parts: Map<number, UploadedPart>;
  /** Its parts that were under way may bring it back. */
  aborted: boolean;
}
