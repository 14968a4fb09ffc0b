import type { Mutant } from './mutant.ts';

const CUTOVER = 'shared/engine/cutover.ts';
const DRAIN = 'shared/engine/drain.ts';
const GATES = 'shared/engine/gates.ts';
const REHEARSAL = 'shared/engine/rehearsal.ts';
const ROUND = 'shared/engine/round.ts';
const SMOKE_TEST = 'shared/engine/smoke-test.ts';

const SETTLE =
  '      const result = await settle(migration, resourceOf(migration, index), some, permit, true);\n';
const SHUTS = `  const gateRevision = await journal.gate.move(false, cutover.gateRevision);
  const shut = { ...cutover, gateRevision };
`;
const CLOSE_WAITS = "  await journal.gate.assertPermitsBack(timeLeft(migration, cutover, 'close'));\n";
const SWITCH_WAITS = '  await journal.gate.assertPermitsBack(until);\n';

/** The steps of the cutover. */
export const CUTOVER_MUTANTS: readonly Mutant[] = [
  {
    name: 'drain-quarantine-and-recheck-left-out',
    rule: 'Drain, quarantine gate and final recheck: each alone is covered by the others, all together are not.',
    scenario: 'migration',
    edits: [
      {
        file: CUTOVER,
        from: "  const evidence = await drainFeeds(migration, quietFrom, timeLeft(migration, cutover, 'drain'));\n",
        to: "  const evidence = { quietFrom, until: timeLeft(migration, cutover, 'drain') };\n",
      },
      { file: GATES, from: '      holds: !first,\n', to: '      holds: true,\n' },
      { file: CUTOVER, from: SETTLE, to: '      const result = { rejected: 0, repaired: 0 };\n' },
    ],
  },
  {
    name: 'final-recheck-compares-nothing',
    rule: 'The final recheck compares every key that was touched lately, repaired, oversize or in quarantine.',
    scenario: 'migration',
    edits: [{ file: CUTOVER, from: SETTLE, to: '      const result = { rejected: 0, repaired: 0 };\n' }],
  },
  {
    name: 'final-recheck-without-listed-keys',
    rule: 'The final recheck compares the keys that are listed, not only those in the stream.',
    scenario: 'migration',
    edits: [
      {
        file: DRAIN,
        from: '          ...listed.filter(({ resource }) => resource === index).map(({ key }) => key),\n',
        to: '',
      },
    ],
  },
  {
    name: 'rejected-keys-of-the-recheck-passed-over',
    rule: 'A key that can not be written gives the cutover up.',
    scenario: 'migration',
    focus: { poison: 0.5 },
    edits: [
      {
        file: CUTOVER,
        from: '      if (result.rejected > 0)\n',
        to: '      if (result.rejected > some.length)\n',
      },
    ],
  },
  {
    name: 'final-recheck-notes-no-positions',
    rule: 'What the final recheck has read was settled before the switch: no stray.',
    scenario: 'migration',
    edits: [{ file: CUTOVER, from: '      await settled();\n', to: '' }],
  },
  {
    name: 'direction-closed-before-permits-are-seen',
    rule: 'The closer shuts the gate first and reads the permits after it.',
    scenario: 'migration',
    focus: { part: ['close', 'recheck', 'switch', 'lift'] },
    edits: [
      { file: CUTOVER, from: CLOSE_WAITS, to: '' },
      { file: CUTOVER, from: SHUTS, to: CLOSE_WAITS + SHUTS },
    ],
  },
  {
    name: 'close-waits-for-nobody',
    rule: 'A direction is closed when its gate is shut and no permit is out: only then is it compared for the last time.',
    scenario: 'migration',
    edits: [{ file: CUTOVER, from: CLOSE_WAITS, to: '' }],
  },
  {
    name: 'switch-waits-for-nobody',
    rule: 'The switch waits for the final recheck: one may have outlived its step.',
    scenario: 'migration',
    edits: [{ file: CUTOVER, from: SWITCH_WAITS, to: '' }],
  },
  {
    name: 'nobody-waits-for-permits',
    rule: 'A closed direction before the switch: whoever may still write the target is waited for.',
    scenario: 'migration',
    edits: [
      { file: CUTOVER, from: CLOSE_WAITS, to: '' },
      { file: CUTOVER, from: SWITCH_WAITS, to: '' },
    ],
  },
  {
    name: 'fence-at-once',
    rule: 'Between the announcement and the fence a cache time passes.',
    scenario: 'migration',
    edits: [
      {
        file: CUTOVER,
        from: '  await runtime.sleep(current.cacheMilliseconds + MARGIN_MILLISECONDS);\n',
        to: '',
      },
    ],
  },
  {
    name: 'drain-counts-from-before-the-fence-stood',
    rule: 'The wait for requests in flight counts from when the fence was seen to stand, not from before its write.',
    scenario: 'migration',
    focus: {
      slowMilliseconds: 3_000,
      writers: 1,
      writes: 20,
      restMilliseconds: 50,
      part: ['announce', 'fence'],
    },
    edits: [
      {
        file: CUTOVER,
        from: '    migration.runtime.now() + FRESH_MILLISECONDS + current.attemptMilliseconds + MARGIN_MILLISECONDS;',
        to: '    (cutover.fencedAt ?? 0) + FRESH_MILLISECONDS + current.attemptMilliseconds + MARGIN_MILLISECONDS;',
      },
    ],
  },
  {
    name: 'drain-ignores-requests-in-flight',
    rule: 'After the fence the bound of a request in flight is waited for.',
    scenario: 'migration',
    edits: [
      {
        file: CUTOVER,
        from: 'FRESH_MILLISECONDS + current.attemptMilliseconds + MARGIN_MILLISECONDS;',
        to: 'FRESH_MILLISECONDS;',
      },
    ],
  },
  {
    name: 'longer-cache-times-not-waited-for',
    rule: 'A cutover begins when no router holds on to longer cache times any more.',
    scenario: 'migration',
    edits: [
      {
        file: CUTOVER,
        from: 'if (current.settledAt > runtime.now())',
        to: 'if (current.settledAt > Number.MAX_SAFE_INTEGER)',
      },
      {
        file: GATES,
        from: 'if (enough && settledAt > runtime.now())',
        to: 'if (!enough && settledAt > runtime.now())',
      },
    ],
  },
  {
    name: 'quarantine-not-settled-by-rounds',
    rule: 'Quarantined keys are settled by a repair.',
    scenario: 'migration',
    edits: [
      {
        file: ROUND,
        from: "  for await (const { resource, key } of lists.entries('quarantine')) {\n    if (settled++",
        to: "  for await (const { resource, key } of lists.entries('quarantine')) {\n    if (settled++ >= 0) break;\n    if (settled++",
      },
    ],
  },
  {
    name: 'rehearsal-switches',
    rule: 'A rehearsal does everything but the switch.',
    scenario: 'migration',
    focus: { rehearse: true },
    edits: [
      { file: CUTOVER, from: '  if (cutover.rehearsal) return endRehearsal(migration, cutover);\n', to: '' },
    ],
  },
  {
    name: 'rehearsal-uses-up-attempts',
    rule: 'A rehearsal is made once, and then the cutover.',
    scenario: 'migration',
    focus: { rehearse: true },
    edits: [
      {
        file: REHEARSAL,
        from: "(await journal.fact<RehearsalFact>('rehearsal')) === undefined",
        to: 'journal !== undefined',
      },
    ],
  },
  {
    name: 'smoke-test-not-noted',
    rule: 'The switch needs the smoke test of its own attempt: one that comes late must not pass it by.',
    scenario: 'migration',
    focus: { smokeTest: true, part: ['switch', 'switch', 'switch'] },
    edits: [
      {
        file: CUTOVER,
        from: "  await migration.journal.coordinator.noteCutover(migration.term, { ...cutover, done: 'smoke-test' });\n",
        to: '',
      },
      {
        file: CUTOVER,
        from: "  const before = spec.cutover.smokeTest ? 'smoke-test' : 'recheck';\n",
        to: "  const before = 'recheck';\n",
      },
    ],
  },
  {
    name: 'refusing-smoke-test-taken-for-a-pass',
    rule: 'A smoke test passes by a clear yes alone.',
    scenario: 'migration',
    focus: { smokeTest: true },
    edits: [
      {
        file: SMOKE_TEST,
        from: '  if (ok === true) return undefined;\n',
        to: '  if (ok !== undefined) return undefined;\n',
      },
    ],
  },
  {
    name: 'smoke-test-without-an-answer-taken-for-a-pass',
    rule: 'A smoke test that errs, or does not answer in time, has not passed.',
    scenario: 'migration',
    focus: { smokeTest: true },
    edits: [
      {
        file: SMOKE_TEST,
        from: "  if (outcome.kind === 'failed') return shortened(outcome.reason);\n",
        to: "  if (outcome.kind === 'failed') return undefined;\n",
      },
    ],
  },
  {
    name: 'smoke-test-of-an-earlier-attempt-counts',
    rule: 'Each attempt is tested anew: what was written since may have changed what is seen.',
    scenario: 'migration',
    focus: { smokeTest: true },
    edits: [
      {
        file: SMOKE_TEST,
        from: '  const began = runtime.now();\n',
        to: '  const earlier = await journal.direction.facts<SmokeTestFact>(SMOKE_TEST_FACT);\n  if ([...earlier.values()].some(({ failed }) => failed === undefined)) return;\n  const began = runtime.now();\n',
      },
    ],
  },
];
