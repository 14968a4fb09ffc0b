import type { Mutant } from './mutant.ts';

const APPLY = 'shared/engine/apply.ts';
const CAPTURE = 'shared/engine/complete.ts';
const COORDINATOR = 'shared/journal/coordinator.ts';
const CUTOVER = 'shared/engine/cutover.ts';
const GATES = 'shared/engine/gates.ts';
const ROUTE = 'shared/route.ts';
const REQUEST_ROUTER = 'shared/request-router.ts';
const ROUTED_TABLES = 'shared/router-tables.ts';
const ENDING = 'shared/engine/ending.ts';
const STRAYS = 'shared/engine/strays.ts';
const SWEEP = 'shared/engine/sweep.ts';

const THERE_AND_BACK = { switches: 2, wayBack: true } as const;

/** Mistakes in the way back after a switch, and in the end of a migration on either side. */
export const REVERSE_MUTANTS: readonly Mutant[] = [
  {
    name: 'feed-of-the-passive-side-applied',
    rule: 'A feed is applied only while its own side is active.',
    scenario: 'migration',
    focus: THERE_AND_BACK,
    edits: [{ file: APPLY, from: '  if (side !== activeSide(journal.epoch)) return;\n', to: '' }],
  },
  {
    name: 'way-back-approved-by-itself',
    rule: 'An automatic approval is for the first cutover alone: nobody goes back without being asked.',
    scenario: 'migration',
    focus: THERE_AND_BACK,
    edits: [
      {
        file: GATES,
        from: "spec.cutover.approval === 'automatic' && journal.epoch === FIRST_EPOCH",
        to: "spec.cutover.approval === 'automatic' && journal.epoch >= FIRST_EPOCH",
      },
    ],
  },
  {
    name: 'approval-of-another-direction-taken',
    rule: 'An approval counts in the direction in which it was given.',
    scenario: 'migration',
    focus: { wayBack: true, approval: true },
    edits: [
      {
        file: COORDINATOR,
        from: 'this.#epoch === FIRST_EPOCH ? sk',
        to: 'this.#epoch >= FIRST_EPOCH ? sk',
      },
    ],
  },
  {
    name: 'lift-gives-back-the-wrong-side',
    rule: 'A cutover that is given up leaves the side active that was.',
    scenario: 'migration',
    focus: THERE_AND_BACK,
    edits: [
      {
        file: ROUTE,
        from: "return this.#write(seen, seen.active, {}, ['hinted']);",
        to: "return this.#write(seen, 'source', {});",
      },
    ],
  },
  {
    name: 'router-goes-by-the-state-alone',
    rule: 'While a rollback is announced or fenced, requests go to the side that is still active.',
    scenario: 'migration',
    focus: THERE_AND_BACK,
    edits: [
      {
        file: REQUEST_ROUTER,
        from: 'return request.sendTo(route.active, route,',
        to: "return request.sendTo(route.state === 'target' ? 'target' : 'source', route,",
      },
    ],
  },
  {
    name: 'versions-shown-on-the-source',
    rule: 'Versions are hidden on whichever side the application reads: after a rollback the source holds them.',
    scenario: 'migration',
    focus: THERE_AND_BACK,
    edits: [
      {
        file: ROUTED_TABLES,
        from: '  const output = answerFor(answer.output, reserved,',
        to: "  if (side === 'source') return answer;\n  const output = answerFor(answer.output, reserved,",
      },
    ],
  },
  {
    name: 'stray-left-standing',
    rule: 'What somebody has written to the side that was left is made equal again while there is a way back.',
    scenario: 'migration',
    focus: { ...THERE_AND_BACK, strays: 1 },
    edits: [{ file: STRAYS, from: "  await lists.add('recheck', entries);\n", to: '' }],
  },
  {
    name: 'own-writes-taken-for-strays',
    rule: "The migrator's own writes to the passive side are told by their version.",
    scenario: 'migration',
    focus: THERE_AND_BACK,
    edits: [{ file: STRAYS, from: ' || isOwn(change, epoch)) continue;', to: ') continue;' }],
  },
  {
    name: 'end-without-waiting-for-permits',
    rule: 'What is left of the migrator is removed once nobody may write it any more.',
    scenario: 'migration',
    focus: { switches: 1, wayBack: true, part: ['apply', 'reverse'] },
    edits: [
      {
        file: ENDING,
        from: '  const done = await gate.waitForPermits(migration.runtime.now() + CLOSE_MILLISECONDS);\n',
        to: '  const done = migration.runtime.now() > CLOSE_MILLISECONDS;\n',
      },
    ],
  },
  {
    name: 'end-resumed-as-a-copy',
    rule: 'A migration that ended before it was copied goes on with its end when it is started again.',
    scenario: 'migration',
    focus: { switches: 0, part: ['sweep', 'complete', 'units left'], operator: 'restarts' },
    edits: [
      {
        file: ENDING,
        from: "  const standsBy = order >= phaseOrder('ready') && order < phaseOrder('sweep');\n",
        to: "  const standsBy = order >= phaseOrder('ready');\n",
      },
    ],
  },
  {
    name: 'end-without-shutting-the-gate',
    rule: 'A migration ends with its direction shut for good.',
    scenario: 'migration',
    focus: { switches: 1, wayBack: true },
    edits: [
      {
        file: ENDING,
        from: '  if (!sealed) await gate.seal(revision);\n',
        to: '  if (sealed) await gate.seal(revision);\n',
      },
    ],
  },
  {
    name: 'ended-direction-restored',
    rule: 'A successor restores nothing after the end.',
    scenario: 'migration',
    focus: { wayBack: true, part: ['sweep', 'complete'], operator: 'restarts' },
    edits: [
      {
        file: CUTOVER,
        from: 'if (gate.revision > 0 && !gate.sealed) await',
        to: 'if (gate.revision > 0) await',
      },
    ],
  },
  {
    name: 'one-side-swept',
    rule: 'Both sides are swept where changes were carried back.',
    scenario: 'migration',
    focus: { wayBack: true },
    edits: [
      {
        file: SWEEP,
        from: "both || side === 'target'",
        to: "(both && side === 'target') || side === 'target'",
      },
    ],
  },
  {
    name: 'tombstones-left-at-the-end',
    rule: 'On the passive side the end takes its tombstones with it.',
    scenario: 'migration',
    focus: { wayBack: true },
    edits: [
      {
        file: SWEEP,
        from: 'isTombstone(version) ? store.removeTombstone(key, version) : store.removeVersion(key, version)',
        to: 'store.removeVersion(key, version)',
      },
    ],
  },
  {
    name: 'way-back-left-captured',
    rule: 'The end removes the mappings and streams of both sides.',
    scenario: 'migration',
    focus: { wayBack: true },
    edits: [{ file: CAPTURE, from: "(['source', 'target'] as const)", to: "(['source'] as const)" }],
  },
  {
    name: 'final-route-written-again',
    rule: 'The route of a migration that is over says so, and is written no more.',
    scenario: 'migration',
    focus: { wayBack: true },
    edits: [{ file: CAPTURE, from: 'if (current && !current.final)', to: 'if (current)' }],
  },
];
