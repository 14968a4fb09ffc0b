import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { dynamodb } from './aws.ts';
import { Execution } from './execution.ts';
import { LARGE } from './large-item.ts';
import { closeScene, goesOn, openScene, type Scene } from './scene.ts';
import { tablePair } from './tables.ts';

/** Waits until the application works on a side, and has had answers there. */
async function worksOn(scene: Scene, execution: Execution, epoch: number): Promise<void> {
  const { migration } = scene;
  await migration.reaches(`is in direction ${epoch}`, execution, (status) => status.epoch === epoch);
  for (let answers = 0; answers < 20; answers++) await goesOn(scene);
}

/** Waits until nothing but a person keeps the next switch back. */
function waitsForAPerson({ migration }: Scene, execution: Execution, epoch: number) {
  return migration.reaches(
    'waits for a person',
    execution,
    (status) =>
      status.epoch === epoch &&
      status.standBy?.gates.every(({ name, holds }) => holds === (name !== 'approval')) === true,
  );
}

it.concurrent('goes there and back and there again, and loses nothing', async () => {
  const scene = await openScene(tablePair('there-and-back'));
  const { migration } = scene;
  const execution = await Execution.start(migration.spec({ cutover: { complete: 'required' } }));

  await migration.approve(execution);
  await worksOn(scene, execution, 2);
  expect((await migration.route()).state).toBe('target');

  const standing = await waitsForAPerson(scene, execution, 2);
  expect(standing.phase).toBe('reverse');
  expect(standing.standBy?.gates.find(({ name }) => name === 'approval')?.detail).toContain('segue rollback');
  await migration.approveNow();
  await worksOn(scene, execution, 3);
  expect((await migration.route()).state).toBe('source');

  await waitsForAPerson(scene, execution, 3);
  await migration.approveNow();
  await worksOn(scene, execution, 4);
  await migration.end();
  await closeScene(scene, execution);
  expect(await migration.route()).toMatchObject({ state: 'target', final: true });
});

it.concurrent('goes back, and ends with the source as if nothing had been', async () => {
  const scene = await openScene(tablePair('back'));
  const { migration } = scene;
  const execution = await Execution.start(migration.spec({ cutover: { complete: 'required' } }));
  await migration.approve(execution);
  await worksOn(scene, execution, 2);
  // The final recheck alone can carry it back.
  await dynamodb.send(new PutItemCommand({ TableName: scene.pair.target, Item: LARGE }));
  await waitsForAPerson(scene, execution, 2);
  await migration.approveNow();
  await worksOn(scene, execution, 3);
  await migration.end();
  await closeScene(scene, execution, [LARGE]);
  expect(await migration.route()).toMatchObject({ state: 'source', final: true });
});
