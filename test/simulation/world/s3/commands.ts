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
import type { Commands, Execute } from '../service.ts';
import { getObjectAcl, putObjectAcl } from './acl-commands.ts';
import { getObjectAttributes } from './attribute-commands.ts';
import { createBucket, putBucketVersioning } from './bucket-commands.ts';
import { completeMultipartUpload } from './complete-command.ts';
import { copyObject } from './copy-commands.ts';
import { deleteObject, deleteObjects } from './delete-commands.ts';
import { listObjects } from './list-commands.ts';
import { putObjectLegalHold, putObjectRetention } from './lock-commands.ts';
import { getObject, headObject, putObject } from './object-commands.ts';
import { uploadPart, uploadPartCopy } from './part-commands.ts';
import type { Storage } from './storage.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tag-commands.ts';
import { abortMultipartUpload, createMultipartUpload } from './upload-commands.ts';
import { listMultipartUploads, listParts } from './upload-listings.ts';
import { listObjectVersions } from './version-listing.ts';

export const S3_COMMANDS: Commands<Storage> = new Map<unknown, Execute<Storage>>([
  [CreateBucketCommand, createBucket],
  [PutBucketVersioningCommand, putBucketVersioning],
  [HeadObjectCommand, headObject],
  [GetObjectCommand, getObject],
  [PutObjectCommand, putObject],
  [CopyObjectCommand, copyObject],
  [DeleteObjectCommand, deleteObject],
  [DeleteObjectsCommand, deleteObjects],
  [ListObjectsV2Command, listObjects],
  [ListObjectVersionsCommand, listObjectVersions],
  [GetObjectAttributesCommand, getObjectAttributes],
  [GetObjectTaggingCommand, getObjectTagging],
  [PutObjectTaggingCommand, putObjectTagging],
  [GetObjectAclCommand, getObjectAcl],
  [PutObjectAclCommand, putObjectAcl],
  [PutObjectLegalHoldCommand, putObjectLegalHold],
  [PutObjectRetentionCommand, putObjectRetention],
  [DeleteObjectTaggingCommand, deleteObjectTagging],
  [CreateMultipartUploadCommand, createMultipartUpload],
  [UploadPartCommand, uploadPart],
  [UploadPartCopyCommand, uploadPartCopy],
  [CompleteMultipartUploadCommand, completeMultipartUpload],
  [AbortMultipartUploadCommand, abortMultipartUpload],
  [ListPartsCommand, listParts],
  [ListMultipartUploadsCommand, listMultipartUploads],
]);
