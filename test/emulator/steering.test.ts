import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import type { Status } from '../../shared/status.ts';
import { reservedAttribute } from '../../shared/version.ts';
import { cloudwatch, dynamodb, outputs, sfn } from './aws.ts';
import { captureOf, NOT_CAPTURED } from './capture.ts';
import { Execution } from './execution.ts';
import { reportOf } from './left-behind.ts';
import { closeScene, goesOn, harmOf, NO_HARM, openScene } from './scene.ts';
import { itemsOf } from './table-content.ts';
import { tablePair } from './tables.ts';
import { until } from './until.ts';

const PAIR = tablePair('steered');
const ALARM = 'steered-alarm';
/** Workers look up every five seconds, and finish their step. */
const HEARD_MILLISECONDS = 8_000;
const STANDING_MILLISECONDS = 4_000;

it.concurrent('a running migration is paused, paced and approved from the console, and paused by its alarm', async () => {
  await alarm('OK');
  const scene = await openScene(PAIR);
  const { migration } = scene;
  const stopLooking = lookEveryTime(migration.name);
  const execution = await Execution.start(
    migration.spec({ copy: { writeUnits: 30, pauseOnAlarm: ALARM }, cutover: { approval: 'required' } }),
  );

  // In the middle of the copy.
  await migration.reaches('copies', execution, ({ progress }) => (progress.copy.counts.items ?? 0) > 0);
  expect(await steer({ action: 'pause' })).toContain('is paused by alice');
  await standsStill(() => migration.status());
  expect((await migration.status()).progress.copy.unitsDone).toBe(0);
  const { records } = (await migration.status()).applied;
  await goesOn(scene);
  await migration.reaches('applies changes', execution, ({ applied }) => applied.records > records);
  await expect(steer({ action: 'approve' })).rejects.toThrow(
    /the action approve has 1 problem:.*there is nothing to approve in the phase Copy/s,
  );
  await expect(steer({ action: 'pace', wrokers: 1, by: undefined })).rejects.toThrow(/2 problems/);

  // The alarm pauses what a person does not.
  await alarm('ALARM');
  expect(await steer({ action: 'resume' })).toContain('goes on');
  await migration.reaches(
    'is paused by its alarm',
    execution,
    ({ controls }) => controls.alarm?.firing === true,
  );
  await standsStill(() => migration.status());
  await alarm('OK');
  // Each phase lasts long enough for its worker to look up at the alarm while it works.
  expect(await steer({ action: 'pace', readUnits: 40, writeUnits: 1_000 })).toContain(
    'at most 40 read units and 1,000 write units a second',
  );

  // At ready a pause holds the cutover, although it is approved.
  await migration.standsReady(execution);
  await steer({ action: 'pause' });
  await steer({ action: 'approve' });
  await migration.reaches('is held by the gate', execution, ({ standBy, approval }) => {
    const shut = standBy?.gates.filter(({ holds }) => !holds) ?? [];
    return approval !== undefined && shut.length === 1 && shut[0]?.name === 'pause';
  });
  expect((await migration.route()).state).toBe('source');
  await steer({ action: 'resume' });
  await closeScene(scene, execution);
  stopLooking();

  const { json, html } = await reportOf(migration.name);
  const actionsOf = (name: string) =>
    json.steering?.actions
      .filter(({ by }) => by === name)
      .map(({ action, outcome }) => `${action} ${outcome}`);
  expect(actionsOf('alice')).toEqual([
    'pause done',
    'approve refused',
    'resume done',
    'pace done',
    'pause done',
    'approve done',
    'resume done',
  ]);
  expect(actionsOf(`alarm ${ALARM}`)).toEqual(['pause done', 'resume done']);
  expect(html).toContain('is paused by alice');
}, 600_000);

it.concurrent('a migration is ended in the middle of its copy, and leaves nothing behind', async () => {
  const pair = tablePair('ended-early');
  const { migration, application, seeded } = await openScene(pair);
  const execution = await Execution.start(migration.spec({ copy: { writeUnits: 30 } }));
  await migration.reaches('copies', execution, ({ progress }) => (progress.copy.counts.items ?? 0) > 0);
  expect(await steer({ action: 'abort', migration: migration.name })).toContain('ends on the source');
  await execution.succeeded();

  const ledger = await application.stop();
  const { progress, phase } = await migration.status();
  expect(progress.copy.unitsDone).toBe(0);
  expect(progress.verify.counts).toEqual({});
  expect(phase).toBe('complete');
  // The source is what the application has made of it, and nothing that Segue has added is left.
  const source = { source: pair.source, target: pair.source };
  expect(await harmOf({ pair: source, ledger, seeded, switchedAt: undefined })).toEqual(NO_HARM);
  const items = await itemsOf(pair.target);
  expect(items.length).toBeGreaterThan(0);
  expect(items.filter((item) => reservedAttribute(migration.name) in item)).toEqual([]);
  for (const table of [pair.source, pair.target]) expect(await captureOf(table)).toEqual(NOT_CAPTURED);
  expect(await migration.route()).toMatchObject({ state: 'source', final: true });
  const { json } = await reportOf(migration.name);
  expect(json.outcome).toMatchObject({ kind: 'completed', title: 'Ended with the source' });
  expect(json.outcome.stands[0]).toContain(
    `${pair.target} keeps what was copied and carried over (0 of 1 unit)`,
  );
});

/** Waits until no unit moves any more, and sees that it stays so. */
async function standsStill(status: () => Promise<Status>): Promise<void> {
  const items = async () => JSON.stringify((await status()).progress);
  await delay(HEARD_MILLISECONDS);
  const before = await items();
  await delay(STANDING_MILLISECONDS);
  expect(await items()).toBe(before);
}

/** Starts the steering machine with an input, as a person does in the console. @returns the effect. */
async function steer(input: object): Promise<string> {
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: outputs.SteeringArn,
      input: JSON.stringify({ migration: PAIR.source, by: 'alice', ...input }),
    }),
  );
  const { status, cause, output } = await until('the action is done', async () => {
    const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return found.status !== 'RUNNING' && found;
  });
  if (status !== 'SUCCEEDED') throw new Error(cause);
  return (JSON.parse(output ?? '{}') as { effect: string }).effect;
}

async function alarm(state: 'OK' | 'ALARM'): Promise<void> {
  if (state === 'OK')
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: ALARM,
        Namespace: 'Orders',
        MetricName: 'Latency',
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: ALARM, StateValue: state, StateReason: 'a test says so' }),
  );
}

/**
 * Makes a look at the alarm due whenever a worker looks up, which is every five seconds.
 * @returns ends it.
 */
function lookEveryTime(migration: string): () => void {
  const timer = setInterval(() => {
    void dynamodb
      .send(
        new UpdateItemCommand({
          TableName: outputs.JournalTable,
          Key: { pk: { S: `migration#${migration}` }, sk: { S: 'controls' } },
          UpdateExpression: 'REMOVE alarmLookAt',
        }),
      )
      .catch(() => undefined);
  }, 100);
  return () => clearInterval(timer);
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
