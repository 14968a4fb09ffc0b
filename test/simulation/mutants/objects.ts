import type { Focus } from '../setting.ts';
import type { Mutant } from './mutant.ts';

const STORE = 'shared/stores/s3/s3.ts';
const COPY = 'shared/stores/s3/s3-copy.ts';
const PARTS = 'shared/stores/s3/s3-multipart.ts';
const OBJECT = 'shared/stores/s3/s3-object.ts';
const LOCK = 'shared/stores/s3/s3-lock.ts';
const LISTING = 'shared/stores/s3/s3-listing.ts';
const KEY = 'shared/stores/s3/s3-key.ts';
const READ = 'shared/stores/s3/s3-read.ts';
const REPAIR = 'shared/engine/repair-unversioned.ts';
const HINTED = 'shared/engine/hinted.ts';
const DRAIN = 'shared/engine/drain.ts';
const GATES = 'shared/engine/gates.ts';
const CUTOVER = 'shared/engine/cutover.ts';
const ROUTER = 'shared/router-s3-request.ts';

const ACTIVE = '    const [activeCell] = (await source.read([key])) as [Cell];\n';

/** Few objects, written all the time, and copies that are under way for so long that others go between. */
const BESIDE_COPIES: Focus = {
  keys: 2,
  initialItems: 2,
  targetItems: 0,
  writers: 2,
  writes: 10,
  restMilliseconds: 500,
  faults: { slowCopy: 0.8, eventLost: 0, eventLate: 0.02 },
};
/** No event ever comes: what is written is known from the notes of routers and from comparisons alone. */
const WITHOUT_EVENTS: Focus = {
  versions: false,
  keys: 3,
  initialItems: 3,
  targetItems: 0,
  writers: 3,
  writes: 40,
  restMilliseconds: 50,
  switches: 1,
  faults: { eventLost: 1 },
};

/** Access control lists are carried. */
const WITH_LISTS: Focus = { acls: true };
/** Locks are carried, of which no event tells. */
const WITH_LOCKS: Focus = { objectLock: true };

/** Stores without versions: each write conditional on both sides, hints, and the comparison before a cutover. */
export const OBJECT_MUTANTS: readonly Mutant[] = [
  {
    name: 'object-copied-over-whatever-stands-there',
    rule: 'A copy is conditional on what was seen on the passive side.',
    scenario: 'bucket',
    focus: BESIDE_COPIES,
    edits: [{ file: COPY, from: '        ...precondition(expected),\n', to: '' }],
  },
  {
    name: 'object-copied-whatever-it-is-by-now',
    rule: 'A copy is conditional on the object that was seen on the active side.',
    scenario: 'bucket',
    edits: [{ file: PARTS, from: '        CopySourceIfMatch: object.etag,\n', to: '' }],
  },
  {
    name: 'upload-completed-over-whatever-stands-there',
    rule: 'The precondition of a copy in parts stands at its end.',
    scenario: 'bucket',
    focus: BESIDE_COPIES,
    edits: [{ file: PARTS, from: '        ...precondition(expected),\n', to: '' }],
  },
  {
    name: 'object-deleted-whatever-it-is',
    rule: 'A deletion is conditional on the object that was seen.',
    scenario: 'bucket',
    focus: BESIDE_COPIES,
    edits: [{ file: STORE, from: ', IfMatch: expected.etag }', to: ' }' }],
  },
  {
    name: 'event-of-a-deletion-taken-as-truth',
    rule: 'An event is only a hint: the active side is looked at.',
    scenario: 'bucket',
    focus: BESIDE_COPIES,
    edits: [
      {
        file: REPAIR,
        from: ACTIVE,
        to: "    const [activeCell] = (cell.kind === 'item' && attempt === 0 ? [{ kind: 'absent' }] : await source.read([key])) as [Cell];\n",
      },
      { file: STORE, from: "  if (await isListed(client, from, key)) return { kind: 'changed' };\n", to: '' },
    ],
  },
  {
    name: 'no-look-after-a-copy',
    rule: 'After a write both sides are read again: the active one may have changed while it was copied.',
    scenario: 'bucket',
    focus: BESIDE_COPIES,
    edits: [
      {
        file: REPAIR,
        from: 'result.written) written = true;',
        to: "result.written) {\n      await outOfDoubt();\n      return 'repaired';\n    }",
      },
    ],
  },
  {
    name: 'etag-of-parts-taken-for-a-digest',
    rule: 'ETags that differ prove nothing: those of uploads in parts depend on the parts.',
    scenario: 'bucket',
    edits: [
      {
        file: OBJECT,
        from: '  if (a.etag === b.etag) return true;\n',
        to: '  if (a.etag !== b.etag) return false;\n',
      },
    ],
  },
  {
    name: 'object-compared-by-its-etag-alone',
    rule: 'Metadata, headers and tags are a part of an object.',
    scenario: 'bucket',
    edits: [{ file: OBJECT, from: ' || !isSameDescription(a, b)) return false;', to: ') return false;' }],
  },
  {
    name: 'tags-dropped-by-parts',
    rule: 'A copy in parts carries nothing by itself.',
    scenario: 'bucket',
    edits: [
      {
        file: PARTS,
        from: '    ...(Object.keys(tags).length > 0 ? { Tagging: tagging(tags) } : {}),\n',
        to: '',
      },
    ],
  },
  {
    name: 'metadata-dropped-by-parts',
    rule: 'A copy in parts carries nothing by itself.',
    scenario: 'bucket',
    edits: [{ file: PARTS, from: '    Metadata: { ...metadata },\n', to: '' }],
  },
  {
    name: 'access-control-list-dropped-by-parts',
    rule: 'A copy in parts carries nothing by itself.',
    scenario: 'bucket',
    focus: WITH_LISTS,
    edits: [{ file: PARTS, from: '    ...grants,\n', to: '' }],
  },
  {
    name: 'access-control-list-left-behind',
    rule: 'CopyObject makes a private object unless it names the grants.',
    scenario: 'bucket',
    focus: WITH_LISTS,
    edits: [{ file: COPY, from: '        ...grants,\n', to: '' }],
  },
  {
    name: 'access-control-list-not-compared',
    rule: 'What is compared is everything that is asked for.',
    scenario: 'bucket',
    focus: WITH_LISTS,
    edits: [{ file: OBJECT, from: "['grants', 'headers',", to: "['headers'," }],
  },
  {
    name: 'lock-not-compared',
    rule: 'Of locks no event tells: they are found by comparing.',
    scenario: 'bucket',
    focus: WITH_LOCKS,
    edits: [
      { file: OBJECT, from: '  return isCovered(original.lock, copy.lock);\n', to: '  return true;\n' },
    ],
  },
  {
    name: 'legal-hold-never-taken-away',
    rule: 'A legal hold is the same on both sides.',
    scenario: 'bucket',
    focus: WITH_LOCKS,
    edits: [
      {
        file: LOCK,
        from: 'return isHeld(lock) === isHeld(by) &&',
        to: 'return (!isHeld(lock) || isHeld(by)) &&',
      },
    ],
  },
  {
    name: 'retention-of-any-length-is-enough',
    rule: 'A retention is at least as long as that of the active side.',
    scenario: 'bucket',
    focus: WITH_LOCKS,
    edits: [
      {
        file: LOCK,
        from: '  return seconds(by.until) >= seconds(retention.until);\n',
        to: '  return true;\n',
      },
    ],
  },
  {
    name: 'website-redirect-left-behind',
    rule: 'CopyObject does not take the website redirect along.',
    scenario: 'bucket',
    edits: [
      {
        file: COPY,
        from: '        ...(WebsiteRedirectLocation === undefined ? {} : { WebsiteRedirectLocation }),\n',
        to: '',
      },
    ],
  },
  {
    name: 'tags-not-read',
    rule: 'What is compared is everything that an object carries.',
    scenario: 'bucket',
    edits: [
      {
        file: READ,
        from: '  return object && !object.unreadable ? withTags(client, location, object) : object;',
        to: '  return object;',
      },
    ],
  },
  {
    name: 'last-page-of-a-listing-skipped',
    rule: 'A listing is read until it says that it is over.',
    scenario: 'bucket',
    edits: [
      {
        file: LISTING,
        from: '!IsTruncated || objects.length < listed.length',
        to: '!IsTruncated || objects.length < most',
      },
    ],
  },
  {
    name: 'keys-ordered-as-javascript-does',
    rule: 'Ranges are cut in the order of UTF-8 bytes.',
    scenario: 'bucket',
    edits: [
      {
        file: KEY,
        from: 'return Buffer.compare(Buffer.from(a), Buffer.from(b));',
        to: 'return a.localeCompare(b);',
      },
    ],
  },
  {
    name: 'upload-noted-after-it-has-begun',
    rule: 'An upload is noted before it is begun, so that none is left behind.',
    scenario: 'bucket',
    edits: [
      {
        file: PARTS,
        from: '  const noted = await props.uploads.note(object.key, digest);\n',
        to: '  const noted = { token: digest.slice(0, 8), key: object.key, digest };\n',
      },
    ],
  },
  {
    name: 'upload-given-up-forgotten',
    rule: 'An upload that was given up stays noted: something of it may be left.',
    scenario: 'bucket',
    edits: [
      {
        file: PARTS,
        from: '  await props.uploads.update({ ...upload, left: true });\n  await abortUpload',
        to: '  await props.uploads.forget(upload);\n  await abortUpload',
      },
    ],
  },
  {
    name: 'uploads-of-lost-answers-forgotten',
    rule: 'An attempt whose answer was lost may have begun another upload.',
    scenario: 'bucket',
    edits: [
      {
        file: PARTS,
        from: "if (outcome.kind !== 'written' || upload.others)",
        to: "if (outcome.kind !== 'written')",
      },
    ],
  },
  {
    name: 'upload-of-another-object-gone-on-with',
    rule: 'Parts are used only of the very object that is copied.',
    scenario: 'bucket',
    edits: [{ file: PARTS, from: 'open.find((one) => one.digest === digest)', to: 'open[0]' }],
  },
  {
    name: 'router-notes-no-keys',
    rule: 'While the route hints, a router notes each key before it writes it.',
    scenario: 'bucket migration',
    edits: [{ file: ROUTER, from: 'if (!hinted || (noted', to: 'if (hinted || (noted' }],
  },
  {
    name: 'comparison-of-an-earlier-hinting-counts',
    rule: 'Only what was compared since the routers hint without a break counts.',
    scenario: 'bucket migration',
    focus: WITHOUT_EVENTS,
    edits: [
      {
        file: HINTED,
        from: 'return fact?.hinted === hinted ? fact.round : undefined;',
        to: 'return fact?.round;',
      },
    ],
  },
  {
    name: 'no-comparison-before-the-cutover',
    rule: 'Everything is compared before a cutover, once routers hint.',
    scenario: 'bucket migration',
    focus: WITHOUT_EVENTS,
    edits: [
      {
        file: GATES,
        from: '    if (!isHinted(migration)) return undefined;\n',
        to: '    return undefined;\n',
      },
      { file: CUTOVER, from: '  await assertCompared(migration, current);\n', to: '' },
    ],
  },
  {
    name: 'final-recheck-without-noted-keys',
    rule: 'The final recheck compares what routers have noted.',
    scenario: 'bucket migration',
    focus: WITHOUT_EVENTS,
    edits: [
      { file: DRAIN, from: '          ...keysNoted(resourceOf(migration, index), notes, route),\n', to: '' },
    ],
  },
];
