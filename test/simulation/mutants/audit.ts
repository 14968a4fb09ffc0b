import type { Focus } from '../setting.ts';
import type { Mutant } from './mutant.ts';

const AUDIT = 'shared/engine/audit.ts';
const FEED = 'shared/stores/dynamodb-feed.ts';
const ROUND = 'shared/engine/round.ts';

/** Two keys that are written all the time. */
const BUSY: Focus = { keys: 2, initialItems: 2, writers: 2, writes: 15, restMilliseconds: 500 };

/** The auditor and its rounds. */
export const AUDIT_MUTANTS: readonly Mutant[] = [
  {
    name: 'only-parent-shards-read',
    rule: 'Every shard is read, children included.',
    scenario: 'migration',
    edits: [
      { file: FEED, from: 'if (ShardId) shards.push', to: 'if (ShardId && !ParentShardId) shards.push' },
    ],
  },
  {
    name: 'equal-content-taken-for-arrival',
    rule: 'Only its version shows that a record has arrived: an item that was copied late looks the same.',
    scenario: 'migration',
    focus: { ...BUSY, part: ['copy', 'apply', 'apply'] },
    edits: [
      {
        file: AUDIT,
        from: '  const version = cell.kind',
        to: `  const content = cell.kind === 'item' ? cell.item : undefined;
  if (sameContent(content, change.after)) return true;
  const version = cell.kind`,
      },
    ],
  },
  {
    name: 'disabled-stream-taken-for-silence',
    rule: 'A stream that somebody disables tells of nothing any more: the migration ends.',
    scenario: 'migration',
    edits: [
      {
        file: FEED,
        from: "if (StreamDescription?.StreamStatus?.startsWith('DISABL'))",
        to: "if (StreamDescription?.StreamStatus === 'GONE')",
      },
    ],
  },
  {
    name: 'first-page-of-shards-read',
    rule: 'Every shard is read: their list comes in pages.',
    scenario: 'migration',
    edits: [
      { file: FEED, from: 'start = StreamDescription?.LastEvaluatedShardId;', to: 'start = undefined;' },
    ],
  },
  {
    name: 'auditor-begins-at-latest',
    rule: 'A shard that is new to the auditor is read from its oldest record.',
    scenario: 'migration',
    edits: [
      { file: FEED, from: "{ ShardIteratorType: 'TRIM_HORIZON' }", to: "{ ShardIteratorType: 'LATEST' }" },
    ],
  },
  {
    name: 'one-empty-answer-taken-for-the-tip',
    rule: 'An empty answer of a shard proves nothing: the tip takes several in a row.',
    scenario: 'migration',
    edits: [{ file: AUDIT, from: 'const EMPTY_ANSWERS = 3;', to: 'const EMPTY_ANSWERS = 1;' }],
  },
  {
    name: 'first-record-of-a-key-audited',
    rule: 'The last record of each key is the one that must have arrived.',
    scenario: 'migration',
    edits: [
      {
        file: AUDIT,
        from: 'if (!this.last.has(key) || !sameContent(change.before, change.after)) this.last.set(key, change);',
        to: 'if (!this.last.has(key)) this.last.set(key, change);',
      },
    ],
  },
  {
    name: 'records-that-lag-passed-over',
    rule: 'A round is complete when every record that it read has arrived.',
    scenario: 'migration',
    focus: { ...BUSY, part: ['apply', 'apply', 'apply'] },
    edits: [{ file: ROUND, from: '  if (late.length > 0) {', to: '  if (late.length > reader.records) {' }],
  },
  {
    name: 'long-pause-passed-over',
    rule: 'After a pause longer than the stream keeps nobody knows what is missing: a shard may have come and gone in it.',
    scenario: 'migration',
    focus: { operator: 'comes back late', part: ['announce', 'fence', 'drain', 'ready'] },
    edits: [
      {
        file: AUDIT,
        from: '  if (now - readAt > LONGEST_PAUSE_MILLISECONDS)\n',
        to: '  if (now - readAt > 100 * LONGEST_PAUSE_MILLISECONDS)\n',
      },
    ],
  },
];
