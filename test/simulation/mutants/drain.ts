import type { Mutant } from './mutant.ts';

const AUDIT = 'shared/engine/audit.ts';
const DRAIN = 'shared/engine/drain.ts';
const STAND_BY = 'shared/engine/stand-by.ts';
const WATCH = 'shared/engine/strays.ts';

/** The drain, what the final recheck takes from the stream, and the watch after the switch. */
export const DRAIN_MUTANTS: readonly Mutant[] = [
  {
    name: 'drain-not-waited-for',
    rule: 'Silence counts from the moment at which no routed write can be on its way any more.',
    scenario: 'migration',
    edits: [
      { file: DRAIN, from: '  let silentSince = quietFrom;', to: '  let silentSince = runtime.now();' },
      {
        file: DRAIN,
        from: 'silentSince = Math.max(quietFrom, runtime.now());',
        to: 'silentSince = runtime.now();',
      },
    ],
  },
  {
    name: 'drain-declared-by-the-applier',
    rule: "The drain is seen by the auditor, not told by the applier: its silence is not the source's.",
    scenario: 'migration',
    edits: [
      {
        file: DRAIN,
        from: '    const breaking = await Promise.all(readers.map((reader) => reader.read({ relist: confirms })));\n',
        to: `    const { records } = await migration.journal.activity.totals();
    const breaking = [records - applied];
    applied = records;
`,
      },
      { file: DRAIN, from: '  let readings = 0;\n', to: '  let readings = 0;\n  let applied = 0;\n' },
      {
        file: DRAIN,
        from: 'else if (began >= silentSince && readers.every(({ atTip }) => atTip)) {',
        to: 'else if (began >= silentSince) {',
      },
    ],
  },
  {
    name: 'drain-without-arrival',
    rule: 'The last record of each key has arrived on the target before the direction is closed.',
    scenario: 'migration',
    focus: { part: ['apply', 'apply', 'apply'] },
    edits: [
      { file: DRAIN, from: '    if (late.length > 0)\n', to: '    if (late.length > reader.records)\n' },
    ],
  },
  {
    name: 'removal-by-time-to-live-breaks-silence',
    rule: 'Removals by time to live break no silence: they come as long as items expire.',
    scenario: 'migration',
    focus: { expiresSteadily: true, slowMilliseconds: 0, faults: { slowAnswer: 0, slowRequest: 0 } },
    edits: [
      {
        file: AUDIT,
        from: 'return changes.filter(({ byTimeToLive }) => !byTimeToLive).length + (ended ? 1 : 0);',
        to: 'return changes.length + (ended ? 1 : 0);',
      },
    ],
  },
  {
    name: 'strays-not-listed',
    rule: 'Who still writes the source after the switch is found and listed.',
    scenario: 'migration',
    edits: [
      {
        file: WATCH,
        from: 'await reader.read({ most: RECORDS_PER_TURN });',
        to: 'await reader.read({ most: 0 });',
      },
    ],
  },
  {
    name: 'removal-by-time-to-live-taken-for-a-stray',
    rule: "A removal by time to live after the switch is nobody's write.",
    scenario: 'migration',
    edits: [
      {
        file: WATCH,
        from: 'entries.filter(({ byTimeToLive }) => !byTimeToLive),',
        to: 'entries,',
      },
    ],
  },
  {
    name: 'watch-ends-before-it-has-read',
    rule: 'The watch is over by the time at which its last reading began.',
    scenario: 'migration',
    focus: { strays: 1, part: ['reverse', 'reverse'] },
    edits: [
      {
        file: STAND_BY,
        from: 'async function isToEnd({ journal, spec }: AuditedMigration',
        to: 'async function isToEnd({ journal, runtime, spec }: AuditedMigration',
      },
      {
        file: STAND_BY,
        from: '  return began >= (switched?.switchedAt',
        to: '  return runtime.now() >= (switched?.switchedAt',
      },
    ],
  },
  {
    name: 'unwatched-time-not-noted',
    rule: 'Changes after the switch that nobody has seen are noted: the report says so.',
    scenario: 'migration',
    edits: [
      {
        file: WATCH,
        from: `      await journal.direction.noteFact('unwatched', {
        at: began,
        reason: error.message,
      } satisfies UnwatchedFact);
`,
        to: '',
      },
    ],
  },
];
