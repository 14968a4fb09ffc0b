import type { Difference } from './difference.ts';
import * as keys from './key-observations.ts';

/** Listings, and keys that live beside each other. */
export const KEY_DIFFERENCES = {
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
