import type { Mutant } from './mutant.ts';

const ACCOUNT = 'shared/resources/tables/table-account.ts';
const CAPTURES = 'shared/resources/tables/table-captures.ts';
const COMPLETE = 'shared/engine/complete.ts';
const PREPARE = 'shared/engine/prepare.ts';

/** Capture, and what is removed of it at the end. */
export const PREPARE_MUTANTS: readonly Mutant[] = [
  {
    name: 'copy-before-the-stream-is-on',
    rule: 'The stream is enabled before the first page is read.',
    scenario: 'data path',
    edits: [
      {
        file: PREPARE,
        from: '  if (!settled) return SOON;\n',
        to: '',
      },
    ],
  },
  {
    name: 'mapping-begins-at-latest',
    rule: 'A mapping begins at TRIM_HORIZON: LATEST may miss what happens while it starts.',
    scenario: 'data path',
    edits: [{ file: ACCOUNT, from: "StartingPosition: 'TRIM_HORIZON'", to: "StartingPosition: 'LATEST'" }],
  },
  {
    name: 'epoch-kept-across-a-new-stream',
    rule: 'An epoch is one direction over one stream: a new stream demands a new one, and a full compare.',
    scenario: 'migration',
    focus: { streamReplaced: true },
    edits: [
      {
        file: PREPARE,
        from: 'if (expected && !captures.hintsOnly && (!on || stream !== expected))',
        to: "if (expected && stream === '')",
      },
    ],
  },
  {
    name: 'enabled-by-us-noted-too-late',
    rule: 'That the stream was off is noted before it is turned on: afterwards nobody can see it.',
    scenario: 'migration',
    edits: [
      { file: PREPARE, from: '    await captures.enable(name);\n', to: '' },
      {
        file: PREPARE,
        from: '    // Noted before the stream is on: that it was off is not to be seen any more afterwards.\n',
        to: '    await captures.enable(name);\n',
      },
    ],
  },
  {
    name: 'second-mapping-made',
    rule: 'A mapping that stands already is taken: its creation may have been answered to a dead invocation.',
    scenario: 'migration',
    edits: [
      {
        file: CAPTURES,
        from: 'return mapped ?? (await',
        to: 'return (mapped && undefined) ?? (await',
      },
    ],
  },
  {
    name: 'stream-of-others-disabled',
    rule: 'A stream that was on before stays on.',
    scenario: 'migration',
    edits: [{ file: COMPLETE, from: '  if (!enabledByUs) return true;\n', to: '' }],
  },
  {
    name: 'mapping-left-behind',
    rule: 'Nothing of the migration is left when it is complete.',
    scenario: 'migration',
    edits: [
      {
        file: CAPTURES,
        from: '      if (state === undefined) continue;\n',
        to: "      if (state === undefined || state === 'Enabled') continue;\n",
      },
    ],
  },
  {
    name: 'capture-by-halves-left-behind',
    rule: 'What an end has interrupted while it was made is removed as well.',
    scenario: 'migration',
    focus: { switches: 0, wayBack: true, streamOn: false, part: ['catch up', 'way back', 'units left'] },
    edits: [
      {
        file: PREPARE,
        from: '  return enabledByUs || known ? { ...known, ...enabled, enabledByUs } : undefined;\n',
        to: '  return undefined;\n',
      },
    ],
  },
];
