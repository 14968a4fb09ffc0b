import type { Focus } from '../setting.ts';
import type { Mutant } from './mutant.ts';

const APPEND = 'shared/stores/s3/s3-history-append.ts';
const GAP = 'shared/stores/s3/s3-history-gap.ts';
const HISTORY = 'shared/stores/s3/s3-history.ts';
const HISTORY_STORE = 'shared/stores/s3/s3-history-store.ts';
const VERSIONS = 'shared/stores/s3/s3-version-listing.ts';
const COPY = 'shared/stores/s3/s3-copy.ts';
const TURNS = 'shared/journal/turns.ts';

/** A few objects that are written all the time. */
const VERSIONED: Focus = {
  versions: true,
  acls: false,
  objectLock: false,
  keys: 2,
  initialItems: 2,
  targetItems: 0,
  expiries: 0,
  writers: 2,
  writes: 10,
};
/** One object, of which each version has arrived before anything else happens to it. */
const SELDOM_WRITTEN: Focus = {
  ...VERSIONED,
  keys: 1,
  initialItems: 1,
  writers: 1,
  writes: 3,
  restMilliseconds: 20_000,
};
/** Answers get lost all the time. */
const UNANSWERED: Focus = { ...VERSIONED, faults: { lostAnswer: 0.1, lateEffect: 0.05 } };

/** Histories of objects: what is added to the passive side's, when, and by whom. */
export const HISTORY_MUTANTS: readonly Mutant[] = [
  {
    name: 'history-carried-back-to-where-it-came-from',
    rule: 'After a switch the source is given nothing but what has come since.',
    scenario: 'bucket migration',
    focus: { ...VERSIONED, targetItems: 2, switches: 2 },
    edits: [
      { file: GAP, from: '  if (isOrigin) return yield* gapOfOrigin(active, passive, ours);\n', to: '' },
    ],
  },
  {
    name: 'history-added-newest-first',
    rule: 'What is missing of a history is added oldest first.',
    scenario: 'bucket',
    focus: VERSIONED,
    edits: [
      {
        file: GAP,
        from: '? active.slice(pairs.length) :',
        to: '? active.slice(pairs.length).toReversed() :',
      },
    ],
  },
  {
    name: 'version-added-twice-where-an-answer-is-lost',
    rule: 'A version is sent once: nobody can tell whether a second attempt would add a second one.',
    scenario: 'bucket',
    focus: UNANSWERED,
    edits: [
      {
        file: APPEND,
        from: 'new TrackedS3Writes(once, requests)',
        to: 'new TrackedS3Writes(once ? copying.client : once, requests)',
      },
    ],
  },
  {
    name: 'turn-given-back-in-doubt',
    rule: 'Nobody adds to a history while a request of another may still take effect.',
    scenario: 'bucket',
    focus: UNANSWERED,
    edits: [
      { file: HISTORY_STORE, from: 'await turn.end(append.outcomesKnown);', to: 'await turn.end(true);' },
    ],
  },
  {
    name: 'history-added-to-by-two-at-once',
    rule: 'One at a time adds to a history: preconditions do not tell versions of the same bytes apart.',
    scenario: 'bucket',
    focus: VERSIONED,
    edits: [
      {
        file: TURNS,
        from: 'return taken || (await this.#table.get<TurnRecord>(record))?.token === token;',
        to: 'return taken || true;',
      },
    ],
  },
  {
    name: 'delete-markers-dropped',
    rule: 'A delete marker is a version.',
    scenario: 'bucket',
    focus: VERSIONED,
    edits: [
      {
        file: HISTORY,
        from: "kind === 'object' || versions[index - 1]?.kind === 'object'",
        to: "kind === 'object' || (versions[index - 1]?.kind === 'object' && index === versions.length - 1)",
      },
    ],
  },
  {
    name: 'history-compared-by-its-current-version',
    rule: 'Each earlier version stands in the history, too.',
    scenario: 'bucket',
    focus: VERSIONED,
    edits: [
      { file: GAP, from: 'if (below.length === active.length - 1)', to: 'if (below.length < active.length)' },
    ],
  },
  {
    name: 'current-version-copied-for-an-earlier-one',
    rule: 'It is the version that is missing that is copied.',
    scenario: 'bucket',
    focus: VERSIONED,
    edits: [
      {
        file: COPY,
        from: '        CopySource: copySource(from, key, named),\n        CopySourceIfMatch: etag,\n',
        to: '        CopySource: copySource(from, key, named && undefined),\n',
      },
    ],
  },
  {
    name: 'versions-ordered-by-whole-seconds',
    rule: 'Where times do not tell which of two versions is newer S3 is asked.',
    scenario: 'bucket',
    focus: VERSIONED,
    edits: [
      {
        file: VERSIONS,
        from: 'b.second === undefined || a.second === b.second) return undefined',
        to: 'b.second === undefined) return undefined',
      },
    ],
  },
  {
    name: 'tags-of-the-current-version-left-behind',
    rule: 'Tags can change without another version.',
    scenario: 'bucket',
    focus: SELDOM_WRITTEN,
    edits: [{ file: HISTORY_STORE, from: ' && !pairs.some(otherTags)', to: ' && pairs.length >= 0' }],
  },
  {
    name: 'versions-that-the-source-lost-taken-for-a-difference',
    rule: 'Versions that the active side has not any more may stand between the others.',
    scenario: 'bucket',
    focus: { ...VERSIONED, expiries: 4 },
    edits: [
      {
        file: GAP,
        from: '    if (yield [wanted, candidate]) pairs.push([wanted, candidate]);',
        to: '    if (yield [wanted, candidate]) pairs.push([wanted, candidate]);\n    else break;',
      },
    ],
  },
];
