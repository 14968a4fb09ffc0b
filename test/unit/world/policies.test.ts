import {
  BatchExecuteStatementCommand,
  BatchWriteItemCommand,
  DeleteResourcePolicyCommand,
  GetItemCommand,
  GetResourcePolicyCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';

let world: World;

beforeEach(() => {
  world = new World({ seed: 1 });
  world.createTable({ name: 'items', partitionKey: { name: 'id', type: 'S' }, stream: { shards: 1 } });
});

const arn = () => world.table('items').arn;

describe('a resource policy', () => {
  const DENY = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Sid: 'SegueFence7',
      Effect: 'Deny',
      Principal: '*',
      Action: ['dynamodb:PutItem', 'dynamodb:PartiQL*'],
      Resource: '*',
      Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/router-*' } },
    },
  });
  const put = (role: string) => async (task: Task) =>
    world
      .client(task, { role: `arn:aws:iam::000000000000:role/${role}` })
      .send(new PutItemCommand({ TableName: 'items', Item: { id: { S: role } } }))
      .then(
        () => 'allowed',
        (error: Error) => error.name,
      );
  const attach = (task: Task, ExpectedRevisionId?: string) =>
    world.client(task).send(
      new PutResourcePolicyCommand({
        ResourceArn: arn(),
        Policy: DENY,
        ...(ExpectedRevisionId ? { ExpectedRevisionId } : {}),
      }),
    );

  it('denies its actions to those it names, and nothing else', async () => {
    await world.run(async (task) => {
      await attach(task);
      await task.runtime.sleep(10_000);
      expect(await put('router-1')(task)).toBe('allowed');
      expect(await put('stranger')(task)).toBe('AccessDeniedException');
      const read = new GetItemCommand({ TableName: 'items', Key: { id: { S: 'router-1' } } });
      expect((await world.client(task).send(read)).Item).toBeDefined();
    });
    expect(world.table('items').items()).toHaveLength(1);
  });

  it('comes into force late and is gone late, request by request', async () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      world = new World({ seed });
      world.createTable({ name: 'items', partitionKey: { name: 'id', type: 'S' } });
      await world.run(async (task) => {
        await attach(task);
        outcomes.add(`after it is put: ${await put('stranger')(task)}`);
        await task.runtime.sleep(20_000);
        await world.client(task).send(new DeleteResourcePolicyCommand({ ResourceArn: arn() }));
        outcomes.add(`after it is removed: ${await put('stranger')(task)}`);
        await task.runtime.sleep(10_000);
        expect(await put('stranger')(task)).toBe('allowed');
      });
    }
    expect([...outcomes].sort()).toEqual([
      'after it is put: AccessDeniedException',
      'after it is put: allowed',
      'after it is removed: AccessDeniedException',
      'after it is removed: allowed',
    ]);
  });

  it('is guarded by its revision, and against a second change within 15 seconds', async () => {
    await world.run(async (task) => {
      await expect(attach(task, 'another')).rejects.toMatchObject({ name: 'PolicyNotFoundException' });
      const { RevisionId } = await attach(task, 'NO_POLICY');
      const remove = (ExpectedRevisionId: string) =>
        world.client(task).send(new DeleteResourcePolicyCommand({ ResourceArn: arn(), ExpectedRevisionId }));
      await expect(remove(RevisionId as string)).rejects.toMatchObject({ name: 'ResourceInUseException' });
      await task.runtime.sleep(16_000);
      const seen = await world.client(task).send(new GetResourcePolicyCommand({ ResourceArn: arn() }));
      expect(seen).toMatchObject({ Policy: DENY, RevisionId });
      await expect(remove('another')).rejects.toMatchObject({ name: 'PolicyNotFoundException' });
      await remove(RevisionId as string);
    });
  });

  it('has to name each way in which items are written: batches and statements have names of their own', async () => {
    const Item = { id: { S: 'a' } };
    const denying = (...actions: string[]) =>
      JSON.stringify({
        Statement: { Effect: 'Deny', Principal: '*', Action: actions.map((name) => `dynamodb:${name}`) },
      });
    const attempts = async (task: Task) => {
      const client = world.client(task);
      const { Responses } = await client.send(
        new BatchExecuteStatementCommand({
          Statements: [{ Statement: `INSERT INTO "items" VALUE {'id': ?}`, Parameters: [{ S: 'p' }] }],
        }),
      );
      const batch = new BatchWriteItemCommand({ RequestItems: { items: [{ PutRequest: { Item } }] } });
      const batched = await client.send(batch).then(
        () => undefined,
        (error: Error) => error.name,
      );
      const transaction = new TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName: 'items', Item } }],
      });
      const transacted = await client.send(transaction).then(
        () => undefined,
        (error: Error) => error.name,
      );
      return [Responses?.[0]?.Error?.Code, batched, transacted];
    };
    await world.run(async (task) => {
      const put = (Policy: string) =>
        world.client(task).send(new PutResourcePolicyCommand({ ResourceArn: arn(), Policy }));
      await put(denying('PutItem', 'UpdateItem', 'DeleteItem'));
      await task.runtime.sleep(20_000);
      expect(await attempts(task)).toEqual([undefined, undefined, 'AccessDeniedException']);
      await put(denying('BatchWriteItem', 'PartiQLInsert'));
      await task.runtime.sleep(20_000);
      expect(await attempts(task)).toEqual(['AccessDenied', 'AccessDeniedException', undefined]);
    });
  });

  it('does not stop time to live', async () => {
    await world.run(async (task) => {
      world.table('items').load([{ id: { S: 'a' } }]);
      await attach(task);
      await task.runtime.sleep(10_000);
      world.table('items').expire({ id: { S: 'a' } });
    });
    expect(world.table('items').items()).toEqual([]);
  });

  it.each([
    ['over 20 KB', JSON.stringify({ Statement: { Sid: 'x'.repeat(20_481) } })],
    ['that is no document', 'deny everybody'],
    ['without a statement', '{}'],
  ])('is refused %s', async (_, Policy) => {
    const put = new PutResourcePolicyCommand({ ResourceArn: arn(), Policy });
    await expect(world.run((task) => world.client(task).send(put))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
