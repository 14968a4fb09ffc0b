import { CUTOVER_STEPS } from '../../shared/phases.ts';
import { DATA_PATH, DISTURBED, type Scenario } from './setting.ts';

/** Things that schedules count and that must come in a long enough run: what never came proves nothing. */
export interface CoverageGroup {
  readonly name: string;
  /** The only scenario in which they come. @default both */
  readonly scenario?: Scenario;
  readonly expected: readonly string[];
}

const DISTURBED_IN_MIGRATION = DISTURBED.filter((invocation) => !DATA_PATH.includes(invocation));
const ACCIDENTS = ['dies', 'stands still', 'comes twice'] as const;

/** What must come. Whatever else is counted is shown, too. */
export const EXPECTED_COVERAGE: readonly CoverageGroup[] = [
  {
    name: 'faults of DynamoDB',
    expected: [
      'throttled',
      'serverError',
      'lostRequest',
      'lostAnswer',
      'lateEffect',
      'slowRequest',
      'slowAnswer',
      'unprocessed',
      'statementFailed',
      'interleaved',
      'halfDone',
      'effectAfterDeath',
    ],
  },
  {
    name: 'faults of streams and their mappings',
    expected: [
      'shardSplit',
      'emptyRecords',
      'duplicated',
      'redelivered',
      'invocationKilled',
      'successForgotten',
    ],
  },
  { name: 'accidents of invocations', expected: times(DATA_PATH, ACCIDENTS) },
  {
    name: 'accidents of invocations in a migration',
    scenario: 'migration',
    expected: [
      ...times(DISTURBED_IN_MIGRATION, ACCIDENTS),
      ...times(DISTURBED, ['loses its execution', 'outlives its execution']),
      'invocation killed',
      'invocation taken for dead',
      'invocation threw',
    ],
  },
  {
    name: 'what others do',
    expected: [
      'write without an answer',
      'expired',
      'refused by the target',
      'paused',
      'resumed',
      'paced',
      'stood aside',
    ],
  },
  {
    name: 'what others do in a migration',
    scenario: 'migration',
    expected: [
      'acknowledged',
      'transaction',
      'conflict of a transaction',
      'stray write',
      'started twice',
      'postponed',
      'rehearsed',
      'smoke test passes',
      'smoke test refuses',
      'smoke test forgets',
      'smoke test errs',
      'smoke test is slow',
      'switched after a smoke test',
      'operator left',
    ],
  },
  {
    name: 'the second fence',
    scenario: 'migration',
    expected: [
      'policy denies',
      'policy changed',
      'policy cleared',
      'oldPolicyInForce',
      ...times(['somebody'], ['adds a policy', 'replaces a policy', 'removes a policy']),
      ...times(['policy'], [...ACCIDENTS, 'loses its execution', 'outlives its execution']),
    ],
  },
  {
    name: 'transitions of the route',
    scenario: 'migration',
    expected: [
      'route missing → source',
      'route source → announced',
      'route announced → fenced',
      'route fenced → target',
      'route announced → source',
      'route fenced → source',
      'route target → announced',
      'route announced → target',
    ],
  },
  {
    name: 'cutovers given up',
    scenario: 'migration',
    expected: times(['given up at'], CUTOVER_STEPS),
  },
  { name: 'endings', scenario: 'data path', expected: ['copied'] },
  {
    name: 'endings of a migration',
    scenario: 'migration',
    expected: [
      'moved',
      'aborted',
      'rolled back',
      'moved after a rollback',
      'left at source',
      'left at target',
      'came back too late',
      'refused a stream that was replaced',
    ],
  },
];

/** The same where objects are moved. */
export const OBJECT_COVERAGE: readonly CoverageGroup[] = [
  {
    name: 'faults of S3 and its events',
    expected: [
      'throttled',
      'busy',
      'serverError',
      'lostRequest',
      'lostAnswer',
      'lateEffect',
      'effectAfterDeath',
      'slowCopy',
      'conditionalConflict',
      'partOutlivesAbort',
      'eventLost',
      'eventDuplicated',
      'eventLate',
      'duplicated',
      'redelivered',
      'invocationKilled',
    ],
  },
  {
    name: 'accidents of invocations',
    expected: times(['copy', 'apply', 'verify'], ACCIDENTS),
  },
  { name: 'what others do', expected: ['paced'] },
  { name: 'endings', scenario: 'bucket', expected: ['copied', 'version deleted for good'] },
  {
    name: 'transitions of the route',
    scenario: 'bucket migration',
    expected: [
      'acknowledged',
      'switched to the target',
      'switched to the source',
      ...times(['given up at'], ['announce', 'fence', 'drain', 'close', 'recheck', 'switch']),
    ],
  },
];

function times(subjects: readonly string[], predicates: readonly string[]): string[] {
  return subjects.flatMap((subject) => predicates.map((predicate) => `${subject} ${predicate}`));
}
