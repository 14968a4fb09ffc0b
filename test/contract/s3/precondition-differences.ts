import type { Difference } from './difference.ts';
import * as parts from './parts-observations.ts';
import * as preconditions from './precondition-observations.ts';

/** What makes a write conditional. */
export const PRECONDITION_DIFFERENCES = {
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
