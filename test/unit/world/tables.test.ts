import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateBackupCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeBackupCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  ScanCommand,
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

describe('a table that is created', () => {
  const definition: CreateTableCommandInput = {
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
  };
  const create = new CreateTableCommand(definition);
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

  it('takes no items before it is active', async () => {
    const Item = { pk: { S: 'a' }, sk: { N: '1' } };
    const RequestItems = { new: [{ PutRequest: { Item } }] };
    const commands = [
      new PutItemCommand({ TableName: 'new', Item }),
      new GetItemCommand({ TableName: 'new', Key: Item }),
      new ScanCommand({ TableName: 'new' }),
      new BatchWriteItemCommand({ RequestItems }),
      new BatchGetItemCommand({ RequestItems: { new: { Keys: [Item] } } }),
      new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'new', Item } }] }),
    ];
    await world.run(async (task) => {
      const client = world.client(task);
      await client.send(create);
      for (const command of commands)
        await expect(client.send(command as PutItemCommand)).rejects.toMatchObject({
          name: 'ResourceNotFoundException',
        });
      await task.runtime.sleep(10_000);
      for (const command of commands) await client.send(command as PutItemCommand);
    });
  });

  it('may not be described at once: descriptions are read without consistency', async () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      world = new World({ seed });
      await world.run(async (task) => {
        const client = world.client(task);
        await client.send(create);
        await client.send(describeTable).then(
          ({ Table }) => outcomes.add(Table?.TableStatus as string),
          (error: Error) => outcomes.add(error.name),
        );
      });
    }
    expect([...outcomes].sort()).toEqual(['CREATING', 'ResourceNotFoundException']);
  });

  it.each<[string, Partial<CreateTableCommandInput>]>([
    ['a name of two letters', { TableName: 'ab' }],
    ['a key that is not defined', { AttributeDefinitions: [{ AttributeName: 'x', AttributeType: 'S' }] }],
    [
      'an attribute that is of no key',
      {
        AttributeDefinitions: [
          ...(definition.AttributeDefinitions ?? []),
          { AttributeName: 'x', AttributeType: 'S' },
        ],
      },
    ],
    ['a throughput that is not told', { BillingMode: 'PROVISIONED' }],
    [
      'a throughput that is not needed',
      { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    ],
  ])('is refused with %s', async (_, changes) => {
    const refused = new CreateTableCommand({ ...definition, ...changes });
    await expect(world.run((task) => world.client(task).send(refused))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('the number of items of a table', () => {
  it('is counted every six hours', async () => {
    const counted = (task: Task) =>
      world
        .client(task)
        .send(new DescribeTableCommand({ TableName: 'items' }))
        .then(({ Table }) => [Table?.ItemCount, Table?.TableSizeBytes]);
    await world.run(async (task) => {
      world.table('items').load([{ id: { S: 'a' } }]);
      expect(await counted(task)).toEqual([0, 0]);
      await task.runtime.sleep(7 * 3_600_000);
      expect(await counted(task)).toEqual([1, 3]);
    });
  });
});

describe('a backup', () => {
  it('is available some time later', async () => {
    await world.run(async (task) => {
      const client = world.client(task);
      const { BackupDetails } = await client.send(
        new CreateBackupCommand({ TableName: 'items', BackupName: 'before' }),
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

  it('needs a table, and is only known by its own name', async () => {
    await world.run(async (task) => {
      const client = world.client(task);
      const other = new CreateBackupCommand({ TableName: 'other', BackupName: 'before' });
      await expect(client.send(other)).rejects.toMatchObject({ name: 'TableNotFoundException' });
      const unknown = new DescribeBackupCommand({ BackupArn: `${arn()}/backup/1` });
      await expect(client.send(unknown)).rejects.toMatchObject({ name: 'BackupNotFoundException' });
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
