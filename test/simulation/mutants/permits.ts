import type { Mutant } from './mutant.ts';

const APPLY = 'shared/engine/apply.ts';
const COPY = 'shared/engine/copy.ts';
const READY = 'shared/engine/stand-by.ts';
const VERIFY = 'shared/engine/verify.ts';
const GATE = 'shared/journal/gate.ts';

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
    name: 'gate-moved-blindly',
    rule: 'The gate is moved only at the revision that was seen: a close may outlive its attempt.',
    scenario: 'migration',
    edits: [
      {
        file: GATE,
        from: `      expression: '#revision = :seen AND #sealed = :no AND #epoch = :own',
      values: { seen: revision, no: false, own: this.#epoch },`,
        to: `      expression: '#sealed = :no AND #epoch = :own',
      values: { no: false, own: this.#epoch },`,
      },
    ],
  },
];
