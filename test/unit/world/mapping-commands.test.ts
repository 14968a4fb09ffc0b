import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { World } from '../../simulation/world/world.ts';

let world: World;

beforeEach(() => {
  world = new World({ seed: 1 });
  world.createTable({ name: 'items', partitionKey: { name: 'id', type: 'S' }, stream: { shards: 1 } });
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
      const create = new CreateEventSourceMappingCommand({
        EventSourceArn: world.table('items').stream?.arn,
        FunctionName: 'nobody',
      });
      await expect(world.lambdaClient(task).send(create)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });
  });

  it.each<[string, Partial<CreateEventSourceMappingCommandInput>]>([
    ['a starting position in time', { StartingPosition: 'AT_TIMESTAMP' }],
    ['no starting position', { StartingPosition: undefined }],
    ['a batch of more than 10,000 records', { BatchSize: 10_001 }],
    ['more than 10 batches at once', { ParallelizationFactor: 11 }],
    ['a window of more than 300 seconds', { MaximumBatchingWindowInSeconds: 301 }],
    ['a stream that there is not', { EventSourceArn: 'arn:aws:dynamodb:nowhere' }],
  ])('is refused for %s', async (_, changes) => {
    world.deployFunction(FUNCTION, { handler: async () => {} });
    const create = new CreateEventSourceMappingCommand({
      EventSourceArn: world.table('items').stream?.arn,
      FunctionName: FUNCTION,
      StartingPosition: 'TRIM_HORIZON',
      ...changes,
    });
    await expect(world.run((task) => world.lambdaClient(task).send(create))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  it('can not be removed while it is being made or removed', async () => {
    world.deployFunction(FUNCTION, { handler: async () => {} });
    await world.run(async (task) => {
      const lambda = world.lambdaClient(task);
      const { UUID, State } = await lambda.send(
        new CreateEventSourceMappingCommand({
          EventSourceArn: world.table('items').stream?.arn,
          FunctionName: FUNCTION,
          StartingPosition: 'TRIM_HORIZON',
        }),
      );
      expect(State).toBe('Creating');
      const remove = () => lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
      await expect(remove()).rejects.toMatchObject({ name: 'ResourceInUseException' });
      await task.runtime.sleep(20_000);
      await remove();
      await expect(remove()).rejects.toMatchObject({ name: 'ResourceInUseException' });
    });
  });
});
