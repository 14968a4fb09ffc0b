import type { Mutant } from './mutant.ts';

const CUTOVER = 'shared/engine/cutover.ts';

const REOPEN = '  if (gate.revision > 0 && !gate.sealed) await journal.gate.move(true, gate.revision);\n';

/** Cutovers that are given up or taken over, and steps that come too late. */
export const GIVE_UP_MUTANTS: readonly Mutant[] = [
  {
    name: 'predecessor-not-raised',
    rule: 'A coordinator that takes over first raises the revision of the route.',
    scenario: 'migration',
    focus: { part: ['validate', 'announce', 'fence', 'close', 'switch', 'lift'] },
    edits: [
      {
        file: CUTOVER,
        from: '    if (!gate.sealed) await (current.hinted === undefined ? route.raise(current) : route.lift(current));\n',
        to: '',
      },
    ],
  },
  {
    name: 'term-asserted-before-the-route-is-read',
    rule: 'A coordinator asserts its term after it has read the route that it announces from.',
    scenario: 'migration',
    focus: { part: ['announce', 'fence', 'drain'] },
    edits: [
      {
        file: CUTOVER,
        from: `  const current = await routeIn(migration, activeSide(journal.epoch), 'announced');
  // After the route was read: a successor raises its revision once it has the term.
  const { cutover: last } = await journal.coordinator.assertTerm(term);
`,
        to: `  const { cutover: last } = await journal.coordinator.assertTerm(term);
  const current = await routeIn(migration, activeSide(journal.epoch), 'announced');
`,
      },
    ],
  },
  {
    name: 'gate-moved-only-if-shut',
    rule: 'A takeover moves the gate even if it is open: a close that is still on its way is refused.',
    scenario: 'migration',
    focus: { part: ['close', 'close', 'validate'] },
    edits: [
      {
        file: CUTOVER,
        from: REOPEN,
        to: '  if (gate.revision > 0 && !gate.sealed && !gate.open) await journal.gate.move(true, gate.revision);\n',
      },
    ],
  },
  {
    name: 'direction-stays-closed',
    rule: 'A cutover that is given up reopens the direction.',
    scenario: 'migration',
    edits: [{ file: CUTOVER, from: REOPEN, to: '' }],
  },
  {
    name: 'lifted-fence-leaves-the-direction-closed',
    rule: 'The direction is reopened also when a router has lifted the fence already.',
    scenario: 'migration',
    edits: [
      {
        file: CUTOVER,
        from: `${REOPEN}  const current = await route.read();\n`,
        to: `  const current = await route.read();
  if (current?.state === 'source') return 'restored';
${REOPEN}`,
      },
    ],
  },
  {
    name: 'fence-left-standing',
    rule: 'A cutover that is given up gives the source back to its writers.',
    scenario: 'migration',
    edits: [
      {
        file: CUTOVER,
        from: '  } else\n    await route.lift(current)',
        to: "  } else if (current.state === 'announced')\n    await route.lift(current)",
      },
    ],
  },
  {
    name: 'pause-without-bound',
    rule: 'A cutover that takes longer than its pause may gives itself up.',
    scenario: 'migration',
    edits: [
      {
        file: CUTOVER,
        from: "  if (runtime.now() >= until) throw new CutoverGivenUpError('the write pause would have become too long');\n  return until;",
        to: '  return Math.max(until, runtime.now() + 1_000);',
      },
      {
        file: CUTOVER,
        from: "  if (runtime.now() >= until) throw new CutoverGivenUpError('the write pause would have become too long');\n  if (cutover.rehearsal)",
        to: '  if (cutover.rehearsal)',
      },
    ],
  },
  {
    name: 'steps-jump-ahead',
    rule: 'A step goes on only after the one before it is done: what was invoked for an earlier attempt stops.',
    scenario: 'migration',
    focus: { part: ['close', 'recheck', 'switch', 'lift'] },
    edits: [
      { file: CUTOVER, from: '  if (cutover.done !== after)\n', to: '  if (cutover.done === undefined)\n' },
    ],
  },
  {
    name: 'switch-fact-not-noted-for-the-dead',
    rule: 'The time of the switch is noted also when its coordinator could not: the watch counts from it.',
    scenario: 'migration',
    focus: { part: ['switch', 'switch', 'switch'] },
    edits: [
      {
        file: CUTOVER,
        from: 'if (await isSwitched(migration, epoch)) return noteSwitch(migration, epoch);',
        to: 'if (await isSwitched(migration, epoch)) return;',
      },
      {
        file: CUTOVER,
        from: '    await noteSwitch(migration, cutover.epoch);\n',
        to: '    return;\n',
      },
    ],
  },
];
