import { expect, it } from 'vitest';
import { Execution } from './execution.ts';
import { reportOf } from './left-behind.ts';
import { closeScene, goesOn, openScene } from './scene.ts';
import { tablePair } from './tables.ts';

const HOUR = 3_600_000;

it('a cutover is rehearsed, postponed, and made when a person wants it', async () => {
  const scene = await openScene(tablePair('rehearsed'));
  const { migration } = scene;
  const execution = await Execution.start(migration.spec({ cutover: { rehearse: true } }));

  // Nobody has approved anything: the rehearsal gives everything back, and a person is asked.
  const rehearsed = await migration.reaches(
    'is rehearsed',
    execution,
    ({ awaitsApproval, rehearsal }) => awaitsApproval && rehearsal !== undefined,
  );
  const pauseMilliseconds = rehearsed.rehearsal?.pauseMilliseconds;
  expect(pauseMilliseconds).toBeGreaterThan(0);
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
  expect((await migration.status()).switched?.attempt).toBe(2);
  const { json } = await reportOf(migration.name);
  expect(json.cutover?.rehearsal).toMatchObject({ pauseMilliseconds });
  expect(json.cutover?.givenUp.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('rehearsal: everything but the switch was done'),
  ]);
});
