import type { Difference } from './difference.ts';
import * as versions from './version-observations.ts';

/** Earlier versions of objects. */
export const VERSION_DIFFERENCES = {
  'which version follows another': {
    aws: 'each behind the newer one',
    instead: { versitygw: '(deleted)' },
    reason:
      'The SDK parts versions and delete markers, and times are whole seconds: so S3 is asked. versitygw goes on with the same version again: it does not judge histories.',
    observe: versions.orderOfVersions,
  },
  'versions behind a key': {
    aws: 'b b c',
    instead: { versitygw: 'a b b c' },
    reason: 'A cursor is the last key that was seen.',
    observe: versions.versionsBehindKey,
  },
  'the tags of an earlier version, where the object is deleted': {
    aws: 'read',
    instead: { MiniStack: '404 NoSuchKey' },
    reason: 'They are read where they are compared, and where a version is copied in parts.',
    observe: versions.tagsOfEarlierVersion,
  },
  'a copy of an earlier version': {
    aws: 'as it was',
    instead: {},
    reason: 'A history is copied version by version.',
    observe: versions.copyOfEarlierVersion,
  },
} as const satisfies Record<string, Difference>;
