import type { Mutant } from './mutant.ts';

const COPY = 'shared/engine/copy.ts';
const INSERT = 'shared/stores/dynamodb-insert.ts';
const LEFT = 'shared/engine/left.ts';
const MIGRATION = 'shared/engine/migration.ts';
const UNIT = 'shared/engine/unit.ts';

const CONDITION = `        Item: item,
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': partitionKey },
`;

/** Copying and its units. */
export const COPY_MUTANTS: readonly Mutant[] = [
  {
    name: 'copy-overwrites',
    rule: 'A copied item never overwrites: it is put if nothing stands under its key.',
    scenario: 'data path',
    edits: [
      {
        file: INSERT,
        from: `      else if (error.Code === 'DuplicateItem') outcomes.set(index, { kind: 'existing' });
      else if (error.Code === 'ValidationError'`,
        to: `      else if (error.Code === 'DuplicateItem' || error.Code === 'ValidationError'`,
      },
      { file: INSERT, from: CONDITION, to: '        Item: item,\n' },
    ],
  },
  {
    name: 'throttled-statements-taken-for-done',
    rule: 'The error of each statement of a batch is looked at: the answer as a whole is a success.',
    scenario: 'data path',
    edits: [
      {
        file: INSERT,
        from: `      if (!responses[position] || (error?.Code && TRANSIENT.has(error.Code))) again.push(index);
      else if (!error) outcomes.set(index, { kind: 'inserted' });`,
        to: `      if (!responses[position]) again.push(index);
      else if (!error?.Code || TRANSIENT.has(error.Code)) outcomes.set(index, { kind: 'inserted' });`,
      },
    ],
  },
  {
    name: 'another-statement-sent-again',
    rule: 'The statement that was throttled is the one that is sent again.',
    scenario: 'copy',
    focus: { keys: 9, initialItems: 9, segments: 1, faults: { statementFailed: 0.4 } },
    edits: [
      {
        file: INSERT,
        from: 'TRANSIENT.has(error.Code))) again.push(index);',
        to: 'TRANSIENT.has(error.Code))) again.push(position);',
      },
    ],
  },
  {
    name: 'rejected-items-only-counted',
    rule: 'An item that its target rejects is put into quarantine, not only counted.',
    scenario: 'data path',
    edits: [
      {
        file: COPY,
        from: '          rejected.map(({ key, reason }) => ({',
        to: '          rejected.slice(rejected.length).map(({ key, reason }) => ({',
      },
    ],
  },
  {
    name: 'checkpoint-before-answers',
    rule: 'A position is checkpointed only after the writes before it are durable.',
    scenario: 'data path',
    edits: [
      {
        file: COPY,
        from: '        const { inserted, existing, rejected } = await target.insertAbsent(page);',
        to: `        const writing = target.insertAbsent(page);
        writing.catch(() => undefined);
        const { inserted, existing, rejected } =
          page.next === undefined ? await writing : { inserted: page.count, existing: 0, rejected: [] };`,
      },
    ],
  },
  {
    name: 'copy-ends-at-a-short-page',
    rule: 'A segment ends where a page names no next one, however few items the page holds.',
    scenario: 'data path',
    edits: [
      {
        file: COPY,
        from: `          done: page.next === undefined,
        };
      },
      async end() {`,
        to: `          done: page.next === undefined || page.count <= 1,
        };
      },
      async end() {`,
      },
    ],
  },
  {
    name: 'units-leave-a-gap',
    rule: 'Units cover every key. That they overlap would be harmless, since a copied item never overwrites.',
    scenario: 'data path',
    edits: [
      {
        file: MIGRATION,
        from: 'return { number, resource, segment: number - first, segments };',
        to: 'return { number, resource, segment: number - first, segments: segments + 1 };',
      },
    ],
  },
  {
    name: 'first-unit-twice',
    rule: 'Units cover every key: each has a segment of its own.',
    scenario: 'data path',
    edits: [
      {
        file: MIGRATION,
        from: 'segment: number - first, segments };',
        to: 'segment: Math.max(0, number - first - 1), segments };',
      },
    ],
  },
  {
    name: 'handover-taken-for-done',
    rule: 'A unit that was handed over is not done.',
    scenario: 'copy',
    focus: { keys: 9, initialItems: 9, segments: 1, invocationMilliseconds: 20 },
    edits: [
      { file: UNIT, from: 'return { done: state.done, ', to: 'return { done: true, ' },
      { file: LEFT, from: 'record?.done', to: 'record' },
    ],
  },
];
