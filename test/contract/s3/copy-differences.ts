import * as copies from './copy-observations.ts';
import type { Difference } from './difference.ts';
import * as preconditions from './precondition-observations.ts';

/** What a copy in one request takes along, and what it is. */
export const COPY_DIFFERENCES = {
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
  'a copy of an archived object': {
    aws: '403 InvalidObjectState',
    instead: { MiniStack: 'done', versitygw: 'done' },
    reason: 'It must be restored before it can be read.',
    observe: copies.copyOfArchivedObject,
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
