import type { Difference } from './difference.ts';
import * as parts from './parts-observations.ts';

/** Uploads and copies in parts. */
export const PARTS_DIFFERENCES = {
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
