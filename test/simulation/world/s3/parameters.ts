import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';

const OBJECT = ['Bucket', 'Key'];
const VERSION = [...OBJECT, 'VersionId'];
const UPLOAD = [...OBJECT, 'UploadId'];
const PRECONDITIONS = ['IfMatch', 'IfNoneMatch'];
const SOURCE = ['CopySource', 'CopySourceIfMatch', 'CopySourceIfNoneMatch'];
const GRANTS = ['ACL', 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP'];
const CARRIED = [
  ...GRANTS,
  'CacheControl',
  'ChecksumAlgorithm',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'Metadata',
  'ObjectLockLegalHoldStatus',
  'ObjectLockMode',
  'ObjectLockRetainUntilDate',
  'SSEKMSKeyId',
  'ServerSideEncryption',
  'StorageClass',
  'Tagging',
  'WebsiteRedirectLocation',
];

/** What the modelled S3 makes use of in each command. */
export const S3_PARAMETERS = [
  [CreateBucketCommand, ['Bucket', 'ObjectLockEnabledForBucket', 'ObjectOwnership']],
  [PutBucketVersioningCommand, ['Bucket', 'VersioningConfiguration']],
  [HeadObjectCommand, [...VERSION, 'IfMatch', 'PartNumber', 'ChecksumMode']],
  [GetObjectCommand, [...VERSION, 'IfMatch', 'ChecksumMode']],
  [PutObjectCommand, [...OBJECT, ...CARRIED, ...PRECONDITIONS, 'Body']],
  [
    CopyObjectCommand,
    [...OBJECT, ...CARRIED, ...PRECONDITIONS, ...SOURCE, 'MetadataDirective', 'TaggingDirective'],
  ],
  [DeleteObjectCommand, [...VERSION, 'IfMatch']],
  [DeleteObjectsCommand, ['Bucket', 'Delete']],
  [ListObjectsV2Command, ['Bucket', 'Prefix', 'StartAfter', 'ContinuationToken', 'MaxKeys', 'EncodingType']],
  [
    ListObjectVersionsCommand,
    ['Bucket', 'Prefix', 'KeyMarker', 'VersionIdMarker', 'MaxKeys', 'EncodingType'],
  ],
  [GetObjectAttributesCommand, [...VERSION, 'ObjectAttributes', 'MaxParts', 'PartNumberMarker']],
  [GetObjectTaggingCommand, VERSION],
  [PutObjectTaggingCommand, [...VERSION, 'Tagging']],
  [GetObjectAclCommand, VERSION],
  [PutObjectAclCommand, [...VERSION, ...GRANTS]],
  [PutObjectLegalHoldCommand, [...VERSION, 'LegalHold']],
  [PutObjectRetentionCommand, [...VERSION, 'Retention']],
  [DeleteObjectTaggingCommand, VERSION],
  [CreateMultipartUploadCommand, [...OBJECT, ...CARRIED, 'ChecksumType']],
  [UploadPartCommand, [...UPLOAD, 'PartNumber', 'Body', 'ChecksumAlgorithm']],
  [UploadPartCopyCommand, [...UPLOAD, ...SOURCE, 'PartNumber', 'CopySourceRange']],
  [CompleteMultipartUploadCommand, [...UPLOAD, ...PRECONDITIONS, 'MultipartUpload', 'MpuObjectSize']],
  [AbortMultipartUploadCommand, UPLOAD],
  [ListPartsCommand, [...UPLOAD, 'MaxParts', 'PartNumberMarker']],
  [
    ListMultipartUploadsCommand,
    ['Bucket', 'Prefix', 'KeyMarker', 'UploadIdMarker', 'MaxUploads', 'EncodingType'],
  ],
] as const;
