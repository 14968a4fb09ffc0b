/** How a request to S3 names objects. */
export type Naming = 'object' | 'copy' | 'objects' | 'listing';

export interface S3Operation {
  readonly kind: 'read' | 'write';
  readonly naming: Naming;
  /** Changes an object, or what it carries. Parts do not: their upload is completed later. */
  readonly touches: boolean;
  /** Its body is the application's own, and may be a stream. */
  readonly hasContent: boolean;
}

const READ: S3Operation = { kind: 'read', naming: 'object', touches: false, hasContent: false };
const LISTING: S3Operation = { ...READ, naming: 'listing' };
const WRITE: S3Operation = { kind: 'write', naming: 'object', touches: true, hasContent: false };
const PART: S3Operation = { ...WRITE, touches: false };

/** S3's operations on objects that can be routed (the API reference's list of actions). */
export const S3_OPERATIONS: ReadonlyMap<string, S3Operation> = new Map([
  ['GetObject', READ],
  ['GetObjectAcl', READ],
  ['GetObjectAttributes', READ],
  ['GetObjectLegalHold', READ],
  ['GetObjectRetention', READ],
  ['GetObjectTagging', READ],
  ['GetObjectTorrent', READ],
  ['HeadObject', READ],
  ['ListParts', READ],
  ['SelectObjectContent', READ],
  ['ListMultipartUploads', LISTING],
  ['ListObjects', LISTING],
  ['ListObjectsV2', LISTING],
  ['ListObjectVersions', LISTING],
  ['CompleteMultipartUpload', WRITE],
  ['CopyObject', { ...WRITE, naming: 'copy' }],
  ['DeleteObject', WRITE],
  ['DeleteObjects', { ...WRITE, naming: 'objects' }],
  ['DeleteObjectTagging', WRITE],
  ['PutObject', { ...WRITE, hasContent: true }],
  ['PutObjectAcl', WRITE],
  ['PutObjectLegalHold', WRITE],
  ['PutObjectRetention', WRITE],
  ['PutObjectTagging', WRITE],
  ['RestoreObject', WRITE],
  ['AbortMultipartUpload', PART],
  ['CreateMultipartUpload', PART],
  ['UploadPart', { ...PART, hasContent: true }],
  ['UploadPartCopy', { ...PART, naming: 'copy' }],
]);
