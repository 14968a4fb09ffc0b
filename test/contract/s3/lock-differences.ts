import type { Difference } from './difference.ts';
import * as locks from './lock-observations.ts';

/** Object Lock: retention and legal hold of versions. */
export const LOCK_DIFFERENCES = {
  'the lock of a copy that names none': {
    aws: 'no retention, legal hold OFF',
    instead: { MiniStack: 'GOVERNANCE, legal hold ON' },
    reason:
      'It must be sent with each copy. That of the source travels by itself on MiniStack, and no other.',
    observe: locks.lockOfCopy,
  },
  'the lock of a copy that names one': {
    aws: 'GOVERNANCE, legal hold ON',
    instead: { MiniStack: 'no retention, legal hold OFF' },
    reason: 'So a copy is locked from its first moment on.',
    observe: locks.lockNamedByCopy,
  },
  'the lock of an upload in parts': {
    aws: 'GOVERNANCE, legal hold ON',
    instead: { MiniStack: 'no retention, legal hold OFF' },
    reason: 'It is named when it begins; MiniStack forgets it.',
    observe: locks.lockOfParts,
  },
  'a lock of an object that is there': {
    aws: 'GOVERNANCE, legal hold ON',
    instead: {},
    reason: 'It needs no new version.',
    observe: locks.lockLater,
  },
  'a retention that is made longer': {
    aws: 'done',
    instead: {},
    reason: 'In either mode.',
    observe: locks.longerRetention,
  },
  'a retention that is made shorter': {
    aws: '403 AccessDenied',
    instead: {},
    reason: 'Nobody can do so in compliance mode.',
    observe: locks.shorterRetention,
  },
  'a retention of another mode': {
    aws: '403 AccessDenied',
    instead: {},
    reason: 'Compliance mode is not left before its time.',
    observe: locks.otherMode,
  },
  'a retention until a time that is over': {
    aws: '400 InvalidArgument',
    instead: { MiniStack: 'done' },
    reason: 'HEAD goes on naming one that is over, which must not be sent then.',
    observe: locks.retentionThatIsOver,
  },
  'a lock in a bucket without Object Lock': {
    aws: '400 InvalidRequest',
    instead: {},
    reason: 'Locks travel between buckets with Object Lock alone.',
    observe: locks.lockWithoutObjectLock,
  },
  'a write over a locked object, and its deletion': {
    aws: 'done: no retention, legal hold OFF; then 0 objects',
    instead: {},
    reason:
      'A lock is that of a version, which stays beneath: no lock keeps a target from following its source.',
    observe: locks.writeOverLocked,
  },
} as const satisfies Record<string, Difference>;
