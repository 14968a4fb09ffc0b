import * as acls from './acl-observations.ts';
import type { Difference } from './difference.ts';

/** Access control lists of objects. */
export const ACL_DIFFERENCES = {
  'the grants of an object of which nothing is said': {
    aws: 'FULL_CONTROL to the owner',
    instead: { versitygw: '501 NotImplemented' },
    reason: 'It is private. versitygw has no access control lists of objects.',
    observe: acls.grantsOfObject,
  },
  'the grants of an object of which some are named': {
    aws: 'READ to somebody',
    instead: { versitygw: '501 NotImplemented' },
    reason: 'Those that are named are all there are: its owner is not among them by himself.',
    observe: acls.grantsAreAll,
  },
  'the grants of a copy that names none': {
    aws: 'FULL_CONTROL to the owner',
    instead: { versitygw: '501 NotImplemented' },
    reason: 'A copy is private, whatever its source is.',
    observe: acls.grantsOfCopy,
  },
  'the grants of a copy that names some': {
    aws: 'READ to somebody',
    instead: { versitygw: '501 NotImplemented' },
    reason: 'So a copy has them from its first moment on.',
    observe: acls.grantsNamedByCopy,
  },
  'the grants of an upload in parts': {
    aws: 'READ to somebody',
    instead: { MiniStack: 'FULL_CONTROL to the owner', versitygw: '501 NotImplemented' },
    reason: 'They are named when it begins; MiniStack forgets them.',
    observe: acls.grantsOfParts,
  },
  'grants in a bucket whose owner owns everything': {
    aws: '400 AccessControlListNotSupported',
    instead: { versitygw: 'done' },
    reason: 'It knows no access control lists.',
    observe: acls.grantsWithoutLists,
  },
} as const satisfies Record<string, Difference>;
