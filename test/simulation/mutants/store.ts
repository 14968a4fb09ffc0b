import type { Mutant } from './mutant.ts';

const STORE = 'shared/stores/dynamodb.ts';
const VERSION = 'shared/version.ts';

const PUT = `    try {
      await writes.send(
        new PutItemCommand({
          TableName: table,
          Item: item,
          ...condition(write.when),`;

const put = (condition: string) => PUT.replace('...condition(write.when)', condition);

const removal = (when: string) => `    try {
      if (${when}) {
        await writes.send(new DeleteItemCommand({ TableName: table, Key: write.key, ...condition(write.when) }));
        return { verdict: 'written' };
      }
${PUT.slice(PUT.indexOf('\n') + 1)}`;

/** Cells, versions and the conditions under which they are written. */
export const STORE_MUTANTS: readonly Mutant[] = [
  {
    name: 'change-without-condition',
    rule: 'A change overwrites only what is older.',
    scenario: 'data path',
    edits: [
      { file: STORE, from: PUT, to: put("...(write.when.kind === 'older' ? {} : condition(write.when))") },
    ],
  },
  {
    name: 'change-spares-copied-items',
    rule: 'A copied item has no version and is older than every change.',
    scenario: 'data path',
    edits: [
      {
        file: STORE,
        from: "'attribute_not_exists(#pk) OR attribute_not_exists(#r) OR #r < :p'",
        to: "'attribute_not_exists(#pk) OR #r < :p'",
      },
    ],
  },
  {
    name: 'removal-leaves-nothing',
    rule: 'A removal leaves a tombstone, also where nothing was.',
    scenario: 'data path',
    edits: [{ file: STORE, from: PUT, to: removal("!write.item && write.when.kind === 'older'") }],
  },
  {
    name: 'repair-leaves-nothing',
    rule: 'A repair writes a tombstone for what is absent.',
    scenario: 'data path',
    edits: [{ file: STORE, from: PUT, to: removal("!write.item && write.when.kind === 'unchanged'") }],
  },
  {
    name: 'repair-without-condition',
    rule: 'A repair writes only if the cell is as it was seen.',
    scenario: 'data path',
    edits: [
      { file: STORE, from: PUT, to: put("...(write.when.kind === 'older' ? condition(write.when) : {})") },
    ],
  },
  {
    name: 'repair-overwrites-where-nothing-was',
    rule: 'A repair of an absent cell puts only if it is absent still.',
    scenario: 'data path',
    focus: {
      keys: 2,
      initialItems: 1,
      targetItems: 0,
      writers: 2,
      writes: 30,
      restMilliseconds: 50,
      poison: 0.3,
    },
    edits: [
      {
        file: STORE,
        from: `    if (seen.kind === 'absent')
      return {
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': partitionKey },
      };
`,
        to: "    if (seen.kind === 'absent') return {};\n",
      },
    ],
  },
  {
    name: 'versions-padded-right',
    rule: 'Sequence numbers are compared padded: as text from the left, a longer one would be the smaller one.',
    scenario: 'data path',
    edits: [
      { file: VERSION, from: 'sequence.padStart(SEQUENCE_DIGITS', to: 'sequence.padEnd(SEQUENCE_DIGITS' },
    ],
  },
  {
    name: 'scan-not-consistent',
    rule: 'The copy reads consistently: a stale read misses what no record will bring.',
    scenario: 'data path',
    edits: [{ file: STORE, from: '        ConsistentRead: true,\n        Segment', to: '        Segment' }],
  },
  {
    name: 'reads-by-key-not-consistent',
    rule: 'A repair reads both sides consistently.',
    scenario: 'data path',
    edits: [
      {
        file: STORE,
        from: '{ [table]: { Keys: open, ConsistentRead: true } }',
        to: '{ [table]: { Keys: open } }',
      },
    ],
  },
  {
    name: 'unprocessed-keys-dropped',
    rule: 'What a batch leaves unprocessed is asked for again: it is not absent.',
    scenario: 'data path',
    edits: [{ file: STORE, from: 'open = UnprocessedKeys?.[table]?.Keys ?? [];', to: 'open = [];' }],
  },
  {
    name: 'scan-ends-at-an-empty-page',
    rule: 'A scan ends where a page names no next one, even if the page is empty.',
    scenario: 'migration',
    edits: [
      {
        file: STORE,
        from: 'answer.LastEvaluatedKey ? { next',
        to: 'answer.LastEvaluatedKey && answer.Items?.length ? { next',
      },
    ],
  },
];
