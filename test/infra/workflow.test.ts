import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { MAX_TURNS } from '../../infra/wait-workflow.ts';
import { CUTOVER_STEPS, PHASES, phaseTitle, UNIT_PHASES, WAITING_PHASES } from '../../shared/phases.ts';
import {
  type Definition,
  eventsOfLoop,
  eventsOfState,
  loop,
  type StateDefinition,
} from './history-events.ts';
import { MINIMAL, Synthesized } from './stack.ts';

const HISTORY_LIMIT = 25_000;

const synthesized = new Synthesized();
const migration = synthesized.definition('Segue');
const wait = synthesized.definition('Segue-Wait');
const steer = synthesized.definition('Segue-Steer');

/** With what the end of a migration begins. */
const END = 'Sweep: what is left?';
/** Where a person can end it before it stands by. */
const ENDED_EARLY = [
  'Back up: done?',
  'Capture on: done?',
  'Copy: begin?',
  'Catch up: done?',
  'Verify: begin?',
  'Prepare the way back: done?',
];

/** The states that an execution enters when every function answers as it is hoped. */
function happyPath({ StartAt, States }: Definition): string[] {
  const path = [StartAt];
  const titles: readonly string[] = [...PHASES.map(({ title }) => title), 'Report', 'Succeeded'];
  for (let at: string | undefined = StartAt; at !== undefined; ) {
    const from: string = at;
    // The first state that is new and is called like a phase, or the question in front of it. No dry run.
    const next: string | undefined = waysFrom(States[from]).find(
      (name) =>
        !path.includes(name) &&
        (name.endsWith('?') || titles.includes(name)) &&
        (from !== 'Dry run?' || name !== 'Report') &&
        (name !== END || path.includes('Reverse')),
    );
    if (next) path.push(next);
    // What was fanned out leads back to the question whether something is left, and now nothing is.
    const question: string | undefined = States[from]?.Type === 'Map' ? States[from].Next : undefined;
    at = next ?? (question && States[question]?.Next);
  }
  return path;
}

function waysFrom(state: StateDefinition | undefined): string[] {
  return [state?.Next, ...(state?.Choices ?? []).map(({ Next }) => Next), state?.Default].filter(
    (name) => name !== undefined,
  );
}

function statesOf(definition: Definition): [string, StateDefinition][] {
  return Object.entries(definition.States).flatMap(([name, state]): [string, StateDefinition][] => [
    [name, state],
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);
}

function nextOf(name: string): string[] {
  return waysFrom(migration.States[name]);
}

describe('the state machines', () => {
  it('are valid', () => {
    for (const definition of [migration, wait, steer])
      expect(aslValidator(definition).errors.map(({ Message }) => Message)).toEqual([]);
  });

  it('go through the phases by name and in order', () => {
    expect(happyPath(migration).filter((name) => !name.endsWith('?'))).toEqual([
      ...PHASES.map(({ title }) => title),
      'Report',
      'Succeeded',
    ]);
  });

  it('fan the unit phases out over the units that are left, with the workers of the pace', () => {
    for (const phase of UNIT_PHASES)
      expect(migration.States[phaseTitle(phase)]).toMatchObject({
        Type: 'Map',
        ItemsPath: '$.result.output.units',
        MaxConcurrencyPath: '$.result.output.workers',
        ItemSelector: { 'workers.$': '$.result.output.workers', 'until.$': '$.result.output.until' },
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
      });
  });

  it('ask what is left before each Map Run and after it, in child executions', () => {
    for (const phase of UNIT_PHASES) {
      const title = phaseTitle(phase);
      const ask = `${title}: what is left?`;
      expect(migration.States[ask]?.Resource).toBe('arn:aws:states:::states:startExecution.sync:2');
      expect(nextOf(ask)).toEqual([`${title}: begin?`]);
      const ends = phase === 'sweep' ? [] : [END];
      expect(nextOf(`${title}: begin?`)).toEqual([
        'Failed for good',
        ...ends,
        title,
        expect.any(String),
        ask,
      ]);
      expect(nextOf(title)).toEqual([ask]);
    }
  });

  it('lead to the end from every phase before the stand-by that a person may end', () => {
    for (const choice of ENDED_EARLY)
      expect(migration.States[choice]?.Choices).toContainEqual({
        And: [
          { Variable: '$.result.output.done', BooleanEquals: true },
          {
            And: [
              { Variable: '$.result.output.next', IsPresent: true },
              { Variable: '$.result.output.next', StringEquals: 'end' },
            ],
          },
        ],
        Next: END,
      });
  });

  it('end the execution of a unit whose worker stands aside, so that nobody waits for it', () => {
    for (const phase of UNIT_PHASES) {
      const unit = migration.States[phaseTitle(phase)]?.ItemProcessor as Definition;
      const choice = Object.values(unit.States).find(({ Type }) => Type === 'Choice');
      expect(choice?.Choices).toContainEqual(
        expect.objectContaining({
          Variable: '$.result.output.aside',
          Next: expect.stringMatching(/: done$/),
        }),
      );
    }
  });

  it('end a unit with next to nothing, since the results of all are collected', () => {
    for (const phase of UNIT_PHASES) {
      const unit = migration.States[phaseTitle(phase)]?.ItemProcessor as Definition;
      const success = Object.values(unit.States).filter(({ Type }) => Type === 'Succeed');
      expect(success).toMatchObject([{ OutputPath: null }]);
    }
  });

  it('poll the waiting phases in child executions', () => {
    for (const phase of WAITING_PHASES)
      expect(migration.States[phaseTitle(phase)]?.Resource).toBe(
        'arn:aws:states:::states:startExecution.sync:2',
      );
  });

  it('retry every task with exponential backoff and full jitter, and bound its time', () => {
    const tasks = [migration, wait, steer].flatMap(statesOf).filter(([, { Type }]) => Type === 'Task');
    expect(tasks.length).toBeGreaterThan(20);
    for (const [name, { Retry = [], TimeoutSeconds, Resource }] of tasks) {
      expect(Retry, name).not.toEqual([]);
      for (const retry of Retry)
        expect(retry, name).toMatchObject({ BackoffRate: 2, JitterStrategy: 'FULL' });
      if (!Resource?.includes('startExecution')) expect(TimeoutSeconds, name).toBeGreaterThan(0);
    }
  });

  it('give up the cutover, and never repeat a step that may have run, when anything happens to it', () => {
    for (const step of CUTOVER_STEPS) {
      const title = phaseTitle(step);
      const { Catch, Retry } = migration.States[title] as StateDefinition;
      expect(Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'Give up' }]);
      expect(Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(['Lambda.TooManyRequestsException']);
      expect(migration.States[`${title}: done?`]?.Default).toBe('Give up');
    }
  });

  it('pass the smoke test by without a further state, unless the final recheck says that it is next', () => {
    const question = `${phaseTitle('recheck')}: done?`;
    expect(migration.States[phaseTitle('recheck')]?.Next).toBe(question);
    expect(nextOf(question)).toEqual([phaseTitle('smoke-test'), phaseTitle('switch'), 'Give up']);
    expect(migration.States[question]?.Choices?.[0]).toMatchObject({
      And: expect.arrayContaining([
        {
          And: [
            { Variable: '$.result.output.next', IsPresent: true },
            { Variable: '$.result.output.next', StringEquals: 'smoke-test' },
          ],
        },
      ]),
    });
    expect(nextOf(`${phaseTitle('smoke-test')}: done?`)).toEqual([phaseTitle('switch'), 'Give up']);
    expect(nextOf(`${phaseTitle('close')}: done?`)).toEqual([phaseTitle('recheck'), 'Give up']);
  });

  it('lift the fence persistently, and go on from where the lift says', () => {
    const attempts = migration.States['Give up']?.Retry?.[0]?.MaxAttempts ?? 0;
    expect(attempts).toBeGreaterThan(500);
    expect(nextOf('Lifted?')).toEqual(
      expect.arrayContaining([phaseTitle('ready'), phaseTitle('reverse'), 'Given up']),
    );
  });

  it('report every failure but a refusal, and end with it', () => {
    const ways = ['Failed for good', 'Not planned', 'Not lifted', 'A unit failed', 'Given up'];
    for (const way of ways) expect(nextOf(way)[0]).toBe('Report the failure');
    for (const [name, { Catch = [] }] of Object.entries(migration.States))
      for (const { Next } of Catch) {
        const known = name === 'Report the failure' ? 'Failed' : 'Report the failure|A unit failed|Give up';
        expect(known.split('|'), name).toContain(Next);
      }
    expect(migration.States.Failed).toMatchObject({
      Type: 'Fail',
      ErrorPath: '$.failure.Error',
      CausePath: '$.failure.Cause',
    });
    expect(migration.States['Accepted?']?.Default).toBe('Refused');
  });
});

describe('the resource policies', () => {
  const withPolicies = new Synthesized({ ...MINIMAL, resourcePolicies: true });
  const { States } = withPolicies.definition('Segue');
  const ways = (name: string) => waysFrom(States[name]);

  it('are no state of a stack without the function that changes them', () => {
    expect(Object.keys(migration.States).filter((name) => name.includes('policy'))).toEqual([]);
  });

  it('are changed where the stand-by asks for it, which goes on afterwards', () => {
    for (const phase of ['ready', 'reverse'] as const)
      expect(ways(`${phaseTitle(phase)}: done?`)).toContain('Resource policy');
    expect(ways('Resource policy')).toEqual(['Resource policy: done?']);
    expect(ways('Resource policy: done?')).toEqual([
      'Failed for good',
      phaseTitle('reverse'),
      phaseTitle('ready'),
      'Resource policy',
    ]);
  });

  it('are as before, before anything else of the end', () => {
    expect(ways(`${phaseTitle('ready')}: done?`)).toContain('Resource policy as before');
    expect(ways('Resource policy as before: done?')).toEqual([
      'Failed for good',
      'Sweep: what is left?',
      'Resource policy as before',
    ]);
  });

  it('leave the state machines valid', () => {
    for (const name of ['Segue', 'Segue-Wait'])
      expect(aslValidator(withPolicies.definition(name)).errors).toEqual([]);
  });
});

describe('the steering machine', () => {
  it('takes its input as it is, and succeeds with the effect or fails with the problems', () => {
    expect(steer.States.Steer).toMatchObject({
      Parameters: { Payload: { 'input.$': '$$.Execution.Input', 'id.$': '$$.Execution.Id' } },
    });
    expect(steer.States['Done?']?.Choices).toMatchObject([{ Next: 'Refused' }]);
    expect(steer.States.Refused).toMatchObject({
      ErrorPath: '$.result.output.error',
      CausePath: '$.result.output.message',
    });
    expect(steer.States.Done).toMatchObject({ Type: 'Succeed', OutputPath: '$.result.output' });
  });
});

describe('the history of a pause', () => {
  /** The longest wait of a turn while a migration is paused. */
  const WAIT_SECONDS = 60;
  const title = phaseTitle('copy');
  const ask = `${title}: what is left?`;
  const waiting = loop(migration, ask).reduce(
    (sum, name) => sum + eventsOfState(migration.States[name] as StateDefinition),
    0,
  );

  it('has no worker in it: one execution asks for all of them', () => {
    expect(loop(migration, ask)).toEqual([ask, `${title}: begin?`]);
  });

  it('lets a migration be paused for years', () => {
    const secondsOfTurns = MAX_TURNS * WAIT_SECONDS;
    expect((HISTORY_LIMIT / waiting) * secondsOfTurns).toBeGreaterThan(3 * 365 * 86_400);
  });

  it('lets it be paused and resumed a thousand times', () => {
    const run = eventsOfState({ Type: 'Map' }) + 2;
    expect(HISTORY_LIMIT / (waiting + run)).toBeGreaterThan(1_000);
  });
});

describe('the history of waiting', () => {
  /** What `ready` tells the workflow to wait between two turns, at the least. */
  const WAIT_SECONDS = 5;
  const ready = phaseTitle('ready');
  const turn = eventsOfLoop(wait, 'Ask');
  const child = eventsOfLoop(migration, ready);
  const turnsPerHour = 3_600 / WAIT_SECONDS;

  it('costs 7,920 events an hour in the child and 6 in the migration itself', () => {
    expect(loop(wait, 'Ask')).toEqual(['Ask', 'Done?', 'Wait', 'Count']);
    expect(loop(migration, ready)).toEqual([ready, `${ready}: done?`]);
    expect(turn.events * turnsPerHour).toBe(7_920);
    expect(Math.ceil((child.events * turnsPerHour) / MAX_TURNS)).toBe(6);
  });

  it('stays below the limit in a child that uses up every retry', () => {
    const startAndEnd = 2 + eventsOfState({ Type: 'Succeed' });
    expect(MAX_TURNS * turn.withRetries + startAndEnd).toBeLessThan(HISTORY_LIMIT);
  });

  it('lets a migration be ready for five months', () => {
    const hours = HISTORY_LIMIT / ((child.events * turnsPerHour) / MAX_TURNS);
    expect(hours / 24 / 30).toBeGreaterThan(5);
  });
});
