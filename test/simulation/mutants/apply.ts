import type { Mutant } from './mutant.ts';

const APPLY = 'shared/engine/apply.ts';
const FEED = 'shared/stores/dynamodb-feed.ts';

const LIST_TOMBSTONES = `    await outcome.list(
      'tombstone',
      pending.filter(({ change }) => !change.after),
    );
`;

/** Applying the changes of the stream. */
export const APPLY_MUTANTS: readonly Mutant[] = [
  {
    name: 'change-compares-the-whole-value',
    rule: 'Smaller compares the prefix of the version: with the whole value a removal that comes again undoes a repair.',
    scenario: 'data path',
    focus: {
      keys: 1,
      initialItems: 1,
      targetItems: 0,
      shards: 1,
      writers: 1,
      writes: 20,
      restMilliseconds: 2_000,
      part: ['apply', 'apply', 'apply'],
      faults: { redelivered: 0.9, duplicated: 0.3, invocationKilled: 0.2 },
    },
    edits: [
      {
        file: APPLY,
        from: "when: { kind: 'older', prefix },",
        to: "when: { kind: 'older', prefix: reservedValue(next) },",
      },
    ],
  },
  {
    name: 'batch-keeps-the-first',
    rule: 'Of several changes of one key only the last of a batch is written.',
    scenario: 'data path',
    edits: [
      {
        file: APPLY,
        from: 'if (!earlier || earlier.prefix < next.prefix) last.set(key, next);',
        to: 'if (!earlier) last.set(key, next);',
      },
    ],
  },
  {
    name: 'batch-ordered-unpadded',
    rule: 'Sequence numbers within a batch are compared padded, too.',
    scenario: 'data path',
    edits: [
      {
        file: APPLY,
        from: 'earlier.prefix < next.prefix',
        to: 'earlier.change.sequence < next.change.sequence',
      },
    ],
  },
  {
    name: 'removals-of-absent-items-skipped',
    rule: 'A removal leaves a tombstone also where nothing was: a copier may hold the item.',
    scenario: 'data path',
    edits: [
      {
        file: APPLY,
        from: 'sameContent(change.before, change.after)) skipped++;',
        to: 'sameContent(change.before, change.after) || (!change.after && !last.has(key))) skipped++;',
      },
    ],
  },
  {
    name: 'poison-only-counted',
    rule: 'A change that can not be applied is listed durably before its record is acknowledged.',
    scenario: 'data path',
    edits: [
      {
        file: APPLY,
        from: 'else await outcome.quarantine(next, result.reason);',
        to: 'else outcome.counts.quarantined++;',
      },
    ],
  },
  {
    name: 'oversize-only-counted',
    rule: 'An item that only its version makes too large is listed durably before its record is acknowledged.',
    scenario: 'migration',
    edits: [
      {
        file: APPLY,
        from: "if (result.oversize) await outcome.list('oversize', [next]);",
        to: 'if (result.oversize) outcome.counts.quarantined++;',
      },
    ],
  },
  {
    name: 'kind-guessed',
    rule: 'The kind of a cell is stated, never guessed: an item may consist of its key alone.',
    scenario: 'data path',
    edits: [
      {
        file: APPLY,
        from: "return versionValue(prefix, change.after ? 'item' : 'tombstone', change.createdSecond);",
        to: "return versionValue(prefix, sameContent(change.after ?? change.key, change.key) ? 'tombstone' : 'item', change.createdSecond);",
      },
    ],
  },
  {
    name: 'tombstone-not-listed',
    rule: 'The key of a tombstone is listed: the last ones go before writers come.',
    scenario: 'migration',
    edits: [{ file: APPLY, from: LIST_TOMBSTONES, to: '' }],
  },
  {
    name: 'floor-ignored',
    rule: 'A record at or below the floor is never applied from its image.',
    scenario: 'migration',
    edits: [
      {
        file: APPLY,
        from: '    else if (change.createdSecond <= permit.floor) spent.push(next);\n',
        to: '',
      },
    ],
  },
  {
    name: 'floor-exclusive',
    rule: 'A record of the very second of the floor is below it, for tombstones of that second are swept.',
    scenario: 'migration',
    edits: [
      {
        file: APPLY,
        from: 'change.createdSecond <= permit.floor) spent',
        to: 'change.createdSecond < permit.floor) spent',
      },
    ],
  },
  {
    name: 'closed-taken-for-switched',
    rule: 'Only after the switch are records of the source let go; while the direction is closed they wait.',
    scenario: 'migration',
    edits: [
      {
        file: APPLY,
        from: 'if (error instanceof DirectionClosedError && (await journal.gate.isOver())) return undefined;',
        to: 'if (error instanceof DirectionClosedError) return undefined;',
      },
    ],
  },
  {
    name: 'event-binary-not-decoded',
    rule: 'An event carries binary values as base64 text.',
    scenario: 'data path',
    edits: [
      {
        file: FEED,
        from: "  if (typeof value.B === 'string') return { B: Buffer.from(value.B, 'base64') };",
        to: "  if (typeof value.B === 'string') return { B: Buffer.from(value.B) };",
      },
    ],
  },
];
