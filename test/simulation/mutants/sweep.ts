import type { Mutant } from './mutant.ts';

const SWEEP = 'shared/engine/sweep.ts';
const STORE = 'shared/stores/dynamodb.ts';
const GATE = 'shared/journal/gate.ts';
const ROUND = 'shared/engine/round.ts';

const SEEN = `            ConditionExpression: '#r = :seen',
            ExpressionAttributeNames: { '#r': reserved },
            ExpressionAttributeValues: { ':seen': { S: version } },
`;

/** The floor, and what is swept below it. */
export const SWEEP_MUTANTS: readonly Mutant[] = [
  {
    name: 'sweep-waits-for-nobody',
    rule: 'A sweep waits for the permits that were granted before its floor.',
    scenario: 'migration',
    edits: [
      {
        file: SWEEP,
        from: 'if (!(await gate.waitForPermits(until, unaware))) return false;',
        to: 'if (!(until > 0 && unaware.size >= 0)) return false;',
      },
    ],
  },
  {
    name: 'sweep-sees-permits-before-its-floor-stands',
    rule: 'The floor is published first, and the permits that may not know it are read after it.',
    scenario: 'migration',
    focus: { part: ['ready', 'apply', 'lift', 'recheck'] },
    edits: [
      {
        file: SWEEP,
        from: `  await journal.gate.publishFloor(floorSecond);
  return journal.gate.permitsOut();
`,
        to: `  const running = await journal.gate.permitsOut();
  await journal.gate.publishFloor(floorSecond);
  return running;
`,
      },
    ],
  },
  {
    name: 'sweep-by-a-floor-that-nobody-waited-for',
    rule: 'A sweep goes by the floor whose permits it has waited for, not by one published meanwhile.',
    scenario: 'migration',
    focus: { keys: 2, initialItems: 2, writers: 2, writes: 20, part: ['ready', 'ready', 'recheck', 'apply'] },
    edits: [
      {
        file: SWEEP,
        from: '.filter(({ version }) => createdSecond(version) <= floorSecond);',
        to: ';',
      },
      {
        file: SWEEP,
        from: 'if (!(await gate.waitForPermits(until, unaware))) return false;\n',
        to: 'if (!(await gate.waitForPermits(until, unaware))) return false;\n  const { floor } = await gate.read();\n',
      },
      {
        file: SWEEP,
        from: '  await inParallel(spent, WRITES_IN_FLIGHT, async (entry) => {\n',
        to: '  await inParallel(spent, WRITES_IN_FLIGHT, async (entry) => {\n    if (createdSecond(entry.version) > floor) return;\n',
      },
    ],
  },
  {
    name: 'sweep-publishes-no-floor',
    rule: 'A swept cell has forgotten its version: a floor is published first.',
    scenario: 'migration',
    edits: [{ file: SWEEP, from: '  await journal.gate.publishFloor(floorSecond);\n', to: '' }],
  },
  {
    name: 'final-recheck-publishes-no-floor',
    rule: 'The final recheck publishes a floor: its cutover may be given up, and a record come again.',
    scenario: 'migration',
    edits: [
      {
        file: SWEEP,
        from: `  const unaware = await raiseFloor(migration, floorSecond);
  unaware.delete(own.id);
`,
        to: `  const unaware = await gate.permitsOut();
  unaware.delete(own.id);
`,
      },
    ],
  },
  {
    name: 'floor-goes-back',
    rule: 'No floor ever goes back, not even when a cutover is given up.',
    scenario: 'migration',
    edits: [
      {
        file: GATE,
        from: `      { second },
      { expression: '#floor < :second AND #epoch = :epoch', values: { epoch: this.#epoch } },
`,
        to: '      { second },\n',
      },
    ],
  },
  {
    name: 'floor-over-records-not-read',
    rule: 'A floor stands over applied records only.',
    scenario: 'migration',
    edits: [
      { file: ROUND, from: 'const FLOOR_MARGIN_SECONDS = 10;', to: 'const FLOOR_MARGIN_SECONDS = -10;' },
    ],
  },
  {
    name: 'young-tombstones-swept',
    rule: 'Only tombstones at or below the floor are swept.',
    scenario: 'migration',
    edits: [
      {
        file: SWEEP,
        from: "(await lists.all('tombstone')).filter(({ version }) => createdSecond(version) <= floorSecond);",
        to: "(await lists.all('tombstone')).filter(({ version }) => createdSecond(version) !== floorSecond);",
      },
    ],
  },
  {
    name: 'tombstone-swept-blindly',
    rule: 'A tombstone is deleted if it is unchanged.',
    scenario: 'migration',
    edits: [
      {
        file: STORE,
        from: `          new DeleteItemCommand({
            TableName: table,
            Key: key,
${SEEN}`,
        to: `          new DeleteItemCommand({
            TableName: table,
            Key: key,
`,
      },
    ],
  },
  {
    name: 'version-swept-blindly',
    rule: 'A version is removed if it is unchanged: without the condition the item of a removal is created anew.',
    scenario: 'migration',
    focus: { keys: 3, initialItems: 3, writers: 3, writes: 20, restMilliseconds: 50 },
    edits: [
      {
        file: STORE,
        from: `            UpdateExpression: 'REMOVE #r',
${SEEN}`,
        to: `            UpdateExpression: 'REMOVE #r',
            ExpressionAttributeNames: { '#r': reserved },
`,
      },
    ],
  },
  {
    name: 'last-tombstones-kept',
    rule: 'The last tombstones go before writers come.',
    scenario: 'migration',
    edits: [
      {
        file: SWEEP,
        from: '  await inParallel(left, WRITES_IN_FLIGHT, (entry) => removeTombstone(migration, entry));\n',
        to: '',
      },
    ],
  },
  {
    name: 'own-permit-waited-for',
    rule: 'The final recheck does not wait for its own permit.',
    scenario: 'migration',
    edits: [{ file: SWEEP, from: '  unaware.delete(own.id);\n', to: '' }],
  },
  {
    name: 'versions-swept-on-the-first-page-only',
    rule: 'Every version is removed: a page without any is not the end of a unit.',
    scenario: 'migration',
    edits: [
      {
        file: SWEEP,
        from: 'next === undefined ? { side: side + 1 }',
        to: 'next === undefined || cells.length === 0 ? { side: side + 1 }',
      },
    ],
  },
];
