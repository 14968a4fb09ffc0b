import {
  CreateBackupCommand,
  CreateTableCommand,
  DeleteResourcePolicyCommand,
  DescribeBackupCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  GetResourcePolicyCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../simulation/world/task.ts';
import { World } from '../../simulation/world/world.ts';

let world: World;

beforeEach(() => {
  world = new World({ seed: 1 });
  world.createTable({ name: 'items', partitionKey: { name: 'id', type: 'S' }, stream: { shards: 1 } });
});

const arn = () => world.table('items').arn;

describe('a table that is created', () => {
  const create = new CreateTableCommand({
    TableName: 'new',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'N' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const describeTable = new DescribeTableCommand({ TableName: 'new' });

  it('is active some time later, with the keys it was given', async () => {
    await world.run(async (task) => {
      const client = world.client(task);
      expect((await client.send(create)).TableDescription?.TableStatus).toBe('CREATING');
      await task.runtime.sleep(10_000);
      expect((await client.send(describeTable)).Table).toMatchObject({
        TableStatus: 'ACTIVE',
        KeySchema: create.input.KeySchema,
        AttributeDefinitions: create.input.AttributeDefinitions,
        ItemCount: 0,
      });
    });
  });

  it('is refused where there is one', async () => {
    await world.run(async (task) => {
      await world.client(task).send(create);
      await expect(world.client(task).send(create)).rejects.toMatchObject({ name: 'ResourceInUseException' });
    });
  });
});

describe('a backup', () => {
  it('is available some time later', async () => {
    await world.run(async (task) => {
      const client = world.client(task);
      const { BackupDetails } = await client.send(
        new CreateBackupCommand({ TableName: 'items', BackupName: 'b' }),
      );
      const status = async () => {
        const answer = await client.send(new DescribeBackupCommand({ BackupArn: BackupDetails?.BackupArn }));
        return answer.BackupDescription?.BackupDetails?.BackupStatus;
      };
      expect(await status()).toBe('CREATING');
      await task.runtime.sleep(10_000);
      expect(await status()).toBe('AVAILABLE');
    });
  });
});

describe('what the model does not vary', () => {
  it('is a table without time to live and without tags', async () => {
    await world.run(async (task) => {
      const client = world.client(task);
      const { TimeToLiveDescription } = await client.send(
        new DescribeTimeToLiveCommand({ TableName: 'items' }),
      );
      expect(TimeToLiveDescription?.TimeToLiveStatus).toBe('DISABLED');
      expect((await client.send(new ListTagsOfResourceCommand({ ResourceArn: arn() }))).Tags).toEqual([]);
    });
  });
});

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
});

describe('an event source mapping made by command', () => {
  const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:apply';

  it('calls the function that was deployed, can be found, and is gone some time after its removal', async () => {
    const seen: string[] = [];
    world.deployFunction(FUNCTION, {
      handler: async (event) => {
        seen.push(...event.Records.map(({ dynamodb }) => dynamodb?.Keys?.id?.S as string));
      },
    });
    const EventSourceArn = world.table('items').stream?.arn as string;
    const create = new CreateEventSourceMappingCommand({
      EventSourceArn,
      FunctionName: FUNCTION,
      StartingPosition: 'TRIM_HORIZON',
    });
    await world.run(async (task) => {
      const lambda = world.lambdaClient(task);
      world.table('items').load([{ id: { S: 'before' } }]);
      const { UUID } = await lambda.send(create);
      await expect(lambda.send(create)).rejects.toMatchObject({ name: 'ResourceConflictException' });
      await task.runtime.sleep(20_000);
      world.table('items').load([{ id: { S: 'after' } }]);
      await task.runtime.sleep(20_000);
      expect(await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn }))).toMatchObject({
        EventSourceMappings: [{ UUID, FunctionArn: FUNCTION, State: 'Enabled' }],
      });
      expect(await lambda.send(new DeleteEventSourceMappingCommand({ UUID }))).toMatchObject({
        State: 'Deleting',
      });
      await task.runtime.sleep(20_000);
      await expect(lambda.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
      world.table('items').load([{ id: { S: 'too late' } }]);
      await task.runtime.sleep(20_000);
    });
    expect(seen).toEqual(['before', 'after']);
  });

  it('needs a function', async () => {
    await world.run(async (task) => {
      const create = new CreateEventSourceMappingCommand({ EventSourceArn: arn(), FunctionName: 'nobody' });
      await expect(world.lambdaClient(task).send(create)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });
  });
});
