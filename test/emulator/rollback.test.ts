import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { dynamodb } from './aws.ts';
import { Execution } from './execution.ts';
import { LARGE } from './large-item.ts';
import {
  OTHERS_POLICY,
  OTHERS_STATEMENT,
  policyOf,
  policyTextOf,
  putPolicy,
  ROUTER_ROLE,
} from './policies.ts';
import { closeScene, goesOn, openScene, type Scene } from './scene.ts';
import { tablePair } from './tables.ts';

/** Waits until the application works on a side, and has had answers there. */
async function worksOn(scene: Scene, execution: Execution, epoch: number): Promise<void> {
  const { migration } = scene;
  await migration.reaches(`is in direction ${epoch}`, execution, (status) => status.epoch === epoch);
  for (let answers = 0; answers < 20; answers++) await goesOn(scene);
}

it.concurrent('goes there and back and there again, and loses nothing', async () => {
  const scene = await openScene(tablePair('there-and-back'));
  const { migration, pair } = scene;
  const fence = { policy: 'deny', settleSeconds: 5 };
  const execution = await Execution.start(migration.spec({ cutover: { complete: 'required', fence } }));

  await migration.approve(execution);
  await worksOn(scene, execution, 2);
  expect((await migration.route()).state).toBe('target');

  const standing = await migration.waitsForAPerson(execution, 2);
  expect(standing.phase).toBe('reverse');
  expect(standing.standBy?.gates.find(({ name }) => name === 'approval')?.detail).toContain('segue rollback');
  // Nobody is denied where no routers are named, but on the side that was left.
  expect(await policyOf(pair.source)).toMatchObject({ Statement: [{ Effect: 'Deny' }] });
  expect(await policyOf(pair.target)).toBeUndefined();
  await migration.approveNow();
  await worksOn(scene, execution, 3);
  expect((await migration.route()).state).toBe('source');
  expect(await policyOf(pair.source)).toBeUndefined();

  await migration.waitsForAPerson(execution, 3);
  expect(await policyOf(pair.target)).toMatchObject({ Statement: [{ Effect: 'Deny' }] });
  await migration.approveNow();
  await worksOn(scene, execution, 4);
  await migration.end();
  await closeScene(scene, execution);
  expect(await migration.route()).toMatchObject({ state: 'target', final: true });
  for (const table of [pair.source, pair.target]) expect(await policyOf(table)).toBeUndefined();
});

it.concurrent('goes back, and ends with the source as if nothing had been', async () => {
  const scene = await openScene(tablePair('back'));
  const { migration, pair } = scene;
  await putPolicy(pair.source, OTHERS_POLICY);
  const fence = { policy: 'deny', routerRoles: [ROUTER_ROLE], settleSeconds: 5 };
  const execution = await Execution.start(migration.spec({ cutover: { complete: 'required', fence } }));
  await migration.approve(execution);
  await worksOn(scene, execution, 2);
  // The final recheck alone can carry it back.
  await dynamodb.send(new PutItemCommand({ TableName: scene.pair.target, Item: LARGE }));
  await migration.waitsForAPerson(execution, 2);
  // Nobody else can write the side that was left, and the routers alone the other one; what was there stays.
  const left = await policyOf(pair.source);
  expect(left?.Statement).toMatchObject([OTHERS_STATEMENT, { Effect: 'Deny', Principal: '*' }]);
  expect(JSON.stringify(left)).not.toContain(ROUTER_ROLE);
  const active = await policyOf(pair.target);
  expect(active?.Statement).toMatchObject([{ Effect: 'Deny', Principal: '*' }]);
  expect(JSON.stringify(active)).toContain(ROUTER_ROLE);
  await migration.approveNow();
  await worksOn(scene, execution, 3);
  await migration.end();
  await closeScene(scene, execution, [LARGE]);
  expect(await policyTextOf(pair.source)).toBe(OTHERS_POLICY);
  expect(await policyTextOf(pair.target)).toBeUndefined();
  expect(await migration.route()).toMatchObject({ state: 'source', final: true });
});
