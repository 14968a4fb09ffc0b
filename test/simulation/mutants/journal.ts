import type { Mutant } from './mutant.ts';

const CONTROLS = 'shared/journal/controls.ts';
const COORDINATOR = 'shared/journal/coordinator.ts';
const LISTS = 'shared/journal/key-lists.ts';
const TABLE = 'shared/journal/table.ts';
const UNITS = 'shared/journal/units.ts';

/** The journal: leases, terms, lists and its table. */
export const JOURNAL_MUTANTS: readonly Mutant[] = [
  {
    name: 'word-without-the-one-before',
    rule: 'A pause that takes effect late does not undo the resumption that followed it.',
    scenario: 'migration',
    focus: { steers: true, slowMilliseconds: 3_000, writers: 1, switches: 1, faults: { lateEffect: 0.1 } },
    edits: [
      {
        file: CONTROLS,
        from: "{ expression: '#words = :seen', values: { seen: words } }",
        to: "{ expression: '#words >= :seen', values: { seen: words } }",
      },
    ],
  },
  {
    name: 'checkpoint-without-term',
    rule: 'A worker that has lost its unit moves its position no more.',
    scenario: 'migration',
    focus: { part: ['copy', 'verify', 'sweep'] },
    edits: [
      {
        file: UNITS,
        from: "'#term = :term AND (attribute_not_exists(#checkpoint)",
        to: "'#term >= :term AND (attribute_not_exists(#checkpoint)",
      },
    ],
  },
  {
    name: 'late-checkpoint-moves-back',
    rule: 'A checkpoint that takes effect late does not move a unit back.',
    scenario: 'data path',
    edits: [
      {
        file: UNITS,
        from: "'#term = :term AND (attribute_not_exists(#checkpoint) OR #checkpoint <= :checkpoint)'",
        to: "'#term = :term'",
      },
    ],
  },
  {
    name: 'lease-without-term',
    rule: 'The term of a unit grows whenever a worker takes it.',
    scenario: 'data path',
    edits: [
      {
        file: UNITS,
        from: 'SET #term = if_not_exists(#term, :zero) + :one, #holder',
        to: 'SET #term = if_not_exists(#term, :zero), #holder',
      },
      {
        file: UNITS,
        from: '{ zero: 0, one: 1, holder, coordinator, expiresAt }',
        to: '{ zero: 0, holder, coordinator, expiresAt }',
      },
    ],
  },
  {
    name: 'lease-taken-from-the-living',
    rule: 'One holder at a time: a unit is taken when the lease of its holder is over.',
    scenario: 'data path',
    edits: [
      {
        file: UNITS,
        from: "'attribute_not_exists(#expiresAt) OR #expiresAt < :now OR #coordinator < :coordinator'",
        to: "'attribute_not_exists(#expiresAt) OR #expiresAt > :now OR #coordinator <= :coordinator'",
      },
    ],
  },
  {
    name: 'lease-released-by-its-loser',
    rule: 'Who has lost a unit does not give it back.',
    scenario: 'migration',
    focus: { part: ['copy', 'verify', 'sweep'] },
    edits: [
      {
        file: UNITS,
        from: "      { zero: 0 },\n      { expression: '#term = :term', values: { term } },\n",
        to: "      { zero: 0 },\n      { expression: '#term >= :term', values: { term } },\n",
      },
    ],
  },
  {
    name: 'coordinator-without-term',
    rule: 'Every write of the coordinator is conditional on its term.',
    scenario: 'migration',
    focus: { part: ['validate', 'announce', 'fence', 'close', 'switch', 'lift'] },
    edits: [
      {
        file: COORDINATOR,
        from: "      expression: '#term = :term',\n",
        to: "      expression: '#term >= :term',\n",
      },
      { file: COORDINATOR, from: 'if (record?.term !== term)', to: 'if (!record)' },
    ],
  },
  {
    name: 'coordinator-changed-without-term',
    rule: 'What a predecessor still writes into the journal is refused.',
    scenario: 'migration',
    focus: { part: ['announce', 'close', 'switch', 'validate'] },
    edits: [
      {
        file: COORDINATOR,
        from: "      expression: '#term = :term',\n",
        to: "      expression: '#term >= :term',\n",
      },
    ],
  },
  {
    name: 'earlier-attempt-noted-over-a-later-one',
    rule: 'What an earlier attempt of the cutover still notes is refused.',
    scenario: 'migration',
    focus: { part: ['announce', 'fence', 'drain', 'close'] },
    edits: [
      {
        file: COORDINATOR,
        from: '(#cutover.#attempt <= :attempt AND #cutover.#epoch <= :epoch))',
        to: '#cutover.#attempt >= :zero)',
      },
      {
        file: COORDINATOR,
        from: 'values: { term, attempt: cutover.attempt, epoch: cutover.epoch },',
        to: 'values: { term, zero: 0 },',
      },
    ],
  },
  {
    name: 'coordinator-keeps-its-term',
    rule: 'The term grows with each coordinator.',
    scenario: 'migration',
    edits: [
      {
        file: COORDINATOR,
        from: 'SET #term = if_not_exists(#term, :zero) + :one, #execution',
        to: 'SET #term = if_not_exists(#term, :one), #execution',
      },
    ],
  },
  {
    name: 'one-part-of-a-list-not-read',
    rule: 'Every entry of a list counts, wherever it is kept.',
    scenario: 'migration',
    edits: [
      {
        file: LISTS,
        from: 'Array.from({ length: LIST_SHARDS }',
        to: 'Array.from({ length: LIST_SHARDS - 1 }',
      },
    ],
  },
  {
    name: 'one-tombstone-entry-per-key',
    rule: 'Each tombstone of a key has an entry of its own: another one may be on its way.',
    scenario: 'migration',
    edits: [
      {
        file: LISTS,
        from: 'sk: EACH_VERSION.includes(kind) ?',
        to: "sk: kind === 'stray' ?",
      },
    ],
  },
  {
    name: 'older-record-joins-the-entry',
    rule: 'An entry keeps the highest version known of its key.',
    scenario: 'data path',
    focus: {
      keys: 1,
      initialItems: 1,
      targetItems: 0,
      shards: 1,
      writers: 2,
      writes: 40,
      restMilliseconds: 500,
      poison: 0.5,
      faults: { redelivered: 0.9, duplicated: 0.3 },
    },
    edits: [
      {
        file: LISTS,
        from: "expression: 'attribute_not_exists(#version) OR #version < :version',",
        to: "expression: 'attribute_not_exists(#version) OR #version <> :version',",
      },
    ],
  },
  {
    name: 'journal-read-not-consistent',
    rule: 'Journal and route are read consistently.',
    scenario: 'migration',
    edits: [
      {
        file: TABLE,
        from: 'new GetItemCommand({ TableName: this.name, Key: this.#key(key), ConsistentRead: true })',
        to: 'new GetItemCommand({ TableName: this.name, Key: this.#key(key) })',
      },
    ],
  },
  {
    name: 'lists-read-not-consistent',
    rule: 'Permits and lists are read consistently.',
    scenario: 'migration',
    edits: [
      {
        file: TABLE,
        from: '          TableName: this.name,\n          ConsistentRead: true,\n',
        to: '          TableName: this.name,\n',
      },
    ],
  },
  {
    name: 'first-page-of-a-list-read',
    rule: 'A list is read to its last page.',
    scenario: 'migration',
    edits: [{ file: TABLE, from: '      start = answer.LastEvaluatedKey;\n', to: '' }],
  },
];
