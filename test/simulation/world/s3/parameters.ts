import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';

const OBJECT = ['Bucket', 'Key'];
const VERSION = [...OBJECT, 'VersionId'];
const UPLOAD = [...OBJECT, 'UploadId'];
const PRECONDITIONS = ['IfMatch', 'IfNoneMatch'];
const SOURCE = ['CopySource', 'CopySourceIfMatch', 'CopySourceIfNoneMatch'];
const CARRIED = [
  'ACL',
  'CacheControl',
  'ChecksumAlgorithm',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'Metadata',
  'SSEKMSKeyId',
  'ServerSideEncryption',
  'StorageClass',
  'Tagging',
  'WebsiteRedirectLocation',
];

/** What the modelled S3 makes use of in each command. */
export const S3_PARAMETERS = [
  [CreateBucketCommand, ['Bucket']],
  [HeadObjectCommand, [...VERSION, 'IfMatch', 'PartNumber', 'ChecksumMode']],
  [GetObjectCommand, [...VERSION, 'IfMatch', 'ChecksumMode']],
  [PutObjectCommand, [...OBJECT, ...CARRIED, ...PRECONDITIONS, 'Body']],
  [
    CopyObjectCommand,
    [...OBJECT, ...CARRIED, ...PRECONDITIONS, ...SOURCE, 'MetadataDirective', 'TaggingDirective'],
  ],
  [DeleteObjectCommand, [...OBJECT, 'IfMatch']],
  [DeleteObjectsCommand, ['Bucket', 'Delete']],
  [ListObjectsV2Command, ['Bucket', 'Prefix', 'StartAfter', 'ContinuationToken', 'MaxKeys', 'EncodingType']],
  [GetObjectAttributesCommand, [...VERSION, 'ObjectAttributes', 'MaxParts', 'PartNumberMarker']],
  [GetObjectTaggingCommand, VERSION],
  [PutObjectTaggingCommand, [...VERSION, 'Tagging']],
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
