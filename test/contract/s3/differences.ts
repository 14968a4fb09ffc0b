import * as copies from './copy-observations.ts';
import type { JudgeName } from './judge.ts';
import * as keys from './key-observations.ts';
import type { Observation } from './observation.ts';
import * as parts from './parts-observations.ts';
import * as preconditions from './precondition-observations.ts';

/** What the store relies on, and where a judge does not do what AWS does. */
export interface Difference {
  /** What AWS does, as it is observed there. */
  readonly aws: string;
  /** What these judges do instead. A judge that is not named does as AWS does. */
  readonly instead: Partial<Record<JudgeName, string>>;
  /** Why the expectation is AWS's, or what it means for the contract. */
  readonly reason: string;
  readonly observe: Observation;
}

const PRECONDITIONS = {
  'a copy that may only create, where an object is': {
    aws: '412 PreconditionFailed',
    instead: { MiniStack: 'written', versitygw: 'written' },
    reason:
      'AWS looks at If-None-Match of CopyObject since 2025; no emulator does. That the header is sent is tried on the wire.',
    observe: preconditions.creatingCopyOntoObject,
  },
  'a copy onto one ETag, where another is': {
    aws: '412 PreconditionFailed',
    instead: { MiniStack: 'written', versitygw: 'written' },
    reason: 'Like If-None-Match.',
    observe: preconditions.copyOntoOtherETag,
  },
  'a copy onto an ETag, where nothing is': {
    aws: '404 NoSuchKey',
    instead: { MiniStack: 'written', versitygw: 'written' },
    reason: 'A conditional write does not bring back what was deleted meanwhile.',
    observe: preconditions.copyOntoGoneObject,
  },
  'a copy of an ETag that the source no longer has': {
    aws: '412 PreconditionFailed',
    instead: {},
    reason: 'What was read of the source is what is copied.',
    observe: preconditions.copyOfOtherETag,
  },
  'a copy of an ETag, where nothing is': {
    aws: '404 NoSuchKey',
    instead: {},
    reason: 'The source was deleted meanwhile.',
    observe: preconditions.copyOfGoneObject,
  },
  'a part of an ETag that the source no longer has': {
    aws: '412 PreconditionFailed',
    instead: {},
    reason: 'All parts come from one and the same object.',
    observe: parts.partOfOtherETag,
  },
  'completing an upload that may only create, where an object is': {
    aws: '412 PreconditionFailed',
    instead: {},
    reason: 'UploadPartCopy has no destination precondition; the end of the upload has.',
    observe: preconditions.creatingUploadOntoObject,
  },
  'completing an upload onto one ETag, where another is': {
    aws: '412 PreconditionFailed',
    instead: {},
    reason: 'Like If-None-Match.',
    observe: preconditions.uploadOntoOtherETag,
  },
  'completing an upload onto an ETag, where nothing is': {
    aws: '404 NoSuchKey',
    instead: {},
    reason: 'As with a copy in one request.',
    observe: preconditions.uploadOntoGoneObject,
  },
  'a deletion of one ETag, where another is': {
    aws: '412 PreconditionFailed',
    instead: {},
    reason: 'An object that was written meanwhile is not deleted.',
    observe: preconditions.deletionOfOtherETag,
  },
  'a deletion of an ETag, where nothing is': {
    aws: '404 NoSuchKey',
    instead: { versitygw: 'done' },
    reason: 'Either way the object is gone.',
    observe: preconditions.conditionalDeletionOfGoneObject,
  },
} as const satisfies Record<string, Difference>;

const COPIES = {
  'a copy of an object onto itself': {
    aws: '400 InvalidRequest',
    instead: { MiniStack: 'done' },
    reason:
      'Source and target of a migration must not overlap; this mistake would not be noticed on MiniStack.',
    observe: preconditions.copyOntoItself,
  },
  'the storage class of an object': {
    aws: 'STANDARD_IA',
    instead: { versitygw: 'STANDARD' },
    reason: 'versitygw has one storage class.',
    observe: copies.storageClass,
  },
  'the storage class of a copy that names none': {
    aws: 'STANDARD',
    instead: { MiniStack: 'STANDARD_IA' },
    reason: 'It must be sent with each copy; on MiniStack it travels by itself.',
    observe: copies.storageClassOfCopy,
  },
  'the website redirect of a copy that names none': {
    aws: 'left behind',
    instead: { MiniStack: 'carried over' },
    reason: 'It must be sent with each copy; on MiniStack it travels by itself.',
    observe: copies.redirectOfCopy,
  },
  'the tags of a copy': {
    aws: 'carried over',
    instead: {},
    reason: 'The tagging directive is COPY unless something else is said.',
    observe: copies.tagsOfCopy,
  },
  'the checksum of a copy': {
    aws: 'carried over',
    instead: {},
    reason: 'The algorithm is that of the source unless another one is asked for.',
    observe: copies.checksumOfCopy,
  },
  'a checksum that a copy asks for': {
    aws: 'the one asked for',
    instead: { MiniStack: 'another one' },
    reason: 'MiniStack copies the checksum that is there.',
    observe: copies.checksumAskedOfCopy,
  },
  'the ETag of an object of parts that one request has copied': {
    aws: 'that of one piece',
    instead: { MiniStack: 'that of the parts' },
    reason: 'Only a copy in the same parts has the same ETag; on MiniStack every copy has it.',
    observe: copies.etagOfCopiedParts,
  },
  'the checksum of an object of parts that one request has copied': {
    aws: 'of the whole object',
    instead: { MiniStack: 'of the parts' },
    reason: 'It is one piece then. MiniStack calls the checksum of the parts one of the whole object.',
    observe: copies.checksumOfCopiedParts,
  },
  'the ETag of an object under a KMS key': {
    aws: 'no MD5 of its content',
    instead: { MiniStack: 'the MD5 of its content', versitygw: 'the MD5 of its content' },
    reason: 'Two sides with other encryption have other ETags for the same content.',
    observe: copies.etagOfEncryptedObject,
  },
} as const satisfies Record<string, Difference>;

const PARTS = {
  'the tags of an upload in parts': {
    aws: 'kept',
    instead: { MiniStack: 'lost' },
    reason: 'They are sent when the upload is created. On MiniStack those of the object before stay.',
    observe: parts.tagsOfUpload,
  },
  'the full-object checksum of an upload in parts': {
    aws: 'of the whole object',
    instead: { MiniStack: 'of the parts' },
    reason: 'MiniStack takes the type of the checksum for COMPOSITE, always.',
    observe: parts.fullObjectChecksumOfUpload,
  },
  'the composite checksum of an upload in parts': {
    aws: 'COMPOSITE, with the number of parts',
    instead: {},
    reason: 'The default type of SHA256, CRC32 and CRC32C: it says nothing of a copy with other parts.',
    observe: parts.compositeChecksumOfUpload,
  },
  'the checksum of an upload in parts that asked for none': {
    aws: 'CRC64NVME',
    instead: { MiniStack: 'none' },
    reason: 'AWS gives CRC64NVME to whatever comes without a checksum.',
    observe: parts.checksumThatNobodyAskedFor,
  },
  'the checksum of a part that is copied': {
    aws: 'its own',
    instead: { MiniStack: 'none', versitygw: 'that of the source' },
    reason:
      'The checksum of the whole is made from those of the parts: on versitygw it is wrong after such a copy.',
    observe: parts.checksumOfCopiedPart,
  },
  'the ETag of a copy in the same parts': {
    aws: 'that of the source',
    instead: {},
    reason: 'The ETag is made from those of the parts and their number.',
    observe: parts.etagOfSameParts,
  },
  'a part below 5 MiB that is not the last one': {
    aws: '400 EntityTooSmall',
    instead: { MiniStack: 'done' },
    reason: 'MiniStack completes the upload.',
    observe: parts.smallPart,
  },
  'what HEAD tells of a part': {
    aws: '4 bytes, 2 parts',
    instead: { MiniStack: '5242884 bytes, unknown number of parts' },
    reason:
      'MiniStack does not look at the part number: the layout of an object can only be asked for by attributes.',
    observe: parts.headOfPart,
  },
  'the sizes of parts by GetObjectAttributes': {
    aws: '5242880, 4',
    instead: { versitygw: 'none' },
    reason: 'AWS lists them where each part has a checksum of its own.',
    observe: parts.sizesOfParts,
  },
  'several attributes in one GetObjectAttributes': {
    aws: 'done',
    instead: { versitygw: '400 InvalidArgument' },
    reason: 'versitygw does not take the space after a comma, which the SDK sends.',
    observe: parts.attributesAtOnce,
  },
  'open uploads by prefix': {
    aws: 'b/1, b/2',
    instead: {},
    reason: 'What an interrupted copy has left is found by its key.',
    observe: parts.openUploadsByPrefix,
  },
} as const satisfies Record<string, Difference>;

const KEYS = {
  'the order of a listing': {
    aws: 'by the bytes of UTF-8',
    instead: {},
    reason: 'Two listings are compared in one pass, and ranges of keys divide a bucket.',
    observe: keys.orderOfList,
  },
  'where a listing starts': {
    aws: 'the next key',
    instead: {},
    reason: 'A cursor is the last key that was seen.',
    observe: keys.startOfList,
  },
  'keys of a listing in URL encoding': {
    aws: 'encodes, and says so',
    instead: { versitygw: 'does not encode, and does not say so' },
    reason: 'XML has no place for some characters of keys. Only an answer that says so is encoded.',
    observe: keys.encodingOfList,
  },
  'a key below another key': {
    aws: 'done',
    instead: { versitygw: '409 ObjectParentIsFile' },
    reason: 'A file of versitygw is no folder.',
    observe: keys.keyBelowKey,
  },
} as const satisfies Record<string, Difference>;

/**
 * What the store relies on, and every known difference between AWS and the judges. Each is observed on every judge: a
 * judge that has learnt better, or that differs where it is not named, fails.
 */
export const DIFFERENCES = { ...PRECONDITIONS, ...COPIES, ...PARTS, ...KEYS };

export type DifferenceName = keyof typeof DIFFERENCES;

/** Whether a judge does as AWS does here. */
export function doesAsAws(judge: JudgeName, name: DifferenceName): boolean {
  const { instead }: Difference = DIFFERENCES[name];
  return instead[judge] === undefined;
}
