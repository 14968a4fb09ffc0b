import { beforeAll, expect, it } from 'vitest';
import { cloudformation } from './aws.ts';
import { Execution } from './execution.ts';
import { reportOf } from './left-behind.ts';
import { deployLooks, LOOKS, REFUSAL } from './looks.ts';
import { closeScene, goesOn, openScene } from './scene.ts';
import { tablePair } from './tables.ts';

const HOUR = 3_600_000;

beforeAll(() => deployLooks(cloudformation));

it('a cutover is rehearsed, postponed, given up where its smoke test says so, and made', async () => {
  const scene = await openScene(tablePair('rehearsed'));
  const { migration } = scene;
  const execution = await Execution.start(
    migration.spec({
      cutover: { rehearse: true, pauseSeconds: 30, smokeTest: { arn: LOOKS, seconds: 10 } },
    }),
  );

  // Nobody has approved anything: the rehearsal gives everything back, and a person is asked.
  const rehearsed = await migration.reaches(
    'is rehearsed',
    execution,
    ({ awaitsApproval, rehearsal }) => awaitsApproval && rehearsal !== undefined,
  );
  const pauseMilliseconds = rehearsed.rehearsal?.pauseMilliseconds;
  expect(pauseMilliseconds).toBeGreaterThan(0);
  expect(rehearsed.smokeTest).toMatchObject({ attempt: 1, rehearsal: true });
  expect(rehearsed.smokeTest).not.toHaveProperty('failed');
  expect((await migration.route()).state).toBe('source');
  await goesOn(scene);

  const { controls, coordinator } = migration.journal;
  const postpone = (until: number) => controls.postpone({ by: 'a test', at: Date.now(), until, epoch: 1 });
  await postpone(Date.now() + HOUR);
  await coordinator.approve({ by: 'a test', at: Date.now() });
  await migration.reaches('is postponed, though approved', execution, ({ standBy, approval }) => {
    const gate = standBy?.gates.find(({ name }) => name === 'postponement');
    return gate?.holds === false && standBy !== undefined && standBy.at > (approval?.at ?? standBy.at);
  });
  expect((await migration.route()).state).toBe('source');
  await postpone(Date.now());

  await closeScene(scene, execution);
  const { switched, smokeTest } = await migration.status();
  expect(switched?.attempt).toBe(3);
  expect(JSON.parse(smokeTest?.answer ?? '')).toEqual({
    ok: true,
    saw: {
      migration: migration.name,
      from: 'source',
      to: 'target',
      resources: [scene.pair],
      attempt: 3,
      rehearsal: false,
      deadline: expect.stringMatching(/^20.*Z$/),
    },
  });
  const { json } = await reportOf(migration.name);
  expect(json.cutover?.rehearsal).toMatchObject({ pauseMilliseconds });
  expect(json.cutover?.givenUp.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('rehearsal: everything but the switch was done'),
    expect.stringContaining(REFUSAL),
  ]);
  expect(json.cutover?.smokeTests.map(({ attempt, passed }) => ({ attempt, passed }))).toEqual([
    { attempt: 1, passed: true },
    { attempt: 2, passed: false },
    { attempt: 3, passed: true },
  ]);
});
