import type { Mutant } from './mutant.ts';

const APPLY = 'shared/engine/apply.ts';
const COPY = 'shared/engine/copy.ts';
const CUTOVER = 'shared/engine/cutover.ts';
const READY = 'shared/engine/ready.ts';
const VERIFY = 'shared/engine/verify.ts';
const GATE = 'shared/journal/gate.ts';
const TRACKED = 'shared/stores/tracked-writes.ts';
const PARALLEL = 'shared/parallel.ts';

const PERMIT = '    await this.#table.put(this.#permitKey(id), { kind, expiresAt });\n';
const READ = '    const gate = await this.read();\n    const allowed';

/** The gate of the direction, and the permits of those who write. */
export const PERMIT_MUTANTS: readonly Mutant[] = [
  {
    name: 'gate-read-before-the-permit',
    rule: 'A permit is written first and the gate read after it.',
    scenario: 'migration',
    focus: { part: ['apply', 'close', 'apply'] },
    edits: [
      {
        file: GATE,
        from: PERMIT + READ,
        to: `    const gate = await this.read();\n${PERMIT}    const allowed`,
      },
    ],
  },
  {
    name: 'permit-granted-while-shut',
    rule: 'A permit is granted only while its direction is open.',
    scenario: 'migration',
    edits: [
      {
        file: GATE,
        from: 'recheckOf === undefined ? gate.open :',
        to: "recheckOf === undefined ? gate.open || kind === 'apply' :",
      },
    ],
  },
  {
    name: 'permit-given-back-early',
    rule: 'A permit counts while a request under it may still take effect.',
    scenario: 'data path',
    focus: { part: ['copy', 'verify', 'apply'], faults: { lateEffect: 0.05, lostAnswer: 0.05 } },
    edits: [
      { file: APPLY, from: 'give(permit, resource.target.outcomesKnown())', to: 'give(permit, true)' },
      { file: COPY, from: 'give(permit, target.outcomesKnown())', to: 'give(permit, true)' },
      { file: VERIFY, from: 'give(permit, resource.target.outcomesKnown())', to: 'give(permit, true)' },
      { file: READY, from: 'give(permit, outcomesKnown(resources))', to: 'give(permit, true)' },
    ],
  },
  {
    name: 'permit-of-the-recheck-given-back-early',
    rule: 'The switch waits for the writes of the final recheck, whatever became of their answers.',
    scenario: 'migration',
    focus: { part: ['recheck', 'recheck', 'switch'], faults: { lateEffect: 0.05, lostAnswer: 0.05 } },
    edits: [
      { file: CUTOVER, from: 'give(permit, outcomesKnown(migration.resources))', to: 'give(permit, true)' },
    ],
  },
  {
    name: 'earlier-attempts-forgotten',
    rule: 'An answer to a second attempt says nothing of the first, which may still be on its way.',
    scenario: 'data path',
    focus: { faults: { lateEffect: 0.05, lostAnswer: 0.05 } },
    edits: [
      { file: TRACKED, from: '        if (attemptsOf(answer) > 1) this.outcomesKnown = false;\n', to: '' },
      {
        file: TRACKED,
        from: 'if (attemptsOf(error) > 1 || !isNamed(error, ...WITHOUT_EFFECT))',
        to: 'if (!isNamed(error, ...WITHOUT_EFFECT))',
      },
    ],
  },
  {
    name: 'server-errors-taken-for-no-effect',
    rule: "A server's error or a connection that broke leaves the outcome of a write open.",
    scenario: 'data path',
    focus: { faults: { lateEffect: 0.05, serverError: 0.05 } },
    edits: [
      {
        file: TRACKED,
        from: '!isNamed(error, ...WITHOUT_EFFECT))',
        to: "!isNamed(error, ...WITHOUT_EFFECT, 'InternalServerError', 'TimeoutError', 'Error'))",
      },
    ],
  },
  {
    name: 'permits-end-without-grace',
    rule: 'What was sent at the last moment of an invocation may still take effect: its permit counts a while longer.',
    scenario: 'migration',
    edits: [
      {
        file: GATE,
        from: 'const PERMIT_GRACE_MILLISECONDS = 5_000;',
        to: 'const PERMIT_GRACE_MILLISECONDS = 0;',
      },
    ],
  },
  {
    name: 'one-part-of-the-permits-not-read',
    rule: 'Every permit counts, wherever it is kept.',
    scenario: 'migration',
    edits: [
      {
        file: GATE,
        from: 'Array.from({ length: PERMIT_SHARDS }',
        to: 'Array.from({ length: PERMIT_SHARDS - 1 }',
      },
    ],
  },
  {
    name: 'writes-left-behind-by-an-error',
    rule: 'An error is thrown when everything in flight has ended, so that no write is left behind.',
    scenario: 'data path',
    focus: {
      keys: 9,
      initialItems: 9,
      writers: 3,
      writes: 20,
      restMilliseconds: 50,
      faults: { serverError: 0.05, slowRequest: 0.1 },
    },
    edits: [{ file: PARALLEL, from: '        errors.push(error);\n', to: '        throw error;\n' }],
  },
  {
    name: 'gate-moved-blindly',
    rule: 'The gate is moved only at the revision that was seen: a close may outlive its attempt.',
    scenario: 'migration',
    edits: [
      {
        file: GATE,
        from: "{ expression: '#revision = :revision AND #sealed = :no', values: { revision, no: false } }",
        to: "{ expression: '#sealed = :no', values: { no: false } }",
      },
    ],
  },
  {
    name: 'sealed-gate-reopened',
    rule: 'Nobody opens a direction again after its switch.',
    scenario: 'migration',
    focus: { slowMilliseconds: 3_000, part: ['switch', 'lift'] },
    edits: [
      {
        file: GATE,
        from: "{ expression: '#revision = :revision AND #sealed = :no', values: { revision, no: false } }",
        to: "{ expression: '#revision = :revision', values: { revision } }",
      },
    ],
  },
  {
    name: 'recheck-by-any-revision',
    rule: 'Only the final recheck of this very cutover writes while the direction is closed.',
    scenario: 'migration',
    focus: { part: ['recheck', 'recheck', 'recheck'] },
    edits: [{ file: GATE, from: '!gate.open && gate.revision === recheckOf', to: '!gate.open' }],
  },
];
